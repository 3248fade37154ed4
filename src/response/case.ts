import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import type { UnitRef } from '../access/contract.ts'
import type { Actor, ReadTx, WorkTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Context } from '../base/serve.ts'
import { abilities, type Standing } from './abilities.ts'
import type { Case, response } from './contract.ts'
import { figureSql } from './figures.ts'
import { type Title, titleCases } from './lead.ts'
import { cutByRank, readRankCursor } from './order.ts'
import { whoseSql, whoseTurn } from './whose.ts'

/** Every column that a page or a step needs, under the names of the contract. */
export const selectCases = (tx: ReadTx | WorkTx) =>
  tx
    .selectFrom('response.case as c')
    .innerJoin('access.unit as unit', 'unit.id', 'c.branch_id')
    .select([
      'c.id',
      'c.branch_id as branchId',
      'c.region_id as regionId',
      'unit.code as unitCode',
      'unit.name as unitName',
      'unit.kind as unitKind',
      'c.category',
      'c.severity',
      'c.state',
      'c.holder',
      'c.acts_from as actsFrom',
      'c.handler_id as handlerId',
      'c.handler_name as handlerName',
      'c.outcome',
      'c.opened_at as openedAt',
      'c.updated_at as updatedAt',
      'c.due_at as dueAt',
      'c.awaiting',
      'c.escalations',
      'c.missed',
      'c.offer',
      'c.alerts',
      'c.heat',
      'c.heat_settled as heatSettled',
      'c.demo',
      'c.clock',
      'c.sequence',
      'c.reminders',
      'c.acknowledged_by as acknowledgedBy',
      'c.first_acknowledged_at as firstAcknowledgedAt',
      'c.answered_at as answeredAt',
      'c.acknowledge_seconds as acknowledgeSeconds',
      'c.answer_seconds as answerSeconds',
    ])

/** A case as the database keeps it, with its unit. */
export type CaseRow = Omit<
  Awaited<ReturnType<ReturnType<typeof selectCases>['executeTakeFirstOrThrow']>>,
  'state' | 'holder' | 'actsFrom' | 'unitKind'
> & {
  readonly state: Standing['state']
  readonly holder: Standing['holder']
  readonly actsFrom: Standing['actsFrom']
  readonly unitKind: UnitRef['kind']
}

export const standingOf = (row: CaseRow): Standing => ({
  unit: { branchId: row.branchId, regionId: row.regionId, kind: row.unitKind },
  state: row.state,
  holder: row.holder,
  actsFrom: row.actsFrom,
  handlerId: row.handlerId,
  acknowledged: row.firstAcknowledgedAt !== null,
})

/** A case as this person gets it: with whose turn it is and what they may do, decided here. */
function toCase(row: CaseRow, actor: Actor, title: Title): Case {
  const { branchId, regionId, unitCode, unitName, unitKind, handlerId, handlerName, ...rest } = row
  const standing = standingOf(row)
  return {
    ...rest,
    ...title,
    awaiting: row.awaiting as Case['awaiting'],
    offer: row.offer as Case['offer'],
    unit: { id: branchId, code: unitCode, name: unitName, kind: unitKind },
    handler: handlerId === null ? null : { id: handlerId, name: handlerName ?? '' },
    whose: whoseTurn(standing, actor),
    abilities: abilities(standing, actor),
  }
}

export async function toCases(tx: ReadTx, rows: readonly CaseRow[], actor: Actor): Promise<Case[]> {
  const titles = await titleCases(tx, rows, actor)
  return rows.map((row) => toCase(row, actor, titles.get(row.id) ?? { title: row.category, titled: false }))
}

export async function findCase(tx: ReadTx | WorkTx, id: number): Promise<CaseRow> {
  const row = await selectCases(tx).where('c.id', '=', id).executeTakeFirst()
  if (!row) throw new Refusal(baseErrors.not_found)
  return row as CaseRow
}

