import { chineseDate } from './date-chinese.ts'
import { englishDate, isoDate } from './date-western.ts'
import { isZone } from './zone.ts'

export type Precision = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year'

export interface ReadDate {
  /** ISO 8601 in UTC, `2026-11-20T01:12:00.000Z`: the start of the day, month or year when that is all that is known. */
  readonly at: string
  readonly precision: Precision
}

export interface DateOptions {
  /** The moment from which 昨天, 5分钟前 and dates without a year count; without it such dates are not read. ISO text or ms. */
  readonly now?: string | number | undefined
  /** IANA zone of dates that name none. Default Asia/Shanghai. */
  readonly zone?: string | undefined
}

/** What the readers of one format need: milliseconds of now, and a zone that exists. */
export interface DateContext {
  readonly now: number | undefined
  readonly zone: string
}

/** A moment in milliseconds since 1970. */
export interface Moment {
  readonly ms: number
  readonly precision: Precision
}

const MAX_LENGTH = 120
const labels =
  /^(?:(?:发布|發布|发表|發表|更新|修改|编辑|編輯|创建|回复|回覆|评论|转发|时间|時間|日期|于|於|在|时|published|posted|updated|date|on)[\s::]*)+/i
const tails =
  /\s*(?:[·|]\s*.*|来自.*|來自.*|来源.*|IP属地.*|发布于.*|已编辑.*|\(已编辑\)|\(Coordinated Universal Time\)|发布|发表|更新)$/i

/**
 * Reads a date as feeds and Chinese pages write it: ISO 8601 and W3CDTF with missing parts, RFC 822, 850 and asctime however mangled,
 * 2026年11月20日 09:12, 11-20 09:12, 昨天 21:15, 5分钟前, 半小时前, 刚刚, 上周五, 去年12月, seconds or milliseconds since 1970.
 * Null when it cannot be read or names a day that does not exist. Never throws.
 */
export function parseDate(written: string, options: DateOptions = {}): ReadDate | null {
  if (typeof written !== 'string' || written.length > MAX_LENGTH * 4) return null
  const text = written.normalize('NFKC').replace(/\s+/g, ' ').trim().replace(labels, '').replace(tails, '').trim()
  if (text === '' || text.length > MAX_LENGTH) return null
  const zone = options.zone !== undefined && isZone(options.zone) ? options.zone : 'Asia/Shanghai'
  const now = options.now === undefined ? undefined : new Date(options.now).getTime()
  const context: DateContext = { now: Number.isNaN(now) ? undefined : now, zone }
  const found = epoch(text) ?? isoDate(text, context) ?? chineseDate(text, context) ?? englishDate(text, context)
  if (!found || !(Math.abs(found.ms) < 8.64e15)) return null
  const at = new Date(found.ms).toISOString()
  return at.length === 24 ? { at, precision: found.precision } : null
}

function epoch(text: string): Moment | undefined {
  if (/^\d{10}(\.\d+)?$/.test(text)) return { ms: Math.floor(Number(text) * 1000), precision: 'second' }
  if (/^\d{13}$/.test(text)) return { ms: Number(text), precision: 'second' }
  return undefined
}
