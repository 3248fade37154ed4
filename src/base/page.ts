import { baseErrors, Refusal } from './error.ts'

/** Cursor pages over rows sorted newest first. The cursor is opaque to callers: a moment and a row number. */
export interface Cursor {
  readonly at: string
  readonly id: number
}

export const writeCursor = ({ at, id }: Cursor): string => Buffer.from(`${at}|${id}`).toString('base64url')

/** Null without a cursor: the list then starts at its top. Refuses one that `writeCursor` cannot have written. */
export function readCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null
  const [, at, id] = written.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  if (at && !Number.isNaN(Date.parse(at)) && Number.isSafeInteger(Number(id))) return { at, id: Number(id) }
  throw new Refusal(baseErrors.invalid_input, {}, [
    { path: 'before', zh: '翻页位置无效，请从第一页开始', en: 'not a page of this list; start at the first page' },
  ])
}

const written = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\|(\d{1,16})$/

/** Cuts a page from `limit + 1` rows: what is shown, and the cursor of the next page when there is one. */
export function cutPage<R>(rows: readonly R[], limit: number, cursorOf: (row: R) => Cursor): { page: R[]; next: string | null } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, next: rows.length > limit && last !== undefined ? writeCursor(cursorOf(last)) : null }
}