/** The condition that a unit stands for: itself and all below it. Cases are a branch's, so a department stands for its branch, as for mentions. */
async function inUnit(tx: ReadTx, id: number | undefined): Promise<RawBuilder<boolean>> {
  if (id === undefined) return sql`true`
  const unit = await tx
    .selectFrom('access.unit')
    .where('id', '=', id)
    .select(['kind', 'branch_id as branchId'])
    .executeTakeFirst()
  if (unit?.kind === 'headquarters') return sql`true`
  return unit?.kind === 'region' ? sql`c.region_id = ${id}::int` : sql`c.branch_id = ${unit?.branchId ?? 0}::int`
}

type ListInput = z.output<(typeof response)['response.list_cases']['input']>

/** Where a case without a clock stands in the order of what is due. */
const never = '9999-12-31T00:00:00.000Z'
const due = sql<string>`coalesce(c.due_at, ${never}::timestamptz(3))`

/** Crises first, the own tier's before others'; among equals what runs out first, so that what ran out already leads. */
export const urgencySql = (actor: Actor): RawBuilder<number> =>
  sql<number>`(case when c.severity = 4 then 0 else 2 end + case when (${whoseSql(actor)}) = 'mine' then 0 else 1 end)`

export async function listCases(
  tx: ReadTx,
  input: ListInput,
  { actor }: Context,
): Promise<{ cases: Case[]; next: string | null }> {
  const cursor = readRankCursor(input.before)
  const byDue = input.order !== 'newest'
  const rank = input.order === 'urgent' ? urgencySql(actor) : sql<number>`0`
  const rows = await selectCases(tx)
    .select(rank.as('rank'))
    .where(await inUnit(tx, input.unitId))
    .$if(input.state !== undefined, (query) => query.where('c.state', '=', input.state ?? ''))
    .$if(input.active === true, (query) => query.where('c.state', '!=', 'closed'))
    .$if(input.active === false, (query) => query.where('c.state', '=', 'closed'))
    .$if(input.holder !== undefined, (query) => query.where('c.holder', '=', input.holder ?? ''))
    .$if(input.minSeverity !== undefined, (query) => query.where('c.severity', '>=', input.minSeverity ?? 0))
    .$if(input.mine === true, (query) => query.where('c.handler_id', '=', actor.personId))
    .$if(input.whose !== undefined, (query) => query.where(sql<boolean>`(${whoseSql(actor)}) = ${input.whose}`))
    .$if(input.overdue === true, (query) => query.where(figureSql.overdue))
    .$if(input.figure !== undefined, (query) => query.where(figureSql[input.figure ?? 'open']))
    .$if(cursor !== null && input.order === 'urgent', (query) =>
      query.where(
        sql<boolean>`(${rank}, ${due}, c.id) > (${cursor?.rank ?? 0}::int, ${cursor?.at}::timestamptz, ${cursor?.id}::bigint)`,
      ),
    )
    .$if(cursor !== null && input.order === 'due', (query) =>
      query.where(sql<boolean>`(${due}, c.id) > (${cursor?.at}::timestamptz, ${cursor?.id}::bigint)`),
    )
    .$if(cursor !== null && !byDue, (query) =>
      query.where(sql<boolean>`(c.opened_at, c.id) < (${cursor?.at}::timestamptz, ${cursor?.id}::bigint)`),
    )
    .$if(input.order === 'urgent', (query) => query.orderBy('rank'))
    .$if(byDue, (query) => query.orderBy(due).orderBy('c.id'))
    .$if(!byDue, (query) => query.orderBy('c.opened_at', 'desc').orderBy('c.id', 'desc'))
    .limit(input.limit + 1)
    .execute()
  const { page, next } = cutByRank(
    rows as unknown as (CaseRow & { rank: number })[],
    input.limit,
    ({ id, openedAt, dueAt, rank: of }) => ({
      id,
      at: byDue ? (dueAt ?? never) : openedAt,
      rank: of,
    }),
  )
  return { cases: await toCases(tx, page, actor), next }
}
