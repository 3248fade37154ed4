import { sql } from 'kysely'
import { announce, type Db, type WorkTx } from '../base/db.ts'
import type { Task } from '../base/job.ts'
import { readCorrection, readSignals, type Signal, wantsAnswer } from '../monitoring/index.ts'
import { raiseAlerts } from './alert.ts'
import { type CaseRow, findCase } from './case.ts'
import { reopenBecause } from './repeat.ts'
import { type Because, lowerSeverity, raiseSeverity } from './severity.ts'
import { change, ended, lockCase, record, report, tell } from './step.ts'

/**
 * Mentions were corrected, or judged anew: the cases that they stand in follow, and what now calls for somebody raises its alert. What
 * there is to do is read from how things stand, so that doing it again changes nothing. `corrected`: by a person, not judged anew.
 */
export const followMentions: Task = async ({ mentionIds, corrected = false }, { db }) => {
  const failures: unknown[] = []
  for (const id of mentionIds as number[])
    await followOne(db, id, corrected === true).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

async function followOne(db: Db, mentionId: number, corrected: boolean): Promise<void> {
  await db.work(async (tx) => {
    const alert = await takeAlert(tx, mentionId)
    if (!alert) return
    const row = await lockCase(tx, alert.caseId)
    const [signal] = await readSignals(tx, [mentionId])
    const because: Because = corrected ? await readCorrection(tx, mentionId) : { personId: null }
    if (!signal || signal.category === 'irrelevant' || signal.branchId !== row.branchId)
      await leave(tx, row, alert.id, mentionId, signal, because)
    else await weigh(tx, row, alert, signal, because)
  })
  // Raised in a transaction of its own: the other unit's turn is never waited for while this unit's case is held.
  const [signal] = await db.work((tx) => readSignals(tx, [mentionId]))
  if (signal && signal.category !== 'irrelevant' && (corrected ? await wasElsewhere(db, signal) : wantsAnswer(signal)))
    await raiseAlerts(db, [signal])
}

interface Alert {
  readonly id: number
  readonly caseId: number
  readonly severity: number
}

async function takeAlert(tx: WorkTx, mentionId: number): Promise<Alert | undefined> {
  return tx
    .selectFrom('response.alert')
    .select(['id', 'case_id as caseId', 'severity'])
    .where('mention_id', '=', mentionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
}

/** Whether a mention left a case of another unit and has not been taken up since: a killed job has this still to do. */
async function wasElsewhere(db: Db, { id, branchId }: Signal): Promise<boolean> {
  const last = await db.work((tx) =>
    tx
      .selectFrom('response.alert')
      .select(['branch_id as branchId', 'ended_at as endedAt'])
      .where('mention_id', '=', id)
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst(),
  )
  return last !== undefined && last.endedAt !== null && last.branchId !== branchId
}

/** A mention turned out to be another unit's, or nobody's here: its alert ends, and with the last one the case. */
async function leave(
  tx: WorkTx,
  row: CaseRow,
  alertId: number,
  mentionId: number,
  signal: Signal | undefined,
  because: Because,
): Promise<void> {
  await sql`update response.alert set ended_at = clock_timestamp() where id = ${alertId}::bigint and ended_at is null`.execute(tx)
  const reason = signal && signal.branchId !== row.branchId ? 'moved' : 'not_ours'
  await record(tx, row, { kind: 'mention_left', ...because, facts: { reason, mentions: [mentionId] } })
  const { count } = await recount(tx, row)
  if (count > 0) {
    await sinkTo(tx, await findCase(tx, row.id), because)
    return
  }
  if (row.state === 'closed') return
  // Whoever else is working on it decides for themselves; a case about another hospital ends for everybody.
  const inHand = row.handlerId !== null && row.handlerId !== because.personId && reason === 'not_ours'
  if (inHand) {
    const after = await change(tx, await findCase(tx, row.id), { offer: 'not_ours' })
    await tell(tx, after, 'case_emptied', { person: row.handlerId })
    return
  }
  const now = sql<string>`statement_timestamp()`
  const closed = { state: 'closed', outcome: 'not_ours', closed_at: now, heat_settled: 0, ...ended }
  const after = await change(tx, await findCase(tx, row.id), closed)
  await record(tx, row, { kind: 'closed', ...because, facts: { outcome: 'not_ours' } })
  await tell(tx, after, 'case_ended', row.handlerId === null ? { duty: row.holder } : { person: row.handlerId })
  await report(tx, 'closed', after)
}

/** A mention stays where it is and weighs differently. Only a person makes it weigh less. */
async function weigh(tx: WorkTx, row: CaseRow, alert: Alert, signal: Signal, because: Because): Promise<void> {
  const severity = because.personId === null ? Math.max(alert.severity, signal.severity) : signal.severity
  if (severity !== alert.severity)
    await sql`update response.alert set severity = ${severity}::int where id = ${alert.id}::bigint`.execute(tx)
  const { category, most } = await recount(tx, row)
  if (category !== null && category !== row.category)
    await tx.updateTable('response.case').set({ category }).where('id', '=', row.id).execute()
  if (most > row.severity && row.state === 'closed') await reopenBecause(tx, row, { severity: most, reason: 'raised' }, because)
  else if (most > row.severity) await raiseSeverity(tx, row, most, because.personId === null ? 'now' : 'start', because)
  else if (severity < alert.severity) await sinkTo(tx, row, because)
}

/** Brings a case down to the most severe of what still stands in it, and offers to close it when nothing calls for anybody. */
async function sinkTo(tx: WorkTx, row: CaseRow, because: Because): Promise<void> {
  if (because.personId === null || row.state === 'closed') return
  const { most } = await recount(tx, row)
  const severity = Math.max(1, most)
  const after = severity < row.severity ? await lowerSeverity(tx, row, severity, because) : row
  if (most < 2 && after.offer === null) await change(tx, after, { offer: 'harmless' })
}

/** Counts what stands in a case: how many, how hot, how severe; and the category, where all are of one. */
async function recount(tx: WorkTx, row: CaseRow): Promise<{ count: number; most: number; category: string | null }> {
  const { rows } = await sql<{ count: number; most: number; category: string | null }>`
    with stands as (
      select alert.severity, alert.heat, mention.category from response.alert join monitoring.mention on mention.id = alert.mention_id
      where alert.case_id = ${row.id}::int and alert.ended_at is null),
    counted as (
      select count(*)::int as count, coalesce(sum(heat), 0)::int as heat, coalesce(max(severity), 0)::int as most,
        case when min(category) = max(category) then min(category) end as category from stands),
    updated as (
      update response.case c set alerts = counted.count, heat = counted.heat from counted where c.id = ${row.id}::int)
    select count, most, category from counted`.execute(tx)
  await announce(tx, 'response.case', row, row.id)
  return rows[0] as { count: number; most: number; category: string | null }
}
