import { sql } from 'kysely'
import type { z } from 'zod'
import { type Actor, announce, type ReadTx, type Tx } from '../base/db.ts'
import { baseErrors, type ErrorEntry, Refusal } from '../base/error.ts'
import { type Context, covers } from '../base/serve.ts'
import type { access, Grant } from './contract.ts'
import { accessErrors } from './error.ts'

interface Place {
  readonly branchId: number
  readonly regionId: number
}

interface GrantRow extends Omit<Grant, 'abilities'> {
  readonly place: Place
}

/** A person's grants, newest first, as far as they count where the person asking may look. */
export async function listGrants(tx: ReadTx, actor: Actor, personId: number): Promise<(Grant & { place: Place })[]> {
  const { rows } = await sql<GrantRow>`
    select "grant".id,
      jsonb_build_object('id', role.id, 'code', role.code, 'name', role.name, 'nameEn', role.name_en) as role,
      jsonb_build_object('id', unit.id, 'code', unit.code, 'name', unit.name, 'kind', unit.kind) as unit,
      jsonb_build_object('branchId', "grant".branch_id, 'regionId', "grant".region_id) as place,
      array(select "right" from access.role_right where role_id = role.id order by "right") as rights,
      valid_from as "validFrom", valid_until as "validUntil", reason,
      giver.name as "grantedBy", granted_at as "grantedAt", taker.name as "withdrawnBy", withdrawn_at as "withdrawnAt",
      case when valid_until <= coalesce(withdrawn_at, now()) then 'expired' when withdrawn_at is not null then 'withdrawn'
        when valid_from > now() then 'upcoming' else 'active' end as state
    from access.grant
    join access.role on role.id = "grant".role_id
    join access.unit on unit.id = "grant".unit_id
    left join access.person giver on giver.id = granted_by
    left join access.person taker on taker.id = withdrawn_by
    where "grant".person_id = ${personId}::int
    order by withdrawn_at is null desc, granted_at desc, "grant".id desc`.execute(tx)
  return rows.map((row) => ({
    ...row,
    abilities: { withdraw: row.withdrawnAt === null && actor.personId !== personId && covers(actor, 'access.grant', row.place) },
  }))
}

export async function listRoles(tx: ReadTx) {
  const { rows } = await sql<{
    id: number
    code: string
    name: string
    nameEn: string
    administrator: 'system' | 'security' | 'audit' | null
    rights: string[]
  }>`
    select id, code, name, name_en as "nameEn", administrator,
      array(select "right" from access.role_right where role_id = role.id order by "right") as rights
    from access.role order by id`.execute(tx)
  return rows
}

type GrantInput = z.output<(typeof access)['access.grant_role']['input']>

/**
 * Gives a role to somebody at a unit, from now or from `validFrom`.
 * Refuses with `own_grant`, `wrong_place_in_tree`, `administrators_apart`, `administrators_from_above`, `already_granted`,
 * `grant_in_the_past`; `not_found` for people out of sight.
 */
export async function grantRole(tx: Tx, input: GrantInput, { actor }: Context): Promise<{ id: number }> {
  if (input.personId === actor.personId) throw new Refusal(accessErrors.own_grant)
  if (input.validUntil !== null && Date.parse(input.validUntil) <= (input.validFrom ? Date.parse(input.validFrom) : Date.now()))
    throw new Refusal(baseErrors.invalid_input, {}, [
      { path: 'validUntil', zh: '结束时间应晚于开始时间', en: 'must be later than the start' },
    ])
  await requirePerson(tx, input.personId)
  const place = await placeOf(tx, input.unitId)
  const role = await tx.selectFrom('access.role').select('id').where('id', '=', input.roleId).executeTakeFirst()
  if (!role || !place) throw new Refusal(baseErrors.not_found)
  if (!covers(actor, 'access.grant', place)) throw new Refusal(baseErrors.forbidden)
  // One that has run out stands in nobody's way.
  await sql`update access.grant set withdrawn_at = now(), withdrawn_by = ${actor.personId}
    where person_id = ${input.personId} and role_id = ${input.roleId} and unit_id = ${input.unitId}
      and withdrawn_at is null and valid_until <= now()`.execute(tx)
  const { rows } = await sql<{ id: number }>`
    insert into access.grant (person_id, role_id, unit_id, valid_from, valid_until, reason, granted_by)
    values (${input.personId}, ${input.roleId}, ${input.unitId}, coalesce(${input.validFrom ?? null}::timestamptz, now()),
      ${input.validUntil}::timestamptz, ${input.reason}, ${actor.personId})
    returning id`
    .execute(tx)
    .catch(explainRefusal)
  await announce(tx, 'access.grant', place)
  return { id: rows[0]?.id ?? 0 }
}

