import { type Construct, htmlOf } from './construct.ts'
import { parseDate, type ReadDate, saysUnknown } from './date.ts'
import { hashText } from './hash.ts'
import { htmlToText, MAX_TEXT } from './html-to-text.ts'
import type { ProblemCode, Problems } from './problem.ts'
import type { FeedEntry, FeedOptions } from './types.ts'

export const MAX_ENTRIES = 1000
export const MAX_HTML = 500_000
const MAX_ID = 1000
const MAX_TITLE = 1000
const MAX_CATEGORIES = 50
/** Clocks of servers differ: only what lies further ahead is reported. */
const FUTURE_TOLERANCE_MS = 10 * 60_000

/** An entry as the format said it. */
export interface RawEntry {
  readonly id: string
  readonly title: string
  readonly url: string
  readonly author: string
  readonly published: readonly string[]
  readonly updated: readonly string[]
  readonly content: Construct | undefined
  readonly categories: readonly string[]
}

/** The first of the dates that can be read. */
function firstDate(written: readonly string[], options: FeedOptions): ReadDate | null {
  for (const text of written) {
    const found = parseDate(text, { now: options.now, zone: options.zone })
    if (found) return found
  }
  return null
}

/** Why an entry has no date. */
function dateProblem(written: readonly string[]): ProblemCode {
  const dates = written.filter((date) => date.trim() !== '')
  if (dates.length === 0) return 'entry_without_date'
  return dates.every(saysUnknown) ? 'date_unknown' : 'date_unreadable'
}

/** An id of any length, told apart from others that begin alike. */
const shortId = (id: string): string => (id.length > MAX_ID ? `${id.slice(0, MAX_ID - 40).toWellFormed()}#${hashText(id)}` : id)

/** Brings an entry into its final form. `at` names it among the problems. */
export function finishEntry(raw: RawEntry, options: FeedOptions, problems: Problems, at: string): FeedEntry {
  const tooLong = raw.content !== undefined && raw.content.value.length > MAX_HTML
  if (tooLong) problems.add('field_cut', at)
  const html = raw.content ? htmlOf(raw.content, MAX_HTML) : ''
  const text = raw.content?.isHtml ? htmlToText(raw.content.value.slice(0, MAX_HTML)) : htmlToText(html)
  if (!tooLong && text.length >= MAX_TEXT) problems.add('field_cut', at)
  if (raw.title === '' && html === '' && raw.url === '') problems.add('entry_empty', at)
  const updated = firstDate(raw.updated, options)
  const published = firstDate(raw.published, options) ?? updated
  const updatedAt = updated?.at ?? null
  const publishedAt = published?.at ?? null
  if (published === null) problems.add(dateProblem([...raw.published, ...raw.updated]), at)
  if (published?.note) problems.add(published.note, at)
  if (raw.title.length >= MAX_TITLE) problems.add('field_cut', `${at}.title`)
  const now = options.now === undefined ? Number.NaN : new Date(options.now).getTime()
  if (publishedAt !== null && Date.parse(publishedAt) > now + FUTURE_TOLERANCE_MS) problems.add('date_in_future', at)
  let id = shortId(raw.id)
  if (id !== raw.id) problems.add('id_shortened', at)
  if (id === '') {
    problems.add('entry_without_id', at)
    id = raw.url || `hash:${hashText(`${raw.title}\n${publishedAt ?? ''}\n${text}`)}`
  }
  const categories = [...new Set(raw.categories.filter((category) => category !== ''))].slice(0, MAX_CATEGORIES)
  return { id, title: raw.title, url: raw.url, author: raw.author, publishedAt, updatedAt, html, text, categories }
}

/**
 * Which entries of a long feed are read: those with the newest dates, whichever end they stand at; an entry without a date counts as its
 * neighbour. When no date can be read, the first and the last.
 */
function newestOf(count: number, datesAt: (index: number) => readonly string[], options: FeedOptions): number[] {
  const all = Array.from({ length: count }, (_, index) => index)
  const times = all.map((index) => {
    const found = firstDate(datesAt(index), options)
    return found ? Date.parse(found.at) : undefined
  })
  const known = times.find((time) => time !== undefined)
  if (known === undefined) return [...all.slice(0, MAX_ENTRIES / 2), ...all.slice(-MAX_ENTRIES / 2)]
  let last = known
  const ranks = times.map((time) => {
    last = time ?? last
    return last
  })
  return all
    .toSorted((a, b) => ranks[b]! - ranks[a]! || a - b)
    .slice(0, MAX_ENTRIES)
    .toSorted((a, b) => a - b)
}

/** All entries in their final form, of a long feed the newest, with a note about ids that repeat. */
export function finishEntries(
  count: number,
  rawAt: (index: number) => RawEntry,
  options: FeedOptions,
  problems: Problems,
  datesAt: (index: number) => readonly string[],
): FeedEntry[] {
  if (count > MAX_ENTRIES) problems.add('too_many_entries', String(count))
  if (count === 0) problems.add('no_entries')
  const entries: FeedEntry[] = []
  const ids = new Set<string>()
  const chosen = count > MAX_ENTRIES ? newestOf(count, datesAt, options) : Array.from({ length: count }, (_, index) => index)
  for (const index of chosen) {
    const at = `entries[${index}]`
    const entry = finishEntry(rawAt(index), options, problems, at)
    if (ids.has(entry.id)) problems.add('id_repeated', at)
    ids.add(entry.id)
    entries.push(entry)
  }
  return entries
}
