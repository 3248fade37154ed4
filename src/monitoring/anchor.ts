import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'
import { leaseSeconds } from './fetch.ts'

const tooFar = sql`next_fetch_at > now() + interval '2 seconds' and (last_fetched_at is null
  or failures = 0 and next_fetch_at > now() + make_interval(secs => interval_seconds + 2))`

/**
 * Sources fetched, taken or set while the clock of the database was ahead are due now, and held by nobody. One that works is never further
 * away than its interval, and one that was never fetched has nothing to wait for.
 */
export async function anchorSources(tx: WorkTx): Promise<number> {
  const { numAffectedRows = 0n } = await sql`update monitoring.source set
      leased_until = null, last_fetched_at = least(last_fetched_at, now()),
      next_fetch_at = case when next_fetch_at > now() and last_fetched_at > now() or ${tooFar} then now() else next_fetch_at end
    where kind = 'feed' and (last_fetched_at > now() + interval '2 seconds' or ${tooFar}
      or leased_until > now() + make_interval(secs => ${leaseSeconds + 2}))`.execute(tx)
  return Number(numAffectedRows)
}
