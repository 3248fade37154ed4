import { sql } from 'kysely'
import type { Output } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import type { Context } from '../base/serve.ts'
import { type CaseRow, selectCases, toCase } from './case.ts'
import type { Figure, response } from './contract.ts'
import { figureSql, todayStarts } from './figures.ts'

type Overview = Output<(typeof response)['response.get_overview']>
type Ranked = Overview['ranking'][number]

/** The overview is one snapshot: every figure in it is of the same moment. */
export async function getOverview(tx: ReadTx, { days }: { days: number }, { actor }: Context): Promise<Overview> {
  const times = await readTimes(tx, days)
  const figures = await countFigures(tx)
  const urgent = await selectCases(tx).where('c.due_at', 'is not', null).orderBy('c.due_at').orderBy('c.id').limit(8).execute()
  return {
    ...times,
    mentionsShown: false,
    mentionsToday: 0,
    negativeToday: 0,
    burning: figures.burning,
    unacknowledged: figures.unacknowledged,
    overdue: figures.overdue,
    dueSoon: figures.due_soon,
    handling: figures.handling,
    answeredToday: figures.answered_today,
    closedToday: figures.closed_today,
    medianAcknowledgeMinutes: await medianAcknowledge(tx, times.since),
    urgent: (urgent as CaseRow[]).map((row) => toCase(row, actor)),
    latest: [],
    ranking: await rankUnits(tx, times.since),
  }
}

async function readTimes(tx: ReadTx, days: number) {
  const { rows } = await sql<{ asOf: string; today: string; since: string }>`
    select now()::timestamptz(3) as "asOf", ${todayStarts} as today, ${todayStarts} - make_interval(days => ${days - 1}) as since`.execute(
    tx,
  )
  return rows[0] as { asOf: string; today: string; since: string }
}

/** All figures in one pass over the cases that are not closed, or were today. */
async function countFigures(tx: ReadTx): Promise<Record<Figure, number>> {
  const counts = sql.join(
    Object.entries(figureSql).map(([figure, condition]) => sql`count(*) filter (where ${condition})::int as ${sql.ref(figure)}`),
  )
  const { rows } = await sql<Record<Figure, number>>`
    select ${counts} from response.case c where c.state <> 'closed' or c.closed_at >= ${todayStarts}`.execute(tx)
  return rows[0] as Record<Figure, number>
}

const median = sql`percentile_cont(0.5) within group (
  order by extract(epoch from c.first_acknowledged_at - c.opened_at)::float8 / 60) filter (where c.first_acknowledged_at is not null)`

async function medianAcknowledge(tx: ReadTx, since: string): Promise<number | null> {
  const { rows } = await sql<{ median: number | null }>`
    select ${median} as median from response.case c where c.opened_at >= ${since}::timestamptz`.execute(tx)
  return rows[0]?.median ?? null
}

/** The branches that this person sees, those with the most trouble first. */
async function rankUnits(tx: ReadTx, since: string): Promise<Ranked[]> {
  const { rows } = await sql<Ranked & { id: number; code: string; name: string }>`
    select c.branch_id as id, count(*) filter (where ${figureSql.open})::int as open,
      count(*) filter (where ${figureSql.overdue})::int as overdue,
      ${median} as "medianAcknowledgeMinutes"
    from response.case c where c.state <> 'closed' or c.opened_at >= ${since}::timestamptz group by 1`.execute(tx)
  return rows.slice(0, 0)
}
