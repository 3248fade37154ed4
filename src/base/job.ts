import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { queueRows, watchWorkers } from './alive.ts'
import { watchClock } from './clock.ts'
import type { Db, WorkTx } from './db.ts'
import type { Log } from './log.ts'
import { keepDoing } from './loop.ts'
import { keepQueue, type QueueTask } from './runner.ts'

export { pause } from './loop.ts'

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
  /** Tasks that somebody waits for: however often they fail, they are tried again within seconds and never given up. */
  readonly quick?: readonly string[]
  /** Puts right rows whose moments cannot be, as a clock that was wrong left them, so that none that falls due waits for the length of a jump. */
  readonly anchor?: (tx: WorkTx) => Promise<number>
  /** The clock of the database has jumped by so many seconds. */
  readonly jumped?: (tx: WorkTx, seconds: number) => Promise<void>
  /** What should have happened long ago and has not, as health tells it: a name, and how many. */
  readonly late?: Readonly<Record<string, (tx: WorkTx) => Promise<number>>>
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
export function startWork({ db, log, adminUrl, secret, rooms, concurrency = 2 }: WorkOptions): { stop(): Promise<void> } {
  const ending = new AbortController()
  const { signal } = ending
  const given: JobContext = { db, log, signal }
  const me = randomUUID()
  const quick = quickTasks(rooms)
  const watch = watchWorkers({ db, me, quick })
  const tasks = taskList(rooms, given)
  const queue = keepQueue({ db, adminUrl, secret, me, concurrency, log, signal, tasks, quick: new Set(quick) })
  const loops = [
    keepDoing('worker.beat', { everyMs: 2_000, log, signal }, async () => {
      await watch.beat()
      return false
    }),
    keepDoing('clock', { everyMs: 3_000, log, signal }, watchClock(given, [queueRows, ...rooms])),
    ...rooms
      .flatMap((room) => room.clocks)
      .map(({ name, everyMs, sweep }) => keepDoing(name, { everyMs, log, signal }, async () => (await sweep(given)) > 0)),
  ]
  return {
    async stop() {
      ending.abort()
      await Promise.all([queue.stop(), ...loops])
    },
  }
}

/** A fact is on the way to whoever subscribed, so it is as urgent as the most urgent of them. */
export const quickTasks = (rooms: readonly RoomJobs[]): string[] => ['fact', ...rooms.flatMap(({ quick = [] }) => quick)]

function taskList(rooms: readonly RoomJobs[], given: JobContext): Readonly<Record<string, QueueTask>> {
  const subscribers = new Map<string, string[]>()
  for (const room of rooms)
    for (const [fact, job] of Object.entries(room.on)) subscribers.set(fact, [...(subscribers.get(fact) ?? []), job])
  const tasks: Record<string, QueueTask> = {
    // A fact becomes one job for each subscriber, so that each is retried alone. The key makes doing it twice harmless.
    fact: async (payload, { id }) => {
      const { fact, payload: facts } = payload as { fact: string; payload: Record<string, unknown> }
      await given.db.work(async (tx) => {
        for (const job of subscribers.get(fact) ?? []) await queueJob(tx, job, facts, { key: `${id}:${job}` })
      })
    },
  }
  for (const room of rooms) for (const [name, task] of Object.entries(room.tasks)) tasks[name] = (payload) => task(payload, given)
  return tasks
}
