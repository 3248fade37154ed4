import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'

/** Sources fetched or taken while the clock of the database was ahead are due now, and held by nobody. */
export async function anchorSources(tx: WorkTx): Promise<number> {
  const { numAffectedRows = 0n } = await sql`update monitoring.source set
      leased_until = null, last_fetched_at = least(last_fetched_at, now()),
      next_fetch_at = case when next_fetch_at > now() and last_fetched_at > now() then now() else next_fetch_at end
    where kind = 'feed' and (last_fetched_at > now() + interval '2 seconds' or leased_until > now() + interval '10 minutes')`.execute(
    tx,
  )
  return Number(numAffectedRows)
}
