import { type Cursor, cutPage, readCursor } from '../base/page.ts'

/** The cursor of a list that is sorted by a small number first. */
export interface RankCursor extends Cursor {
  readonly rank: number
}

const written = /^([0-3])~(.+)$/

/** A cursor without a rank is one of the other orders; one that nobody wrote is refused as theirs is. */
export function readRankCursor(text: string | undefined): RankCursor | null {
  const [, rank = '0', rest = text] = written.exec(text ?? '') ?? []
  const cursor = readCursor(rest)
  return cursor && { ...cursor, rank: Number(rank) }
}

export function cutByRank<R>(rows: readonly R[], limit: number, cursorOf: (row: R) => RankCursor) {
  const { page, next } = cutPage(rows, limit, cursorOf)
  const last = page.at(-1)
  return { page, next: next !== null && last !== undefined ? `${cursorOf(last).rank}~${next}` : null }
}
