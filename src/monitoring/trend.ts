import { type RawBuilder, sql } from 'kysely'
import type { Output, Parsed } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import { Refusal } from '../base/error.ts'
import type { monitoring } from './contract.ts'
import { monitoringErrors } from './error.ts'
import { allOf, resolveUnit, type Wanted } from './filter.ts'

type Asks = typeof monitoring
const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** The group's clock: Asia/Shanghai has had no other offset since 1991. */
const offsetMs = 8 * hourMs
const longest = { hour: 62, day: 3700 }

/** Volume and sentiment in whole hours or days of the group's clock, from the one that holds `since` to the one that holds `until`. */
export async function getTrend(
  tx: ReadTx,
  { since, until, grain, unitId }: Parsed<Asks['monitoring.get_trend']>,
): Promise<Output<Asks['monitoring.get_trend']>> {
  const [from, to] = [floor(since, grain), ceil(until, grain)]
  if (to - from > longest[grain] * dayMs)
    throw new Refusal(monitoringErrors.range_too_long, { hours: longest.hour, days: longest.day })
  const unit = unitId === undefined ? {} : await resolveUnit(tx, unitId)
  const within = unit === null ? sql`false` : inUnit(unit)
  const counted = sql`sum(negative)::int as negative, sum(neutral)::int as neutral, sum(positive)::int as positive`
  const { rows } =
    grain === 'hour'
      ? await sql<Counts & { at: string }>`select at, ${counted} from monitoring.volume_hour
          where at >= ${iso(from)}::timestamptz and at < ${iso(to)}::timestamptz and ${within} group by at`.execute(tx)
      : await sql<Counts & { at: string }>`select day::text as at, ${counted} from monitoring.volume_day
          where facet = 'all' and day >= ${dayName(from)}::date and day < ${dayName(to)}::date and ${within} group by day`.execute(
          tx,
        )
  const found = new Map(rows.map((row) => [grain === 'hour' ? Date.parse(row.at) : Date.parse(`${row.at}T00:00:00+08:00`), row]))
  const buckets: Output<Asks['monitoring.get_trend']> = []
  for (let at = from; at < to; at += grain === 'hour' ? hourMs : dayMs) {
    const { negative, neutral, positive } = found.get(at) ?? none
    buckets.push({ at: iso(at), negative, neutral, positive })
  }
  return buckets
}

/** Shares of what was published in exactly this range: whole hours or days from the roll-ups, the ragged ends from the rows. */
export async function getShares(
  tx: ReadTx,
  { by, since, until, unitId }: Parsed<Asks['monitoring.get_shares']>,
): Promise<Output<Asks['monitoring.get_shares']>> {
  const unit = unitId === undefined ? {} : await resolveUnit(tx, unitId)
  if (unit === null) return []
  const within = inUnit(unit)
  const grain = by === 'unit' ? 'hour' : 'day'
  const [start, end] = [readMoment(since), readMoment(until)]
  const [from, to] = [ceil(since, grain), floor(until, grain)]
  const ends =
    from < to
      ? [
          [start, from],
          [to, end],
        ]
      : [[start, end]]
  const key = { unit: sql`branch_id::text`, platform: sql`platform`, category: sql`category` }[by]
  const parts = ends
    .filter(([a = 0, b = 0]) => a < b)
    .map(
      ([a = 0, b = 0]) => sql`select ${key} as key, count(*) filter (where sentiment = 'negative') as negative,
        count(*) filter (where sentiment = 'neutral') as neutral, count(*) filter (where sentiment = 'positive') as positive
      from monitoring.mention where published_at >= ${iso(a)}::timestamptz and published_at < ${iso(b)}::timestamptz and ${within} group by 1`,
    )
  const counted = sql`sum(negative) as negative, sum(neutral) as neutral, sum(positive) as positive`
  if (from < to)
    parts.push(
      by === 'unit'
        ? sql`select branch_id::text as key, ${counted} from monitoring.volume_hour
            where at >= ${iso(from)}::timestamptz and at < ${iso(to)}::timestamptz and ${within} group by 1`
        : sql`select key, ${counted} from monitoring.volume_day
            where facet = ${by} and day >= ${dayName(from)}::date and day < ${dayName(to)}::date and ${within} group by 1`,
    )
  if (parts.length === 0) return []
  const { rows } = await sql<Counts & { key: string; name: string | null }>`
    select coalesce(unit.code, key) as key, unit.name, negative, neutral, positive
    from (select key, sum(negative)::int as negative, sum(neutral)::int as neutral, sum(positive)::int as positive
      from (${sql.join(parts, sql` union all `)}) part group by key) share
    left join access.unit on ${by === 'unit'} and unit.id = case when ${by === 'unit'} then share.key::int end
    where negative + neutral + positive > 0
    order by negative + neutral + positive desc, key`.execute(tx)
  return rows.map((row) => ({ ...row, total: row.negative + row.neutral + row.positive }))
}

export interface UnitCount {
  readonly unitId: number
  readonly mentions: number
  readonly negative: number
  readonly mentionsToday: number
  readonly negativeToday: number
}

/** Mentions of each unit since an hour began, and since the later one in which today did, for the rooms above. */
export async function countByUnit(tx: ReadTx, since: string, today: string): Promise<UnitCount[]> {
  const { rows } = await sql<UnitCount>`
    select branch_id as "unitId", sum(negative + neutral + positive)::int as mentions, sum(negative)::int as negative,
      coalesce(sum(negative + neutral + positive) filter (where at >= ${today}::timestamptz), 0)::int as "mentionsToday",
      coalesce(sum(negative) filter (where at >= ${today}::timestamptz), 0)::int as "negativeToday"
    from monitoring.volume_hour where at >= ${since}::timestamptz group by 1`.execute(tx)
  return rows
}

interface Counts {
  readonly negative: number
  readonly neutral: number
  readonly positive: number
}
const none: Counts = { negative: 0, neutral: 0, positive: 0 }

function inUnit({ branchId, regionId }: Pick<Wanted, 'branchId' | 'regionId'>): RawBuilder<unknown> {
  const conditions = []
  if (branchId !== undefined) conditions.push(sql`branch_id = ${branchId}::int`)
  if (regionId !== undefined) conditions.push(sql`region_id = ${regionId}::int`)
  return allOf(conditions)
}

const step = { hour: hourMs, day: dayMs }
const floor = (moment: string, grain: 'hour' | 'day'): number =>
  Math.floor((readMoment(moment) + offsetMs) / step[grain]) * step[grain] - offsetMs
const ceil = (moment: string, grain: 'hour' | 'day'): number =>
  Math.ceil((readMoment(moment) + offsetMs) / step[grain]) * step[grain] - offsetMs
/** Nothing is published outside these years, and the whole hours and days around them have names that PostgreSQL reads. */
const [earliest, latest] = [Date.parse('1900-01-01T00:00:00Z'), Date.parse('2999-12-31T00:00:00Z')]
const readMoment = (moment: string): number => Math.min(Math.max(Date.parse(moment), earliest), latest)
const iso = (ms: number): string => new Date(ms).toISOString()
const dayName = (ms: number): string => new Date(ms + offsetMs).toISOString().slice(0, 10)
