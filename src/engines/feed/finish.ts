import { type Construct, htmlOf } from './construct.ts'
import { parseDate } from './date.ts'
import { hashText } from './hash.ts'
import { htmlToText } from './html-to-text.ts'
import type { Problems } from './problem.ts'
import type { FeedEntry, FeedOptions } from './types.ts'

export const MAX_ENTRIES = 1000
export const MAX_HTML = 500_000
const MAX_ID = 2000
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
function firstDate(written: readonly string[], options: FeedOptions): string | null {
  for (const text of written) {
    const found = parseDate(text, { now: options.now, zone: options.zone })
    if (found) return found.at
  }
  return null
}

/** Brings an entry into its final form. `at` names it among the problems. */
export function finishEntry(raw: RawEntry, options: FeedOptions, problems: Problems, at: string): FeedEntry {
  const tooLong = raw.content !== undefined && raw.content.value.length > MAX_HTML
  if (tooLong) problems.add('field_cut', at)
  const html = raw.content ? htmlOf(raw.content, MAX_HTML) : ''
  const text = raw.content?.isHtml ? htmlToText(raw.content.value.slice(0, MAX_HTML)) : htmlToText(html)
  if (raw.title === '' && html === '' && raw.url === '') problems.add('entry_empty', at)
  const updatedAt = firstDate(raw.updated, options)
  const publishedAt = firstDate(raw.published, options) ?? updatedAt
  const anyDate = [...raw.published, ...raw.updated].some((date) => date.trim() !== '')
  if (publishedAt === null) problems.add(anyDate ? 'date_unreadable' : 'entry_without_date', at)
  const now = options.now === undefined ? Number.NaN : new Date(options.now).getTime()
  if (publishedAt !== null && Date.parse(publishedAt) > now + FUTURE_TOLERANCE_MS) problems.add('date_in_future', at)
  let id = raw.id.length > MAX_ID ? `sha:${hashText(raw.id)}` : raw.id
  if (id === '') {
    problems.add('entry_without_id', at)
    id = raw.url || `hash:${hashText(`${raw.title}\n${publishedAt ?? ''}\n${text}`)}`
  }
  const categories = [...new Set(raw.categories.filter((category) => category !== ''))].slice(0, MAX_CATEGORIES)
  return { id, title: raw.title, url: raw.url, author: raw.author, publishedAt, updatedAt, html, text, categories }
}

/** All entries in their final form, capped, with a note about ids that repeat. */
export function finishEntries(
  count: number,
  rawAt: (index: number) => RawEntry,
  options: FeedOptions,
  problems: Problems,
): FeedEntry[] {
  if (count > MAX_ENTRIES) problems.add('too_many_entries', String(count))
  if (count === 0) problems.add('no_entries')
  const entries: FeedEntry[] = []
  const ids = new Set<string>()
  for (let index = 0; index < Math.min(count, MAX_ENTRIES); index += 1) {
    const at = `entries[${index}]`
    const entry = finishEntry(rawAt(index), options, problems, at)
    if (ids.has(entry.id)) problems.add('id_repeated', at)
    ids.add(entry.id)
    entries.push(entry)
  }
  return entries
}
