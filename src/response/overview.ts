import { sql } from 'kysely'
import type { z } from 'zod'
import type { UnitRef } from '../access/contract.ts'
import type { Output } from '../base/contract.ts'
import type { Actor, ReadTx, Scope } from '../base/db.ts'
import type { Context } from '../base/serve.ts'
import { onceIn } from '../base/share.ts'
import { countByUnit, latestNegative } from '../monitoring/index.ts'
import { type CaseRow, selectCases, toCases, urgencySql } from './case.ts'
import type { Figure, response, Turn } from './contract.ts'
import { figureSql, todayStarts } from './figures.ts'
import type { Holder } from './tier.ts'
import { whoseTurn } from './whose.ts'

type Overview = Output<(typeof response)['response.get_overview']>
type Ranked = Overview['ranking'][number]
type UnitCount = Awaited<ReturnType<typeof countByUnit>>[number]

/** The overview is one snapshot: every figure in it is of the same moment. */
export async function getOverview(tx: ReadTx, { days }: { days: number }, { actor, scope }: Context): Promise<Overview> {
  const { times, counted, medians, units } = await onceIn(tx, `overview|${days}`, () => readCases(tx, days, scope))
  const mentionsShown = readsSameMentions(actor, scope)
  const { volume, latest } = mentionsShown ? await onceIn(tx, `mentions|${days}`, () => readMentions(tx, times)) : noMentions
  const figures = sumFigures(counted, actor)
  return {
    ...times,
    mentionsShown,
    mentionsToday: sum(volume, 'mentionsToday'),
    negativeToday: sum(volume, 'negativeToday'),
    ...turnOf(figures.all),
    escalated: figures.all.escalated,
    handles: actor.scopes.has('response.handle'),
    mine: turnOf(figures.mine),
    below: turnOf(figures.below),
    answeredToday: figures.all.answered_today,
    closedToday: figures.all.closed_today,
    medianAcknowledgeMinutes: medians.get(null) ?? null,
    urgent: await toCases(tx, await findUrgent(tx, actor), actor),
    latest,
    ranking: rankBranches(units, counted, medians, volume),
  }
}

/** Cases are read here; mentions only where the same person may read the mentions of exactly the same units. */
export function readsSameMentions({ scopes }: Actor, scope: Scope): boolean {
  const mentions = scopes.get('monitoring.read')
  return mentions?.tier === scope.tier && mentions.units.join() === scope.units.join()
}

const sum = (volume: readonly UnitCount[], what: 'mentionsToday' | 'negativeToday') =>
  volume.reduce((all, one) => all + one[what], 0)

interface Times {
  readonly asOf: string
  readonly today: string
  readonly since: string
}

/** What of cases is the same for all who read the same ones. */
async function readCases(tx: ReadTx, days: number, scope: Scope) {
  const { rows } = await sql<Times>`
    select now()::timestamptz(3) as "asOf", ${todayStarts} as today, ${todayStarts} - make_interval(days => ${days - 1}) as since`.execute(
    tx,
  )
  const times = rows[0] as Times
  return {
    times,
    counted: await countFigures(tx),
    medians: await readMedians(tx, times.since),
    units: await readBranches(tx, scope),
  }
}

/** What of mentions is. */
const readMentions = async (tx: ReadTx, { since, today }: Times) => ({
  volume: await countByUnit(tx, since, today),
  latest: await latestNegative(tx, 8),
})
const noMentions: Awaited<ReturnType<typeof readMentions>> = { volume: [], latest: [] }

const shownUrgent = 8
const mostUrgent = 100

/** What waits, in the order of urgency. However many there are, no crisis that is not closed is left out. */
async function findUrgent(tx: ReadTx, actor: Actor): Promise<CaseRow[]> {
  const rows = await selectCases(tx)
    .where(sql<boolean>`(c.due_at is not null or ${figureSql.burning})`)
    .orderBy(urgencySql(actor))
    .orderBy(sql`c.due_at nulls last`)
    .orderBy('c.id')
    .limit(mostUrgent)
    .execute()
  return (rows as CaseRow[]).filter(({ severity }, place) => place < shownUrgent || severity === 4)
}

type Counts = Record<Figure, number>

