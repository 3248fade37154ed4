import { sql } from 'kysely'
import pg from 'pg'
import { quickSeconds } from './alive.ts'
import type { Db } from './db.ts'
import { loginUrl } from './db.ts'
import type { Log } from './log.ts'
import { isConnectionLost, keepDoing, noteLoopError, pause } from './loop.ts'

type Payload = Readonly<Record<string, unknown>>
export type QueueTask = (payload: Payload, job: { readonly id: number }) => Promise<void>

export interface QueueOptions {
  readonly db: Db
  readonly adminUrl: string
  readonly secret: string
  readonly tasks: Readonly<Record<string, QueueTask>>
  /** Tasks that somebody waits for: tried again within seconds, and never given up. */
  readonly quick: ReadonlySet<string>
  /** The name under which jobs are taken. */
  readonly me: string
  readonly concurrency: number
  readonly log: Log
  readonly signal: AbortSignal
}

interface Job {
  readonly id: number
  readonly task: string
  readonly payload: Payload
  readonly attempts: number
}

/** Seconds until a failed job is tried again: growing, and for what somebody waits for never more than a few. */
const backOff = (attempts: number, quick: boolean): number =>
  Math.min(quick ? quickSeconds : 3_600, Math.exp(Math.min(attempts, 8)))

/**
 * Runs what is queued, a few jobs side by side, for as long as the program lives. Why this is not the library's own runner stands in
 * docs/decisions/0004-clocks-are-rows.md. A job is done at least once: it is taken in one transaction, works in its own, and is
 * deleted in a third; who dies in between is noticed by `watchWorkers`.
 */
export function keepQueue(given: QueueOptions): { stop(): Promise<void> } {
  const { log, signal, concurrency } = given
  const bell = new EventTarget()
  const listening = keepDoing('queue.listen', { everyMs: 500, log, signal }, () => listen(given, bell))
  const lanes = Array.from({ length: concurrency }, () =>
    keepDoing('queue', { everyMs: 500, log, signal }, async () => {
      const job = await take(given)
      if (job) await work(given, job)
      else await untilRung(bell, signal)
      return true
    }),
  )
  return {
    /** Waits for what is in hand, within reason: what does not end is done again by another. */
    stop: () =>
      Promise.race([Promise.all([listening, ...lanes]), pause(6_000, AbortSignal.timeout(6_000))]).then(() => undefined),
  }
}

function take({ db, me, tasks }: QueueOptions): Promise<Job | undefined> {
  return db.work(async (tx) => {
    const { rows } = await sql<Job>`
      with taken as (
        select id from graphile_worker._private_jobs where is_available and run_at <= now()
          and task_id in (select id from graphile_worker._private_tasks where identifier = any (${Object.keys(tasks)}::text[]))
        order by priority, run_at, id limit 1 for update skip locked)
      update graphile_worker._private_jobs job set attempts = job.attempts + 1, locked_by = ${me}, locked_at = now()
      from taken, graphile_worker._private_tasks task where job.id = taken.id and task.id = job.task_id
      returning job.id, task.identifier as task, job.payload, job.attempts`.execute(tx)
    return rows[0]
  })
}

async function work(given: QueueOptions, job: Job): Promise<void> {
  let failure: unknown
  try {
    await given.tasks[job.task]?.(job.payload, { id: job.id })
  } catch (error) {
    failure = error ?? new Error('failed')
    noteLoopError(given.log, `job.${job.task}`, error)
  }
  // While the database is away this waits for it: the job is in hand and nobody else's.
  for (let tries = 0; !given.signal.aborted || tries === 0; tries++) {
    try {
      return await settle(given, job, failure)
    } catch (error) {
      noteLoopError(given.log, 'queue', error)
      await pause(250, given.signal)
    }
  }
}

/** Deletes a job that is done; one that failed is tried again later, and a try that a lost connection ended does not count. */
function settle({ db, me, quick }: QueueOptions, { id, task, attempts }: Job, failure: unknown): Promise<void> {
  return db.work(async (tx) => {
    if (failure === undefined) {
      await sql`delete from graphile_worker._private_jobs where id = ${id} and locked_by = ${me}`.execute(tx)
      return
    }
    const lost = isConnectionLost(failure)
    const seconds = lost ? 0.5 : backOff(attempts, quick.has(task))
    const said =
      failure instanceof Error ? `${failure.name} ${String((failure as { code?: unknown }).code ?? '')}`.trim() : 'failed'
    await sql`update graphile_worker._private_jobs set locked_by = null, locked_at = null, last_error = ${said},
        attempts = ${lost ? sql`greatest(0, attempts - 1)` : quick.has(task) ? sql`least(attempts, max_attempts - 1)` : sql`attempts`},
        run_at = now() + make_interval(secs => ${seconds})
      where id = ${id} and locked_by = ${me}`.execute(tx)
  })
}

/** Hears of new jobs until the line breaks. */
async function listen({ adminUrl, secret, signal }: QueueOptions, bell: EventTarget): Promise<boolean> {
  const client = new pg.Client({ connectionString: loginUrl(adminUrl, 'anlan_worker', secret), keepAlive: true })
  const { promise: lost, resolve } = Promise.withResolvers<void>()
  client.on('error', () => resolve())
  client.on('end', () => resolve())
  signal.addEventListener('abort', () => resolve(), { once: true })
  try {
    await client.connect()
    client.on('notification', () => bell.dispatchEvent(new Event('job')))
    await client.query('listen "jobs:insert"')
    await lost
  } finally {
    await client.end().catch(() => undefined)
  }
  return false
}

/** Until a job is announced, or a second has passed. */
function untilRung(bell: EventTarget, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, 1_000)
  const done = () => resolve()
  bell.addEventListener('job', done)
  signal.addEventListener('abort', done)
  return promise.finally(() => {
    clearTimeout(timer)
    bell.removeEventListener('job', done)
    signal.removeEventListener('abort', done)
  })
}
