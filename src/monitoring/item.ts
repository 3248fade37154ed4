import { htmlToText, parseDate } from '../engines/feed/index.ts'
import type { ItemFaultCode } from './error.ts'

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

export type ReadItem = { readonly ok: true; readonly item: Item } | { readonly ok: false; readonly code: ItemFaultCode }

const longestText = 100_000
const oldest = Date.parse('1990-01-01T00:00:00Z')
const aheadMs = 10 * 60_000

/** Reads an item however it was written; only what cannot be understood is refused. Never throws. */
export function readItem(value: unknown, { now, platform }: { now: number; platform: string }): ReadItem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, code: 'not_an_object' }
  const given = value as Readonly<Record<string, unknown>>
  const written = scalar(given.text)
  if (written.length > longestText * 4) return { ok: false, code: 'text_too_long' }
  const text = readText(written)
  const title = cut(readText(scalar(given.title).slice(0, 10_000)).replace(/\s+/g, ' '), 500)
  if (text.length > longestText) return { ok: false, code: 'text_too_long' }
  if (text === '' && title === '') return { ok: false, code: 'nothing_said' }
  const date = readMoment(given.published_at, now)
  if (typeof date === 'string') return { ok: false, code: date }
  const engagement = typeof given.engagement === 'object' && given.engagement !== null ? given.engagement : {}
  const count = (name: string) => readCount((engagement as Readonly<Record<string, unknown>>)[name])
  return {
    ok: true,
    item: {
      externalId: clean(scalar(given.id)).trim() || null,
      platform: readPlatform(given.platform) ?? platform,
      kind: readName(given.kind) ?? 'post',
      author: cut(clean(scalar(given.author).slice(0, 2000)).replace(/\s+/g, ' ').trim(), 100),
      title,
      text,
      url: readUrl(given.url),
      ...date,
      likes: count('likes'),
      comments: count('comments'),
      shares: count('shares'),
      followers: count('followers'),
    },
  }
}

const scalar = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '')

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g
const clean = (text: string): string => text.replace(control, '').toWellFormed()

const tags =
  'a|abbr|article|b|blockquote|body|br|button|center|code|dd|div|dl|dt|em|embed|font|form|h[1-6]|head|hr|html|i|iframe|img|input'
const moreTags = 'li|link|meta|object|ol|p|pre|script|section|small|span|strong|style|sub|sup|svg|table|tbody|td|th|tr|u|ul|video'
const markup = new RegExp(`</?(?:${tags}|${moreTags})(?:[\\s/][^<]*)?>|<!--`, 'i')

/** Text as a person would see it. `a<b` is no markup. */
const readText = (written: string): string => {
  const text = markup.test(written) ? htmlToText(written, longestText) : written
  return clean(text.replace(/\r\n?/g, '\n')).trim()
}

const cut = (text: string, max: number): string =>
  text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`

type Dated = Pick<Item, 'publishedAt' | 'dated' | 'claimed'>

function readMoment(value: unknown, now: number): Dated | 'date_unreadable' | 'date_too_old' {
  const unknown = { publishedAt: new Date(now).toISOString(), dated: false, claimed: null }
  if (value === undefined || value === null || value === '') return unknown
  let ms: number | undefined
  if (typeof value === 'number' && Number.isFinite(value)) ms = Math.abs(value) < 1e11 ? value * 1000 : value
  else if (typeof value === 'string') {
    const read = parseDate(value, { now })
    if (read) ms = Date.parse(read.at)
    else if (value.trim() === '') return unknown
  }
  if (ms === undefined || Number.isNaN(new Date(ms).getTime())) return 'date_unreadable'
  if (ms < oldest) return 'date_too_old'
  if (ms > now + aheadMs) return { ...unknown, claimed: new Date(ms).toISOString().slice(0, 27) }
  return { publishedAt: new Date(Math.floor(ms)).toISOString(), dated: true, claimed: null }
}

function readUrl(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 4000) return null
  try {
    const url = new URL(clean(value).trim())
    return ['http:', 'https:'].includes(url.protocol) && url.href.length <= 4000 ? url.href : null
  } catch {
    return null
  }
}

function readName(value: unknown): string | null {
  const name = scalar(value).trim().toLowerCase()
  return /^[a-z_]{1,32}$/.test(name) ? name : null
}

const platformNames: Readonly<Record<string, string>> = {
  微博: 'weibo',
  新浪微博: 'weibo',
  微信: 'wechat',
  公众号: 'wechat',
  微信公众号: 'wechat',
  抖音: 'douyin',
  快手: 'kuaishou',
  小红书: 'xiaohongshu',
  哔哩哔哩: 'bilibili',
  b站: 'bilibili',
  知乎: 'zhihu',
  贴吧: 'tieba',
  百度贴吧: 'tieba',
  头条: 'toutiao',
  今日头条: 'toutiao',
  新闻: 'news',
  论坛: 'forum',
  大众点评: 'dianping',
  黑猫: 'heimao',
  黑猫投诉: 'heimao',
}

function readPlatform(value: unknown): string | null {
  const name = scalar(value).trim().toLowerCase()
  if (/^[a-z0-9_.-]{1,32}$/.test(name)) return name
  return name === '' ? null : (platformNames[name] ?? 'other')
}

/** Counts as platforms write them: 1234, "1,234", "1.2万". */
function readCount(value: unknown): number {
  const text = scalar(value).replace(/[,\s+]/g, '')
  const [, digits, scale] = /^(\d+(?:\.\d+)?)(万|w|亿|k)?$/i.exec(text) ?? []
  if (digits === undefined) return 0
  const times = { 万: 1e4, w: 1e4, 亿: 1e8, k: 1e3 }[scale?.toLowerCase() ?? ''] ?? 1
  return Math.min(Math.floor(Number(digits) * times), 2_147_483_647)
}
