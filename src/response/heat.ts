import { sql } from 'kysely'
import { announce, type Db } from '../base/db.ts'
import type { Task } from '../base/job.ts'
import { readSignals, type Signal } from '../monitoring/index.ts'
import { raiseAlerts } from './alert.ts'
import { reopenBecause } from './repeat.ts'
import { raiseSeverity } from './severity.ts'
import { lockCase } from './step.ts'

/** A negative word said so often calls for at least this severity. docs/decisions says where the figures come from. */
const marks = [
  { heat: 200, severity: 4 },
  { heat: 50, severity: 3 },
  { heat: 10, severity: 2 },
]
const floorOf = (heat: number): number => marks.find((mark) => heat >= mark.heat)?.severity ?? 0

/** An answer is seldom the last word: so many repeats after it, and somebody must look again. After closing, one is enough. */
const repeatsAfterAnswer = 10

interface Heated {
  readonly id: number
  readonly caseId: number
  /** What the alert had counted before. */
  readonly before: number
  /** The case waits for somebody anyway. */
  readonly waits: boolean
}

/**
 * Mentions were said again: their cases are hotter, perhaps more severe, and go on when they were settled. `before`: the heat that each
 * had, in the same order. Heat never falls, so a late or doubled fact changes nothing.
 */
export const heatCases: Task = async ({ mentionIds, before }, { db }) => {
  const ids = mentionIds as number[]
  const hadBefore = new Map(ids.map((id, at) => [id, (before as number[])[at] ?? 0]))
  const signals = new Map((await db.work((tx) => readSignals(tx, ids))).map((signal) => [signal.id, signal]))
  const failures: unknown[] = []
  const standing = await standIn(db, ids)
  const counted: Signal[] = []
  for (const alert of standing) {
    const signal = signals.get(alert.id)
    if (!signal) continue
    if (alert.waits && !crosses(alert, signal)) counted.push(signal)
    else await heatOne(db, alert, signal).catch((error: unknown) => failures.push(error))
  }
  await countHeat(db, counted).catch((error: unknown) => failures.push(error))
  const known = new Set(standing.map(({ id }) => id))
  const risen = [...signals.values()].flatMap((signal) => {
    const severity = floorOf(signal.heat)
    const crossed = severity > floorOf(hadBefore.get(signal.id) ?? 0)
    return crossed && calls(signal) && !known.has(signal.id) ? [{ ...signal, severity: Math.max(severity, signal.severity) }] : []
  })
  await raiseAlerts(db, risen).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

const calls = ({ sentiment, category }: Signal): boolean => sentiment === 'negative' && category !== 'irrelevant'

const crosses = ({ before }: Heated, signal: Signal): boolean => calls(signal) && floorOf(signal.heat) > floorOf(before)

const standIn = (db: Db, ids: readonly number[]): Promise<Heated[]> =>
  db.work(async (tx) => {
    const { rows } = await sql<Heated>`
      select alert.mention_id as id, alert.case_id as "caseId", alert.heat as before, c.awaiting is not null as waits
      from response.alert join response.case c on c.id = alert.case_id
      where alert.mention_id = any(${[...ids]}::bigint[]) and alert.ended_at is null order by 1`.execute(tx)
    return rows
  })

/** Most repeats are only counted: all of them in one transaction, which takes the cases in one order. */
async function countHeat(db: Db, signals: readonly Signal[]): Promise<void> {
  if (signals.length === 0) return
  await db.work(async (tx) => {
    const ids = signals.map(({ id }) => id)
    await sql`select from response.case where id in (
      select case_id from response.alert where mention_id = any(${ids}::bigint[]) and ended_at is null) order by id for update`.execute(
      tx,
    )
    const { rows } = await sql<{ id: number; branchId: number; regionId: number }>`
      with heated as (
        update response.alert set heat = said.heat from unnest(${ids}::bigint[], ${signals.map(({ heat }) => heat)}::int[]) said (id, heat)
        where mention_id = said.id and ended_at is null and alert.heat < said.heat returning alert.id, case_id, said.heat)
      update response.case c set heat = (
        select sum(coalesce(heated.heat, alert.heat)) from response.alert left join heated on heated.id = alert.id
        where alert.case_id = c.id and alert.ended_at is null)
      where c.id in (select case_id from heated) returning c.id, c.branch_id as "branchId", c.region_id as "regionId"`.execute(tx)
    for (const unit of rows) await announce(tx, 'response.case', unit)
  })
}

/** Everything that follows from a repeat commits together, so that a killed job finds it undone and does it. */
async function heatOne(db: Db, alert: Heated, signal: Signal): Promise<void> {
  await db.work(async (tx) => {
    const row = await lockCase(tx, alert.caseId)
    const floor = crosses(alert, signal) ? floorOf(signal.heat) : 0
    const { rows } = await sql<{ heat: number; severity: number }>`
      with heated as (
        update response.alert set heat = ${signal.heat}::int, severity = greatest(severity, ${floor}::int)
        where mention_id = ${signal.id}::bigint and ended_at is null and heat < ${signal.heat}::int returning mention_id, severity)
      update response.case c set heat = (
        select sum(case when alert.mention_id = heated.mention_id then ${signal.heat}::int else alert.heat end)
        from response.alert where alert.case_id = c.id and alert.ended_at is null)
      from heated where c.id = ${row.id}::int returning c.heat, heated.severity`.execute(tx)
    const [after] = rows
    // Counted already, by another job or by this one before it was killed.
    if (!after) return
    await announce(tx, 'response.case', row, row.id)
    const { severity } = after
    const more = after.heat - (row.heatSettled ?? after.heat)
    const wanted = row.state === 'closed' ? 1 : repeatsAfterAnswer
    const settled = row.state === 'closed' || row.state === 'answered'
    if (settled && row.outcome !== 'not_ours' && (more >= wanted || severity > row.severity))
      await reopenBecause(tx, row, { severity: Math.max(severity, row.severity), reason: 'repeats', count: more })
    else if (!settled && severity > row.severity) await raiseSeverity(tx, row, severity, 'now')
  })
}