/** What decides whose turn a case is, and how many of those cases each figure counts. */
interface Counted extends Counts {
  readonly branchId: number
  readonly regionId: number
  readonly unitKind: UnitRef['kind']
  readonly holder: Holder
  readonly actsFrom: Holder
  readonly handlerId: number | null
}

/** All figures in one pass over the cases that are not closed, or were today. */
async function countFigures(tx: ReadTx): Promise<readonly Counted[]> {
  const counts = sql.join(
    Object.entries(figureSql).map(([figure, condition]) => sql`count(*) filter (where ${condition})::int as ${sql.ref(figure)}`),
  )
  const { rows } = await sql<Counted>`
    select c.branch_id as "branchId", c.region_id as "regionId", unit.kind as "unitKind", c.holder, c.acts_from as "actsFrom",
      c.handler_id as "handlerId", ${counts}
    from response.case c join access.unit on unit.id = c.branch_id
    where c.state <> 'closed' or c.closed_at >= ${todayStarts} group by 1, 2, 3, 4, 5, 6`.execute(tx)
  return rows
}

const figures = Object.keys(figureSql) as Figure[]
const total = (rows: readonly Counts[]): Counts =>
  Object.fromEntries(figures.map((one) => [one, rows.reduce((all, row) => all + row[one], 0)])) as Counts

/** The figures of all, and by whose turn it is for this person. */
function sumFigures(counted: readonly Counted[], actor: Actor): Record<'all' | 'mine' | 'below', Counts> {
  const turns = Map.groupBy(counted, ({ branchId, regionId, unitKind, ...held }) =>
    whoseTurn({ ...held, unit: { branchId, regionId, kind: unitKind } }, actor),
  )
  return { all: total(counted), mine: total(turns.get('mine') ?? []), below: total(turns.get('below') ?? []) }
}

const turnOf = ({ open, burning, overdue, unacknowledged, due_soon, handling, answered }: Counts): z.output<typeof Turn> => ({
  ...{ open, burning, overdue, unacknowledged, handling, answered },
  dueSoon: due_soon,
})

/** Half of the cases opened since then were acknowledged within so many minutes: at each branch, and (null) at all of them. */
async function readMedians(tx: ReadTx, since: string): Promise<ReadonlyMap<number | null, number | null>> {
  const { rows } = await sql<{ branchId: number | null; median: number | null }>`
    select c.branch_id as "branchId", percentile_cont(0.5) within group (
        order by date_part('epoch', c.first_acknowledged_at - c.opened_at) / 60) filter (where c.first_acknowledged_at is not null) as median
    from response.case c where c.opened_at >= ${since}::timestamptz group by grouping sets ((c.branch_id), ())`.execute(tx)
  return new Map(rows.map(({ branchId, median }) => [branchId, median]))
}

type Branch = Pick<UnitRef, 'id' | 'code' | 'name'>

/** The branches that are seen from here; a branch sees itself. */
async function readBranches(tx: ReadTx, { tier, units }: Scope): Promise<readonly Branch[]> {
  const within = {
    group: sql`true`,
    region: sql`unit.region_id = ${units[0] ?? 0}::int`,
    branch: sql`unit.id = ${units[0] ?? 0}::int`,
    several: sql`unit.id = any (${[...units]}::int[])`,
  }[tier]
  const { rows } = await sql<Branch>`
    select unit.id, unit.code, unit.name from access.unit where unit.kind = 'branch' and unit.active and ${within}`.execute(tx)
  return rows
}

/** Those with the most trouble first. */
function rankBranches(
  branches: readonly Branch[],
  counted: readonly Counted[],
  medians: ReadonlyMap<number | null, number | null>,
  volume: readonly UnitCount[],
): Ranked[] {
  const had = Map.groupBy(counted, ({ branchId }) => branchId)
  const said = new Map(volume.map((one) => [one.unitId, one]))
  const ranked = branches.map(({ id, code, name }): Ranked => {
    const { open, overdue } = total(had.get(id) ?? [])
    const { mentions = 0, negative = 0 } = said.get(id) ?? {}
    const medianAcknowledgeMinutes = medians.get(id) ?? null
    return { unit: { id, code, name, kind: 'branch' }, mentions, negative, open, overdue, medianAcknowledgeMinutes }
  })
  return ranked.sort((a, b) => b.overdue - a.overdue || b.open - a.open || b.negative - a.negative || a.unit.id - b.unit.id)
}
