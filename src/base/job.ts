import { Logger, type Runner, run, type TaskList } from 'graphile-worker'
import { sql } from 'kysely'
import type { Db, WorkTx } from './db.ts'
import { loginUrl } from './db.ts'
import type { Log } from './log.ts'

/** What happens later. `payload` is what `recordFact` or `queueJob` was given: ids, never personal data. */
export type Task = (payload: Readonly<Record<string, unknown>>, given: JobContext) => Promise<void>

/** A clock is rows that fall due. `sweep` handles those due now, each in a transaction of its own, and says how many. */
export interface Clock {
  readonly name: string
  readonly everyMs: number
  sweep(given: JobContext): Promise<number>
}

export interface JobContext {
  readonly db: Db
  readonly log: Log
  readonly signal: AbortSignal
}

/** A room's `jobs.ts`: its tasks by job name, which of them a fact starts, and its clocks. */
export interface RoomJobs {
  readonly tasks: Readonly<Record<string, Task>>
  readonly on: Readonly<Record<string, string>>
  readonly clocks: readonly Clock[]
}

/** Queues a job in this transaction: it runs once the transaction commits, and never if it does not. Retried with back-off. */
export async function queueJob(
  tx: WorkTx,
  name: string,
  payload: Readonly<Record<string, unknown>>,
  options: { readonly key?: string; readonly runAt?: Date; readonly maxAttempts?: number } = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json, run_at => ${options.runAt ?? null}::timestamptz,
    job_key => ${options.key ?? null}, max_attempts => ${options.maxAttempts ?? null}::int)`.execute(tx)
}

export interface WorkOptions extends Omit<JobContext, 'signal'> {
  readonly adminUrl: string
  readonly secret: string
  readonly rooms: readonly RoomJobs[]
  /** Jobs run side by side in this process. */
  readonly concurrency?: number
}

/** Runs the rooms' jobs and clocks until `stop` is awaited. Any number of processes may do so on one database. */
export async function startWork({
  db,
  log,
  adminUrl,
  secret,
  rooms,
  concurrency = 2,
}: WorkOptions): Promise<{ stop(): Promise<void> }> {
  const ending = new AbortController()
  const given: JobContext = { db, log, signal: ending.signal }
  const runner = await run({
    connectionString: loginUrl(adminUrl, 'anlan_worker', secret),
    taskList: taskList(rooms, given),
    concurrency,
    pollInterval: 1000,
    maxPoolSize: concurrency + 2,
    noHandleSignals: true,
    logger: new Logger(() => (level, message) => {
      if (level === 'error') log.error({ message: message.slice(0, 200) }, 'queue')
    }),
  })
  const clocks = rooms.flatMap((room) => room.clocks).map((clock) => tick(clock, given))
  const alive = keepAlive(runner, given)
  return {
    async stop() {
      ending.abort()
      await runner.stop()
      await Promise.all([...clocks, alive])
    },
  }
}

function taskList(rooms: readonly RoomJobs[], given: JobContext): TaskList {
  const subscribers = new Map<string, string[]>()
  for (const room of rooms)
    for (const [fact, job] of Object.entries(room.on)) subscribers.set(fact, [...(subscribers.get(fact) ?? []), job])
  const tasks: TaskList = {
    // A fact becomes one job for each subscriber, so that each is retried alone. The key makes doing it twice harmless.
    fact: async (payload, helpers) => {
      const { fact, payload: facts } = payload as { fact: string; payload: Record<string, unknown> }
      await given.db.work(async (tx) => {
        for (const job of subscribers.get(fact) ?? []) await queueJob(tx, job, facts, { key: `${helpers.job.id}:${job}` })
      })
    },
  }
  for (const room of rooms)
    for (const [name, task] of Object.entries(room.tasks))
      tasks[name] = (payload) => task(payload as Record<string, unknown>, given)
  return tasks
}

async function tick(clock: Clock, given: JobContext): Promise<void> {
  while (!given.signal.aborted) {
    let handled = 0
    try {
      handled = await clock.sweep(given)
    } catch (error) {
      if (!given.signal.aborted) given.log.error({ err: error, clock: clock.name }, 'clock')
    }
    if (handled === 0) await pause(clock.everyMs, given.signal)
  }
}

/**
 * Says every few seconds that this process's workers live, and frees the jobs of those that said nothing for long:
 * a killed process must not hold what it had taken (the queue itself would wait four hours).
 */
async function keepAlive(runner: Runner, given: JobContext): Promise<void> {
  const mine = new Set<string>()
  runner.events.on('worker:create', ({ worker }) => mine.add(worker.workerId))
  runner.events.on('job:start', ({ worker }) => mine.add(worker.workerId))
  while (!given.signal.aborted) {
    try {
      await given.db.work(async (tx) => {
        await sql`insert into base.worker (id, seen_at) select unnest(${[...mine]}::text[]), now()
          on conflict (id) do update set seen_at = excluded.seen_at`.execute(tx)
        await sql`delete from base.worker where seen_at < now() - interval '1 hour'`.execute(tx)
        await sql`select graphile_worker.force_unlock_workers(array(
          select distinct locked_by from graphile_worker._private_jobs
          where locked_at < now() - interval '15 seconds'
            and not exists (select from base.worker where id = locked_by and seen_at > now() - interval '15 seconds')))`.execute(
          tx,
        )
      })
    } catch (error) {
      if (!given.signal.aborted) given.log.error({ err: error }, 'worker heartbeat')
    }
    await pause(4000, given.signal)
  }
}

/** Waits, or returns at once when the program ends. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done()
    const timer = setTimeout(finish, ms)
    function finish() {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      done()
    }
    signal.addEventListener('abort', finish)
  })
}
