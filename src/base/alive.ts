import { sql } from 'kysely'
import type { Db, WorkTx } from './db.ts'
import type { RoomJobs } from './job.ts'
import { loopErrors } from './loop.ts'

/** So many looks in a row at a worker that shows no life, two seconds apart, and what it had taken is freed. */
const looksUntilDead = 4
/** No alert waits longer than this for its next try, however often it failed. */
export const quickSeconds = 5

/**
 * Says every few seconds that this process lives, and frees what those that show no life had taken: a killed process must not hold it
 * (the queue itself would wait four hours). Life is a number that moves, looked at by others: no clock is asked, so neither a clock
 * that jumps nor a database that was away makes anybody dead. A try that ended with its process does not count as one.
 */
export function watchWorkers({ db, me, quick }: { readonly db: Db; readonly me: string; readonly quick: readonly string[] }) {
  const looks = new Map<string, { beats: number; count: number }>()

  /** Of those who hold jobs, who shows no life. */
  function findDead(holders: readonly { id: string; beats: number }[]): string[] {
    const dead: string[] = []
    for (const { id, beats } of holders) {
      if (id === me) continue
      const before = looks.get(id)
      const count = before?.beats === beats ? before.count + 1 : 0
      looks.set(id, { beats, count })
      if (count >= looksUntilDead) dead.push(id)
    }
    for (const id of looks.keys()) if (!holders.some((holder) => holder.id === id)) looks.delete(id)
    return dead
  }

  return {
    beat: (): Promise<void> =>
      db.work(async (tx) => {
        await sql`insert into base.worker (id, seen_at, beats, errors)
          values (${me}, clock_timestamp(), 1, ${JSON.stringify(loopErrors())}::jsonb) on conflict (id) do update
          set seen_at = excluded.seen_at, beats = worker.beats + 1, errors = excluded.errors`.execute(tx)
        await sql`delete from base.worker where seen_at < now() - interval '1 hour'`.execute(tx)
        const { rows } = await sql<{ id: string; beats: number }>`
          select held.locked_by as id, coalesce(worker.beats, 0) as beats
          from (select distinct locked_by from graphile_worker._private_jobs where locked_by is not null) held
          left join base.worker on worker.id = held.locked_by`.execute(tx)
        const dead = findDead(rows)
        if (dead.length > 0) await freeJobs(tx, dead)
        await hurry(tx, quick)
      }),
  }
}

async function freeJobs(tx: WorkTx, holders: readonly string[]): Promise<void> {
  await sql`update graphile_worker._private_jobs set locked_by = null, locked_at = null, attempts = greatest(0, attempts - 1),
    run_at = least(run_at, now()) where locked_by = any (${[...holders]}::text[])`.execute(tx)
}

/** What somebody waits for is never given up, and never stands further away than its back-off: a clock that was wrong may have put it there. */
async function hurry(tx: WorkTx, quick: readonly string[]): Promise<void> {
  await sql`update graphile_worker._private_jobs set attempts = least(attempts, max_attempts - 1),
      run_at = least(run_at, now() + make_interval(secs => ${quickSeconds}))
    where locked_by is null and (attempts >= max_attempts or run_at > now() + make_interval(secs => ${quickSeconds}))
      and task_id in (select id from graphile_worker._private_tasks where identifier = any (${[...quick]}::text[]))`.execute(tx)
}

/** The queue's own rows: what was queued while the clock was ahead is due now. */
export const queueRows: RoomJobs = {
  tasks: {},
  on: {},
  clocks: [],
  async anchor(tx) {
    const { numAffectedRows = 0n } =
      await sql`update graphile_worker._private_jobs set run_at = now(), created_at = least(created_at, now())
      where locked_by is null and run_at > now() and created_at > now() + interval '2 seconds'`.execute(tx)
    await sql`update base.worker set seen_at = now() where seen_at > now()`.execute(tx)
    return Number(numAffectedRows)
  },
}
