import { sql } from 'kysely'
import type { DoorTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import { readOutward } from '../base/outward.ts'
import type { Caller, Door } from '../base/serve.ts'
import { loadActor } from './actor.ts'
import type { Me } from './contract.ts'

const widest = { group: 'headquarters', several: 'several', region: 'region', branch: 'branch' } as const

export async function describeMe(tx: DoorTx, personId: number, sessionHash: Buffer | null): Promise<Me> {
  const actor = await loadActor(tx, personId)
  if (!actor) throw new Refusal(baseErrors.unauthenticated)
  const { unit_id, code, unit, kind, ...person } = await tx
    .selectFrom('access.person as person')
    .innerJoin('access.unit as unit', 'unit.id', 'person.branch_id')
    .where('person.id', '=', personId)
    .select([
      'person.id',
      'person.login',
      'person.name',
      'person.title',
      'person.branch_id as unit_id',
      'unit.code',
      'unit.name as unit',
      'unit.kind',
    ])
    .executeTakeFirstOrThrow()
  const tiers = new Set([...actor.scopes.values()].map((scope) => scope.tier))
  const tier = (['group', 'several', 'region', 'branch'] as const).find((one) => tiers.has(one))
  return {
    person,
    unit: { id: unit_id, code, name: unit, kind: kind as Me['unit']['kind'] },
    tier: tier ? widest[tier] : null,
    rights: [...actor.scopes.keys()].sort(),
    demo: await isDemo(tx),
    outwardHeld: (await readOutward(tx)) !== null,
    tried: sessionHash && (await triedBefore(tx, sessionHash)),
  }
}

async function triedBefore(tx: DoorTx, sessionHash: Buffer): Promise<Me['tried']> {
  const { rows } = await sql<NonNullable<Me['tried']>>`
    select tried as count, tried_at as at, tried_from as "from" from access.session where token_hash = ${sessionHash} and tried > 0`.execute(
    tx,
  )
  return rows[0] ?? null
}

export async function me(door: Door, _input: object, caller: Caller): Promise<Me> {
  const { actor, sessionHash } = caller
  if (!actor) throw new Refusal(baseErrors.unauthenticated)
  return door((tx) => describeMe(tx, actor.personId, sessionHash))
}

/** Whether this installation shows the demo group. */
export async function isDemo(tx: DoorTx): Promise<boolean> {
  const { rows } = await sql<{
    demo: boolean
  }>`select coalesce((select value = 'true' from base.setting where name = 'demo'), false) as demo`.execute(tx)
  return rows[0]?.demo === true
}

/** One password for all demo people: shown on the sign-in page, valid in demo installations only. */
export const demoPassword = 'anlan-demo-2026'

/** Who to show on the sign-in page of a demo: a few people of each tier. */
const shown = ['hangzhou.duty', 'east.coordinator', 'hq.publicity', 'guangzhou.duty', 'hq.system', 'hq.security', 'hq.audit']

/** Not for a page of elsewhere that made its name point here. */
export async function demoPeople(door: Door, _input: object, { ownHost }: Caller) {
  return door(async (tx) => {
    if (!ownHost || !(await isDemo(tx))) return { demo: false, password: null, people: [] }
    const rows = await tx
      .selectFrom('access.person as person')
      .innerJoin('access.unit as unit', 'unit.id', 'person.branch_id')
      .where('person.login', 'in', shown)
      .select(['person.login', 'person.name', 'person.title', 'unit.name as unit', 'unit.kind as tier'])
      .execute()
    const people = shown.flatMap((login) => rows.filter((row) => row.login === login))
    return { demo: true, password: demoPassword, people }
  })
}
