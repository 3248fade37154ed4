/** Cursor pages over rows sorted newest first. The cursor is opaque to callers: a moment and a row number. */
export interface Cursor {
  readonly at: string
  readonly id: number
}

export const writeCursor = ({ at, id }: Cursor): string => Buffer.from(`${at}|${id}`).toString('base64url')

/** Null for a cursor that was not written by `writeCursor`; a list then starts at its top. */
export function readCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null
  const [at, id] = Buffer.from(text, 'base64url').toString().split('|')
  const number = Number(id)
  return at && !Number.isNaN(Date.parse(at)) && Number.isSafeInteger(number) ? { at, id: number } : null
}

/** Cuts a page from `limit + 1` rows: what is shown, and the cursor of the next page when there is one. */
export function cutPage<R>(rows: readonly R[], limit: number, cursorOf: (row: R) => Cursor): { page: R[]; next: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last !== undefined ? writeCursor(cursorOf(last)) : null }
}