/** Takes a grant back. What it gave is gone at the person's next ask. */
export async function withdrawGrant(tx: Tx, { id }: { id: number }, { actor }: Context): Promise<{ personId: number }> {
  const found = await tx
    .selectFrom('access.grant')
    .select(['person_id as personId', 'branch_id as branchId', 'region_id as regionId'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!found) throw new Refusal(baseErrors.not_found)
  if (found.personId === actor.personId) throw new Refusal(accessErrors.own_grant)
  const { numAffectedRows } = await sql`
    update access.grant set withdrawn_at = now(), withdrawn_by = ${actor.personId}
    where id = ${id} and withdrawn_at is null`
    .execute(tx)
    .catch(explainRefusal)
  if (numAffectedRows === 0n) throw new Refusal(baseErrors.conflict)
  await announce(tx, 'access.grant', found)
  return { personId: found.personId }
}

/** Closes or reopens an account. A closed one can neither sign in nor go on with an open session. */
export async function setActive(tx: Tx, { id, active }: { id: number; active: boolean }, { actor }: Context) {
  if (id === actor.personId) throw new Refusal(accessErrors.own_account)
  const place = await requirePerson(tx, id)
  if (await standsAbove(tx, id)) throw new Refusal(accessErrors.stands_above)
  await tx
    .updateTable('access.person')
    .set({ active })
    .where('id', '=', id)
    .where('active', '!=', active)
    .execute()
    .catch(explainRefusal)
  await announce(tx, 'access.grant', place)
  return { id, active }
}

/** Whether somebody holds grants beyond where the person asking may grant. */
export async function standsAbove(tx: ReadTx, id: number): Promise<boolean> {
  const { rows } = await sql<{ above: boolean }>`select access.stands_above(${id}::int) as above`.execute(tx)
  return rows[0]?.above ?? true
}

async function requirePerson(tx: Tx, id: number): Promise<Place> {
  const found = await tx
    .selectFrom('access.person')
    .select(['branch_id as branchId', 'region_id as regionId'])
    .where('id', '=', id)
    .executeTakeFirst()
  if (!found) throw new Refusal(baseErrors.not_found)
  return found
}

const placeOf = (tx: Tx, unitId: number): Promise<Place | undefined> =>
  tx
    .selectFrom('access.unit')
    .select(['branch_id as branchId', 'region_id as regionId'])
    .where('id', '=', unitId)
    .executeTakeFirst()

const refusals: Readonly<Record<string, ErrorEntry>> = {
  AN011: accessErrors.wrong_place_in_tree,
  AN012: accessErrors.administrators_apart,
  AN013: accessErrors.last_administrator,
  AN014: accessErrors.grant_in_the_past,
  AN015: accessErrors.administrators_from_above,
  grant_once: accessErrors.already_granted,
  grant_check: accessErrors.own_grant,
  '42501': baseErrors.forbidden,
}

/** Turns what the database refused of grants, roles and administrators into what the catalogue says. */
export function explainRefusal(error: unknown): never {
  const { code, constraint } = error as { code?: string; constraint?: string }
  const entry = refusals[constraint ?? ''] ?? refusals[code ?? '']
  throw entry ? new Refusal(entry) : error
}
