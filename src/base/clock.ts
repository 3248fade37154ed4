import { sql } from 'kysely'
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
export function watchClock({ db, log }: JobContext, rooms: readonly RoomJobs[]): () => Promise<boolean> {
  const look = clockWatch(
    () =>
      db.work(async (tx) => {
        const { rows } = await sql<{ ms: number }>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms`.execute(
          tx,
        )
        return rows[0]?.ms ?? 0
      }),
    () => performance.now(),
  )
  let looks = 0
  return async () => {
    const jump = await look()
    if (jump !== 0)
      noteLoopError(log, 'clock.jump', new Error(`the clock of the database jumped by ${Math.round(jump / 1000)} s`))
    // Also without a jump that this process saw: it may have happened before it began.
    if (jump !== 0 || looks++ % 20 === 0) await anchorRows({ db, log }, rooms)
    if (jump !== 0)
      await db.work(async (tx) => {
        for (const room of rooms) await room.jumped?.(tx, jump / 1000)
      })
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
