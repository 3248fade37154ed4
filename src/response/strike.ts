import { sql } from 'kysely'
import type { Db, WorkTx } from '../base/db.ts'
import type { JobContext } from '../base/job.ts'
import { type CaseRow, selectCases } from './case.ts'
import { remindLater } from './clock.ts'
import { change, findDuty, hold, record, recordSkipped, report, tell } from './step.ts'
import { type Looking, sweepRows } from './sweep.ts'
import { fromTier } from './tier.ts'

/** Strikes every clock that is due, each in a transaction of its own. Any number of sweepers may run at once. */
export function sweepClocks({ db, signal }: Pick<JobContext, 'db' | 'signal'>): Promise<number> {
  return sweepRows(signal, (looking) => strikeNext(db, looking))
}

/**
 * Strikes the clock that is most overdue. Everything that follows from it (state, timeline, notices, events, the next clock) commits
 * together or not at all, so a process killed anywhere leaves it due for the next sweep.
 */
const strikeNext = (db: Db, { passed, at }: Looking): Promise<boolean> =>
  db.work(async (tx) => {
    const row = (await selectCases(tx)
      .where('c.strikes_at', '<=', sql<string>`statement_timestamp()`)
      .where(sql<boolean>`not (c.id = any (${[...passed]}::int[]))`)
      .orderBy('c.strikes_at')
      .limit(1)
      .forUpdate('c')
      .skipLocked()
      .executeTakeFirst()) as CaseRow | undefined
    if (!row) return false
    at(row.id)
    const next = fromTier(row.holder)[1]
    await (next ? escalate(tx, row, next) : remind(tx, row))
    return true
  })

/**
 * Passes a case to the next tier at which somebody is on duty. That tier gets the whole time to acknowledge. The circle widens: those
 * who could act before still can, until somebody above takes it on.
 */
async function escalate(tx: WorkTx, row: CaseRow, next: CaseRow['holder']): Promise<void> {
  const { holder, skipped } = await findDuty(tx, row, next)
  const after = await hold(tx, row, holder, { missed: true, acts_from: row.actsFrom, escalations: row.escalations + 1 })
  const facts = { from: row.holder, to: holder, missed: row.awaiting ?? '' }
  await record(tx, row, { kind: 'escalated', personId: null, facts, clock: row.clock })
  await recordSkipped(tx, row, skipped, holder)
  const told = await tell(tx, after, 'case_escalated', { duty: holder })
  await record(tx, row, { kind: 'notified', personId: null, facts: { count: told, to: holder } })
  await tell(tx, after, 'case_left', row.handlerId === null ? { duty: row.holder } : { person: row.handlerId })
  await report(tx, 'escalated', after)
}

/** Headquarters is the last tier; it is told again. */
async function remind(tx: WorkTx, row: CaseRow): Promise<void> {
  const count = row.reminders + 1
  const after = await change(tx, row, remindLater(row, row.reminders))
  const told = await tell(tx, after, 'case_reminder', { duty: row.holder }, { count })
  const facts = { reminder: count, count: told, to: row.holder }
  await record(tx, row, { kind: 'notified', personId: null, facts, clock: row.clock })
  await report(tx, 'reminded', after)
}
