import { sql } from 'kysely'
import type { Db } from './db.ts'
import type { JobContext, RoomJobs } from './job.ts'
import { noteLoopError } from './loop.ts'

/** A difference beyond this between the database's clock and our own, which only runs, is a jump. */
const jumpMs = 3_000

/**
 * Looks whether the clock of the database has jumped since the last look: `now` says what it shows, `elapsed` is a clock that nobody
 * can set. A machine that slept shows as a jump forward. Answers the jump in milliseconds, or 0.
 */
export function clockWatch(now: () => Promise<number>, elapsed: () => number): () => Promise<number> {
  let before: number | undefined
  return async () => {
    const asked = elapsed()
    const shown = await now()
    const answered = elapsed()
    const offset = shown - (asked + answered) / 2
    const moved = before === undefined ? 0 : offset - before
    // A slow answer may have looked at its clock at any moment in between: it is no measure for the next.
    if (before === undefined || answered - asked < 1_000 || Math.abs(moved) > jumpMs + (answered - asked)) before = offset
    return Math.abs(moved) > jumpMs + (answered - asked) ? moved : 0
  }
}

/** Every look finds rows that a wrong clock left in the future; a jump is also told. */
export function watchClock(
  { db, log }: Pick<JobContext, 'db' | 'log'>,
  rooms: readonly RoomJobs[],
  shown = () => readClock(db),
): () => Promise<boolean> {
  const look = clockWatch(shown, () => performance.now())
  let looks = 0
  /** Jumps that were seen and not yet followed: the database may have gone away in between. */
  const untold: number[] = []
  return async () => {
    const jump = await look()
    if (jump !== 0) {
      noteLoopError(log, 'clock.jump', new Error(`the clock of the database jumped by ${Math.round(jump / 1000)} s`))
      untold.push(jump)
    }
    // Also without a jump that this process saw: it may have happened before it began.
    if (untold.length > 0 || looks++ % 20 === 0) await anchorRows({ db, log }, rooms)
    for (let next = untold[0]; next !== undefined; untold.shift(), next = untold[0]) {
      const seconds = next / 1000
      await db.work(async (tx) => {
        for (const room of rooms) await room.jumped?.(tx, seconds)
      })
    }
    return false
  }
}

/** Each room puts right its rows whose moments cannot be: none that falls due waits for the length of a jump. */
export async function anchorRows({ db, log }: Pick<JobContext, 'db' | 'log'>, rooms: readonly RoomJobs[]): Promise<number> {
  let all = 0
  for (const room of rooms) all += (await (room.anchor && db.work(room.anchor))) ?? 0
  if (all > 0) log.warn({ rows: all }, 'rows of a wrong clock put right')
  return all
}

const readClock = (db: Db): Promise<number> =>
  db.work(async (tx) => {
    const { rows } = await sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(tx)
    return rows[0]?.ms ?? 0
  })
