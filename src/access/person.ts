import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import type { ReadTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import { type Context, covers } from '../base/serve.ts'
import type { access, Person } from './contract.ts'
import { listGrants, standsAbove } from './grant.ts'
import { heldRights } from './held.ts'

interface PersonRow extends Person {
  readonly branchId: number
  readonly regionId: number
}

/** People with the roles they hold now, as far as the person asking may see either. */
const people: RawBuilder<PersonRow> = sql`
  select person.id, person.login, person.name, person.title, person.active,
    person.branch_id as "branchId", person.region_id as "regionId",
    jsonb_build_object('id', unit.id, 'code', unit.code, 'kind', unit.kind,
      'name', case unit.kind when 'department' then home.name || ' · ' || unit.name else unit.name end) as unit,
    coalesce((select jsonb_agg(distinct jsonb_build_object('code', role.code, 'name', role.name, 'nameEn', role.name_en))
      from access.grant join access.role on role.id = "grant".role_id
      where "grant".person_id = person.id and withdrawn_at is null and valid_from <= now() and (valid_until is null or valid_until > now())
    ), '[]') as roles
  from access.person join access.unit on unit.id = person.unit_id join access.unit home on home.id = person.branch_id`

type ListInput = z.output<(typeof access)['access.list_people']['input']>

/** A page of people by number, and how many there are in all. `unitId` means that unit and everything below it. */
export async function listPeople(tx: ReadTx, input: ListInput) {
  const wanted: RawBuilder<unknown>[] = [sql`true`]
  if (input.unitId !== undefined)
    wanted.push(sql`exists (select from access.unit place where place.id = ${input.unitId}::int and case place.kind
      when 'headquarters' then true when 'region' then person.region_id = place.id
      when 'branch' then person.branch_id = place.id else person.unit_id = place.id end)`)
  if (input.search !== undefined && input.search.trim() !== '') {
    const pattern = `%${input.search.trim().replace(/[\\%_]/g, '\\$&')}%`
    wanted.push(sql`(person.name ilike ${pattern} or person.login ilike ${pattern} or person.title ilike ${pattern})`)
  }
  if (input.role !== undefined)
    wanted.push(sql`exists (select from access.grant join access.role on role.id = "grant".role_id
      where "grant".person_id = person.id and role.code = ${input.role}
        and withdrawn_at is null and valid_from <= now() and (valid_until is null or valid_until > now()))`)
  const where = sql.join(wanted, sql` and `)
  const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total from access.person where ${where}`.execute(
    tx,
  )
  const { rows } = await sql<PersonRow>`${people} where ${where} and person.id > ${input.after ?? 0}::int
    order by person.id limit ${input.limit + 1}`.execute(tx)
  const page = rows.slice(0, input.limit)
  return { people: page, total: counted[0]?.total ?? 0, next: rows.length > input.limit ? (page.at(-1)?.id ?? null) : null }
}

/** One person with grants and what follows from them. Grants elsewhere, which the person asking may not see, do not show. */
export async function getPerson(tx: ReadTx, { id }: { id: number }, { actor }: Context) {
  const { rows } = await sql<PersonRow>`${people} where person.id = ${id}::int`.execute(tx)
  const person = rows[0]
  if (!person) throw new Refusal(baseErrors.not_found)
  const grants = await listGrants(tx, actor, id)
  const changes = actor.personId !== id && covers(actor, 'access.grant', person)
  const deactivate = changes && !(await standsAbove(tx, id))
  return { person, grants, rights: heldRights(grants), abilities: { grant: changes, deactivate } }
}
