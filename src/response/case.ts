import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import type { UnitRef } from '../access/contract.ts'
import type { Actor, ReadTx, WorkTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import { cutPage, readCursor } from '../base/page.ts'
import { type Context, covers } from '../base/serve.ts'
import { readMentions } from '../monitoring/index.ts'
import { abilities, type Standing } from './abilities.ts'
import type { Case, CaseEvent, response } from './contract.ts'
import { figureSql } from './figures.ts'

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
      'c.title',
      'c.category',
      'c.severity',
      'c.state',
      'c.holder',
      'c.handler_id as handlerId',
      'c.handler_name as handlerName',
      'c.opened_at as openedAt',
      'c.updated_at as updatedAt',
      'c.due_at as dueAt',
      'c.awaiting',
      'c.escalations',
      'c.alerts',
      'c.heat',
      'c.demo',
      'c.clock',
      'c.reminders',
      'c.acknowledged_by as acknowledgedBy',
      'c.first_acknowledged_at as firstAcknowledgedAt',
      'c.acknowledge_seconds as acknowledgeSeconds',
      'c.answer_seconds as answerSeconds',
    ])

/** A case as the database keeps it, with its unit. */
export type CaseRow = Omit<
  Awaited<ReturnType<ReturnType<typeof selectCases>['executeTakeFirstOrThrow']>>,
  'state' | 'holder' | 'unitKind'
> & {
  readonly state: Standing['state']
  readonly holder: Standing['holder']
  readonly unitKind: UnitRef['kind']
}

export const standingOf = (row: CaseRow): Standing => ({
  unit: { branchId: row.branchId, regionId: row.regionId, kind: row.unitKind },
  state: row.state,
  holder: row.holder,
  handlerId: row.handlerId,
})

/** A case as this person gets it: with what they may do, decided here. */
export function toCase(row: CaseRow, actor: Actor): Case {
  const { branchId, regionId, unitCode, unitName, unitKind, handlerId, handlerName, ...rest } = row
  return {
    ...rest,
    awaiting: row.awaiting as Case['awaiting'],
    unit: { id: branchId, code: unitCode, name: unitName, kind: unitKind },
    handler: handlerId === null ? null : { id: handlerId, name: handlerName ?? '' },
    abilities: abilities(standingOf(row), actor),
  }
}

/** The condition that a unit stands for: itself and all below it. */
async function inUnit(tx: ReadTx, id: number | undefined): Promise<RawBuilder<boolean>> {
  if (id === undefined) return sql`true`
  const unit = await tx.selectFrom('access.unit').where('id', '=', id).select('kind').executeTakeFirst()
  if (unit?.kind === 'headquarters') return sql`true`
  return unit?.kind === 'region' ? sql`c.region_id = ${id}::int` : sql`c.branch_id = ${id}::int`
}

type ListInput = z.output<(typeof response)['response.list_cases']['input']>

/** Where a case without a clock stands in the order of what is due. */
const never = '9999-12-31T00:00:00.000Z'

export async function listCases(
  tx: ReadTx,
  input: ListInput,
  { actor }: Context,
): Promise<{ cases: Case[]; next: string | null }> {
  const cursor = readCursor(input.before)
  const byDue = input.order === 'due'
  const due = sql<string>`coalesce(c.due_at, ${never}::timestamptz(3))`
  const rows = await selectCases(tx)
    .where(await inUnit(tx, input.unitId))
    .$if(input.state !== undefined, (query) => query.where('c.state', '=', input.state ?? ''))
    .$if(input.active === true, (query) => query.where('c.state', '!=', 'closed'))
    .$if(input.active === false, (query) => query.where('c.state', '=', 'closed'))
    .$if(input.holder !== undefined, (query) => query.where('c.holder', '=', input.holder ?? ''))
    .$if(input.minSeverity !== undefined, (query) => query.where('c.severity', '>=', input.minSeverity ?? 0))
    .$if(input.mine === true, (query) => query.where('c.handler_id', '=', actor.personId))
    .$if(input.overdue === true, (query) => query.where(figureSql.overdue))
    .$if(input.figure !== undefined, (query) => query.where(figureSql[input.figure ?? 'open']))
    .$if(cursor !== null && byDue, (query) =>
      query.where(sql<boolean>`(${due}, c.id) > (${cursor?.at}::timestamptz, ${cursor?.id}::bigint)`),
    )
    .$if(cursor !== null && !byDue, (query) =>
      query.where(sql<boolean>`(c.opened_at, c.id) < (${cursor?.at}::timestamptz, ${cursor?.id}::bigint)`),
    )
    .$if(byDue, (query) => query.orderBy(due).orderBy('c.id'))
    .$if(!byDue, (query) => query.orderBy('c.opened_at', 'desc').orderBy('c.id', 'desc'))
    .limit(input.limit + 1)
    .execute()
  const { page, next } = cutPage(rows as CaseRow[], input.limit, ({ id, openedAt, dueAt }) => ({
    id,
    at: byDue ? (dueAt ?? never) : openedAt,
  }))
  return { cases: page.map((row) => toCase(row, actor)), next }
}

/** A case with its timeline and the mentions behind it; those only where this person may read mentions of its unit. */
export async function getCase(tx: ReadTx, { id }: { id: number }, { actor }: Context) {
  const row = (await selectCases(tx).where('c.id', '=', id).executeTakeFirst()) as CaseRow | undefined
  if (!row) throw new Refusal(baseErrors.not_found)
  const events = await tx
    .selectFrom('response.case_event')
    .select(['id', 'at', 'kind', 'person', 'unit', 'text', 'facts'])
    .where('case_id', '=', id)
    .orderBy('id')
    .execute()
  const alerts = covers(actor, 'monitoring.read', row)
    ? await tx
        .selectFrom('response.alert')
        .select('mention_id as mentionId')
        .where('case_id', '=', id)
        .orderBy('severity', 'desc')
        .orderBy('id', 'desc')
        .limit(200)
        .execute()
    : []
  const mentions = await readMentions(
    tx,
    alerts.map(({ mentionId }) => mentionId),
  )
  return { case: toCase(row, actor), events: events as CaseEvent[], mentions }
}
