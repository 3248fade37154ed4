import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'
import type { JobContext } from '../base/job.ts'
import { type CaseRow, selectCases } from './case.ts'
import { type Awaiting, limitsOf, startClock, stopClock } from './clock.ts'
import { change, record } from './step.ts'

/** What a case in each state waits for, as the table's own check has it. */
const awaits: Record<CaseRow['state'], Awaiting | null> = {
  open: 'acknowledge',
  acknowledged: 'answer',
  handling: 'answer',
  answered: null,
  closed: null,
}

/** How far past its time a clock may be before the auditor says that nobody sweeps. */
const lateAfter = '1 minute'

/**
 * Looks whether every case that waits for somebody has its clock, and no other has. The table refuses anything else; this is the second
 * look, for a restored or hand-edited database. Says how many it repaired and how many clocks are due without having struck.
 */
export async function auditClocks({ db, log }: Pick<JobContext, 'db' | 'log'>): Promise<{ repaired: number; late: number }> {
  return db.work(async (tx) => {
    const expected = sql`case c.state when 'open' then 'acknowledge' when 'acknowledged' then 'answer' when 'handling' then 'answer' end`
    const wrong = await selectCases(tx)
      .where(sql<boolean>`(c.awaiting is distinct from ${expected}
        or (c.awaiting is null) <> (c.strikes_at is null) or (c.awaiting is null) <> (c.due_at is null))`)
      .orderBy('c.id')
      .limit(100)
      .forUpdate('c')
      .skipLocked()
      .execute()
    for (const row of wrong as CaseRow[]) {
      const awaiting = awaits[row.state]
      await change(tx, row, awaiting === null ? stopClock : startClock(awaiting, await limitsOf(tx, row.severity)))
      await record(tx, row, { kind: 'notified', personId: null, facts: { reason: 'clock_repaired' } })
      log.error({ case: row.id, awaiting }, 'a case was without its right clock; repaired')
    }
    const late = await countLate(tx)
    if (late > 0) log.error({ late }, 'clocks are due and have not struck')
    return { repaired: wrong.length, late }
  })
}

/** Clocks that should have struck and have not. */
export async function countLate(tx: WorkTx): Promise<number> {
  const { late } = await tx
    .selectFrom('response.case')
    .select(sql<number>`count(*)::int`.as('late'))
    .where(sql<boolean>`strikes_at < now() - ${lateAfter}::interval`)
    .executeTakeFirstOrThrow()
  return late
}
