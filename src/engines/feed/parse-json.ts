import { parseJson as readJson } from '../../base/json.ts'
import { bestOf } from './construct.ts'
import { finishEntries, type RawEntry } from './finish.ts'
import { htmlToLine, toLine } from './html-to-text.ts'
import type { Problems } from './problem.ts'
import type { Feed, FeedOptions } from './types.ts'
import { resolveUrl } from './url.ts'

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const textAt = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')

function namesOf(fields: Fields): string {
  const authors = [...listOf(fields.authors), fields.author].filter(isFields)
  return [...new Set(authors.map((author) => toLine(textAt(author.name) || textAt(author.url), 200)))]
    .filter((name) => name !== '')
    .join(', ')
}

function itemOf(value: unknown, base: string, feedAuthor: string): RawEntry {
  const item: Fields = isFields(value) ? value : {}
  const plain = (value: unknown) => ({ value: textAt(value), isHtml: false, base })
  const url = resolveUrl(textAt(item.url), base, true) || resolveUrl(textAt(item.external_url), base, true)
  return {
    id: toLine(textAt(item.id).slice(0, 100_000), 100_000),
    title: htmlToLine(textAt(item.title)),
    url,
    author: namesOf(item) || feedAuthor,
    published: [textAt(item.date_published)],
    updated: [textAt(item.date_modified)],
    content: bestOf([
      { value: textAt(item.content_html), isHtml: true, base: url || base },
      plain(item.content_text),
      plain(item.summary),
    ]),
    categories: listOf(item.tags).map((tag) => toLine(textAt(tag), 200)),
  }
}

const datesOf = (value: unknown): string[] => (isFields(value) ? [textAt(value.date_published), textAt(value.date_modified)] : [])

/** JSON Feed 1 and 1.1; undefined when the text is JSON of another kind or no JSON. */
export function parseJson(text: string, options: FeedOptions, problems: Problems): Feed | undefined {
  let feed: unknown
  try {
    feed = readJson(text)
  } catch {
    problems.add('json_invalid')
    return undefined
  }
  if (!isFields(feed) || !(Array.isArray(feed.items) || textAt(feed.version).includes('jsonfeed'))) return undefined
  const base = resolveUrl(textAt(feed.home_page_url), options.url ?? '', true)
  const items = listOf(feed.items)
  const author = namesOf(feed)
  return {
    kind: 'json',
    title: toLine(textAt(feed.title)),
    link: base,
    ttlMinutes: null,
    entries: finishEntries(
      items.length,
      (index) => itemOf(items[index], base || options.url || '', author),
      options,
      problems,
      (index) => datesOf(items[index]),
    ),
    problems: problems.list,
  }
}
