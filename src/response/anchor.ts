import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'

/**
 * No clock of a case may be further away than the limit it runs by: one that is was started while the clock of the database was ahead,
 * and starts now. Reminders are at most a day apart.
 */
export async function anchorClocks(tx: WorkTx): Promise<number> {
  const limit = sql`make_interval(secs => case awaiting when 'acknowledge' then acknowledge_seconds else answer_seconds end)`
  const { numAffectedRows = 0n } = await sql`update response.case set
      due_at = least(due_at, now() + ${limit}), strikes_at = least(strikes_at, now() + ${limit}), last_alert_at = least(last_alert_at, now())
    where awaiting is not null and (due_at > now() + ${limit} + interval '2 seconds'
      or strikes_at > now() + greatest(${limit}, interval '1 day') + interval '2 seconds' or last_alert_at > now() + interval '2 seconds')`.execute(
    tx,
  )
  const { numAffectedRows: toClose = 0n } = await sql`update response.case set close_due_at = now() + interval '1 day'
    where close_due_at > now() + interval '1 day 2 seconds'`.execute(tx)
  return Number(numAffectedRows + toClose)
}
