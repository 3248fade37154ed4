import { sql } from 'kysely'
import type { z } from 'zod'
import type { UnitRef } from '../access/contract.ts'
import type { Output } from '../base/contract.ts'
import type { Actor, ReadTx, Scope } from '../base/db.ts'
import type { Context } from '../base/serve.ts'
import { countByUnit, latestNegative } from '../monitoring/index.ts'
import { type CaseRow, selectCases, toCases, urgencySql } from './case.ts'
import type { Figure, response, Turn } from './contract.ts'
import { figureSql, todayStarts } from './figures.ts'
import { whoseSql } from './whose.ts'

type Overview = Output<(typeof response)['response.get_overview']>
type Ranked = Overview['ranking'][number]
type MentionCount = Awaited<ReturnType<typeof countByUnit>>[number]

/** The overview is one snapshot: every figure in it is of the same moment. */
export async function getOverview(tx: ReadTx, { days }: { days: number }, { actor, scope }: Context): Promise<Overview> {
  const times = await readTimes(tx, days)
  const figures = await countFigures(tx, actor)
  const mentionsShown = readsSameMentions(actor, scope)
  const today = mentionsShown ? sum(await countByUnit(tx, times.today)) : none
  const counts = mentionsShown ? await countByUnit(tx, times.since) : []
  return {
    ...times,
    mentionsShown,
    mentionsToday: today.mentions,
    negativeToday: today.negative,
    ...turnOf(figures.all),
    escalated: figures.all.escalated,
    handles: actor.scopes.has('response.handle'),
    mine: turnOf(figures.mine),
    below: turnOf(figures.below),
    answeredToday: figures.all.answered_today,
    closedToday: figures.all.closed_today,
    medianAcknowledgeMinutes: await medianAcknowledge(tx, times.since),
    urgent: await toCases(tx, await findUrgent(tx, actor), actor),
    latest: mentionsShown ? await latestNegative(tx, 8) : [],
    ranking: await rankBranches(tx, times.since, scope, counts),
  }
}

/** Cases are read here; mentions only where the same person may read the mentions of exactly the same units. */
export function readsSameMentions({ scopes }: Actor, scope: Scope): boolean {
  const mentions = scopes.get('monitoring.read')
  return mentions?.tier === scope.tier && mentions.units.join() === scope.units.join()
}

const none = { mentions: 0, negative: 0 }
const sum = (counts: readonly MentionCount[]) =>
  counts.reduce((all, one) => ({ mentions: all.mentions + one.mentions, negative: all.negative + one.negative }), none)

async function readTimes(tx: ReadTx, days: number) {
  const { rows } = await sql<{ asOf: string; today: string; since: string }>`
    select now()::timestamptz(3) as "asOf", ${todayStarts} as today, ${todayStarts} - make_interval(days => ${days - 1}) as since`.execute(
    tx,
  )
  return rows[0] as { asOf: string; today: string; since: string }
}

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

/** All figures in one pass over the cases that are not closed, or were today: of all, and by whose turn it is. */
async function countFigures(tx: ReadTx, actor: Actor): Promise<Record<'all' | 'mine' | 'below', Counts>> {
  const counts = sql.join(
    Object.entries(figureSql).map(([figure, condition]) => sql`count(*) filter (where ${condition})::int as ${sql.ref(figure)}`),
  )
  const { rows } = await sql<Counts & { whose: string }>`
    select whose, ${counts} from (select c.*, ${whoseSql(actor)} as whose from response.case c
      where c.state <> 'closed' or c.closed_at >= ${todayStarts}) c group by whose`.execute(tx)
  const of = (...turns: string[]): Counts => {
    const chosen = rows.filter(({ whose }) => turns.includes(whose))
    const figures = Object.keys(figureSql) as Figure[]
    return Object.fromEntries(figures.map((one) => [one, chosen.reduce((sum, row) => sum + row[one], 0)])) as Counts
  }
  return { all: of('mine', 'below', 'above', 'none'), mine: of('mine'), below: of('below') }
}

const turnOf = ({ open, burning, overdue, unacknowledged, due_soon, handling, answered }: Counts): z.output<typeof Turn> => ({
  ...{ open, burning, overdue, unacknowledged, handling, answered },
  dueSoon: due_soon,
})

/** Half of the cases opened since then were acknowledged within so many minutes. */
const medianSince = (since: string) => sql`percentile_cont(0.5) within group (
    order by date_part('epoch', c.first_acknowledged_at - c.opened_at) / 60)
  filter (where c.first_acknowledged_at is not null and c.opened_at >= ${since}::timestamptz)`

async function medianAcknowledge(tx: ReadTx, since: string): Promise<number | null> {
  const { rows } = await sql<{ median: number | null }>`
    select ${medianSince(since)} as median from response.case c where c.opened_at >= ${since}::timestamptz`.execute(tx)
  return rows[0]?.median ?? null
}

/** The branches that this person sees, those with the most trouble first. A branch gets its own row. */
async function rankBranches(tx: ReadTx, since: string, scope: Scope, counts: readonly MentionCount[]): Promise<Ranked[]> {
  const within = {
    group: sql`true`,
    region: sql`unit.region_id = ${scope.units[0] ?? 0}::int`,
    branch: sql`unit.id = ${scope.units[0] ?? 0}::int`,
    several: sql`unit.id = any (${[...scope.units]}::int[])`,
  }[scope.tier]
  const { rows } = await sql<Omit<Ranked, 'unit' | keyof typeof none> & Omit<UnitRef, 'kind'>>`
    with had as materialized (
      select c.branch_id, count(*) filter (where ${figureSql.open})::int as open,
        count(*) filter (where ${figureSql.overdue})::int as overdue, ${medianSince(since)} as median
      from response.case c where c.state <> 'closed' or c.opened_at >= ${since}::timestamptz group by 1)
    select unit.id, unit.code, unit.name, coalesce(had.open, 0) as open, coalesce(had.overdue, 0) as overdue,
      had.median as "medianAcknowledgeMinutes"
    from access.unit left join had on had.branch_id = unit.id
    where unit.kind = 'branch' and unit.active and ${within}`.execute(tx)
  const said = new Map(counts.map((count) => [count.unitId, count]))
  const ranked = rows.map(({ id, code, name, ...row }): Ranked => {
    const { mentions, negative } = said.get(id) ?? none
    return { unit: { id, code, name, kind: 'branch' }, mentions, negative, ...row }
  })
  return ranked.sort((a, b) => b.overdue - a.overdue || b.open - a.open || b.negative - a.negative || a.unit.id - b.unit.id)
}
