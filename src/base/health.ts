import { sql } from 'kysely'
import type { Db, WorkTx } from './db.ts'
import { quickTasks, type RoomJobs } from './job.ts'
import { readOutward } from './outward.ts'

export interface Health {
  readonly database: boolean
  /** How many of each thing should have happened a minute ago and have not. */
  readonly late: Readonly<Record<string, number>>
  /** A restored copy that sends nothing out and fetches nothing until somebody says so. */
  readonly outwardHeld: boolean
}

/** A look at the database takes no longer; one that would gives its connection up. */
export const lookMs = 3_000

/**
 * One look at a time, shared by all who ask meanwhile. After `withinMs` they are answered with `otherwise`, whatever the look waits for,
 * so that a database which takes every connection and never answers holds up nobody who only wants to know how it is.
 */
export function oneLook<T>(look: () => Promise<T>, otherwise: T, withinMs = lookMs): () => Promise<T> {
  let looking: Promise<T> | null = null
  return () => {
    looking ??= look().finally(() => {
      looking = null
    })
    return orElse(looking, otherwise, withinMs)
  }
}

function orElse<T>(look: Promise<T>, otherwise: T, withinMs: number): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>()
  const timer = setTimeout(() => resolve(otherwise), withinMs)
  return Promise.race([look, promise]).finally(() => clearTimeout(timer))
}

export const unwell: Health = { database: false, late: {}, outwardHeld: false }

/** A job that somebody waits for and that is older than this is late. */
const lateSeconds = 60

/** Whether the database answers, and whether anything that people wait for is late: alerts in the queue, and what rooms name. */
export async function readHealth(db: Db, rooms: readonly RoomJobs[], withinMs = lookMs): Promise<Health> {
  try {
    return await db.work(async (tx) => {
      const late: Record<string, number> = { alerts: await countLateJobs(tx, quickTasks(rooms)) }
      for (const room of rooms) for (const [name, count] of Object.entries(room.late ?? {})) late[name] = await count(tx)
      return { database: true, late, outwardHeld: (await readOutward(tx)) !== null }
    }, withinMs)
  } catch {
    return unwell
  }
}

async function countLateJobs(tx: WorkTx, quick: readonly string[]): Promise<number> {
  const { rows } = await sql<{ late: number }>`
    select count(*)::int as late from graphile_worker._private_jobs job join graphile_worker._private_tasks task on task.id = job.task_id
    where task.identifier = any (${[...quick]}::text[]) and job.created_at < now() - make_interval(secs => ${lateSeconds})`.execute(
    tx,
  )
  return rows[0]?.late ?? 0
}

export interface QueueFigures {
  readonly waiting: number
  readonly givenUp: number
  readonly oldestSeconds: number
  /** Errors of the background loops of every process that works on this database, by loop. */
  readonly errors: Readonly<Record<string, number>>
}

/** What /metrics says of the queue and of the processes that work on it. */
export function readQueue(db: Db): Promise<QueueFigures> {
  return db.work(async (tx) => {
    const { rows } = await sql<Omit<QueueFigures, 'errors'>>`
      select count(*) filter (where attempts < max_attempts)::int as waiting, count(*) filter (where attempts >= max_attempts)::int as "givenUp",
        coalesce(greatest(0, extract(epoch from now() - min(created_at) filter (where attempts < max_attempts))), 0)::float8 as "oldestSeconds"
      from graphile_worker._private_jobs`.execute(tx)
    const errors = await sql<{ loop: string; count: number }>`
      select loop, sum(count::bigint)::int as count from base.worker, jsonb_each_text(errors) e (loop, count) group by 1`.execute(
      tx,
    )
    const figures = rows[0] ?? { waiting: 0, givenUp: 0, oldestSeconds: 0 }
    return { ...figures, errors: Object.fromEntries(errors.rows.map(({ loop, count }) => [loop, count])) }
  }, lookMs)
}
