import { readCount } from './count.ts'
import type { ItemFaultCode, ItemNoteCode } from './error.ts'
import { readMoment } from './moment.ts'
import { readPlatform } from './platform.ts'
import { clean, cut, readText, scalar } from './said.ts'

/** An item as it is stored: clean, bounded, every field there. */
export interface Item {
  readonly externalId: string | null
  readonly platform: string
  readonly kind: string
  readonly author: string
  readonly title: string
  readonly text: string
  readonly url: string | null
  readonly publishedAt: string
  /** False when the item named no usable moment, so that the moment cannot tell it from another. */
  readonly dated: boolean
  /** What the item said of its date when that lay in the future. */
  readonly claimed: string | null
  readonly likes: number
  readonly comments: number
  readonly shares: number
  readonly followers: number
}

/** What was cut or supposed while an item was read. */
export interface ItemNote {
  readonly code: ItemNoteCode
  /** What stood there, where that helps to find it. */
  readonly detail: string
}

export type ReadItem =
  | { readonly ok: true; readonly item: Item; readonly notes: readonly ItemNote[] }
  | { readonly ok: false; readonly code: ItemFaultCode }

const longestText = 100_000
const longestTitle = 500
const longestDetail = 60

/** Reads an item however it was written; refused is only what says nothing. Never throws. */
export function readItem(value: unknown, { now, platform }: { now: number; platform: string }): ReadItem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, code: 'not_an_object' }
  const given = value as Readonly<Record<string, unknown>>
  const notes: ItemNote[] = []
  const note = (code: ItemNoteCode, written: unknown = '') =>
    void notes.push({ code, detail: cut(clean(scalar(written).slice(0, 500)).replace(/\s+/g, ' ').trim(), longestDetail) })

  const written = scalar(given.text)
  const read = readText(written.slice(0, longestText * 4), longestText * 2)
  const text = cut(read, longestText)
  if (read.length > longestText || written.length > longestText * 4) note('text_cut')
  const whole = readText(scalar(given.title).slice(0, 10_000), 10_000).replace(/\s+/g, ' ')
  const title = cut(whole, longestTitle)
  if (title !== whole) note('title_cut')
  if (text === '' && title === '') return { ok: false, code: 'nothing_said' }

  const { problem, ...date } = readMoment(given.published_at, now)
  if (problem !== null) note(problem, given.published_at)
  const externalId = readId(given.id)
  if (externalId === undefined) note('id_rounded', given.id)
  const named = readPlatform(given.platform)
  if (named?.known === false) note('platform_unknown', given.platform)
  const url = readUrl(given.url)
  if (url === undefined) note('url_unreadable', given.url)
  const engagement = (typeof given.engagement === 'object' && given.engagement) || {}
  const count = (name: string) => {
    const found = readCount((engagement as Readonly<Record<string, unknown>>)[name])
    if (found === null) note('count_unreadable', (engagement as Readonly<Record<string, unknown>>)[name])
    return found ?? 0
  }
  const item = {
    externalId: externalId ?? null,
    platform: named?.platform ?? platform,
    kind: readKind(given.kind) ?? 'post',
    author: cut(clean(scalar(given.author).slice(0, 2000)).replace(/\s+/g, ' ').trim(), 100),
    ...{ title, text, url: url ?? null, ...date },
    likes: count('likes'),
    comments: count('comments'),
    shares: count('shares'),
    followers: count('followers'),
  }
  return { ok: true, item, notes }
}

/**
 * The number of an item, whatever its length. Undefined for one that a spreadsheet or a program has rounded, which would be the
 * number of many: 7.30123E+18, or fifteen digits and zeros.
 */
function readId(value: unknown): string | null | undefined {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return Number.isInteger(value) ? undefined : String(value)
  const id = clean(scalar(value)).trim()
  if (/^\d(?:\.\d+)?e\+?\d+$/i.test(id) || /^\d{15}00+$/.test(id)) return undefined
  return id === '' ? null : id
}

/** Null for none, undefined for one that is no address of a page. */
function readUrl(value: unknown): string | null | undefined {
  const written = clean(scalar(value)).trim()
  if (written === '') return null
  if (written.length > 4000) return undefined
  try {
    const url = new URL(/^www\.[\w-]+\./i.test(written) ? `https://${written}` : written)
    return ['http:', 'https:'].includes(url.protocol) && url.href.length <= 4000 ? url.href : undefined
  } catch {
    return undefined
  }
}

const kinds: Readonly<Record<string, string>> = {
  ...{
    帖文: 'post',
    帖子: 'post',
    微博: 'post',
    主帖: 'post',
    文章: 'article',
    新闻: 'article',
    评论: 'comment',
    回复: 'comment',
  },
  ...{ 视频: 'video', 短视频: 'video', 投诉: 'complaint', 举报: 'complaint' },
}

function readKind(value: unknown): string | null {
  const name = clean(scalar(value)).trim().toLowerCase()
  return kinds[name] ?? (/^[a-z_]{1,32}$/.test(name) ? name : null)
}
