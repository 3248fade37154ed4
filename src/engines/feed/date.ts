import { normalForm } from '../text/normal.ts'
import { chineseDate } from './date-chinese.ts'
import { isoDate } from './date-iso.ts'
import { wordDate } from './date-word.ts'
import { isZone } from './zone.ts'

export type Precision = 'second' | 'minute' | 'hour' | 'day' | 'month' | 'year'

/** What had to be guessed: a zone that nobody knows was read as UTC, 05/06/2026 as the sixth of May. */
export type DateNote = 'date_zone_unknown' | 'date_ambiguous'

export interface ReadDate {
  /** ISO 8601 in UTC, `2026-11-20T01:12:00.000Z`: the start of the day, month or year when that is all that is known. */
  readonly at: string
  readonly precision: Precision
  readonly note?: DateNote
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
  readonly note?: DateNote | undefined
}

const MAX_LENGTH = 120
const labels =
  /^(?:(?:发布|發布|发表|發表|更新|修改|编辑|編輯|创建|回复|回覆|评论|转发|时间|時間|日期|于|於|在|时|published|posted|updated|date|on)[\s::]*)+/i
const tails =
  /\s*(?:[·|]\s*.*|来自.*|來自.*|来源.*|IP属地.*|发布于.*|已编辑.*|\(已编辑\)|\(Coordinated Universal Time\)|发布|发表|更新)$/i
/** A place after the date, as platforms write where somebody posted from: 11-20 浙江, 昨天 09:12 中国香港. */
const place = / ?[\u4e00-\u9fff]{2,8}$/
/** Japanese and Korean signs of the same things. */
const signs: Readonly<Record<string, string>> = {
  ...{ 년: '年', 월: '月', 일: '日', 시: '时', 분: '分', 초: '秒', 오전: '上午', 오후: '下午', 午前: '上午', 午後: '下午' },
}

/**
 * Reads a date as feeds and Chinese pages write it: ISO 8601 and W3CDTF with missing parts, RFC 822, 850 and asctime however mangled and in
 * the languages of Europe, 2026年11月20日 09:12, 11-20 09:12, 昨天 21:15, 5分钟前, 半小时前, 刚刚, 上周五, 去年12月, seconds to nanoseconds
 * since 1970. Null when it cannot be read, names a day that does not exist, or plainly says that nobody knows ({@link saysUnknown}).
 * Never throws.
 */
export function parseDate(written: string | number, options: DateOptions = {}): ReadDate | null {
  if (typeof written === 'number') return parseDate(String(written), options)
  if (typeof written !== 'string' || written.length > MAX_LENGTH * 4) return null
  const text = plainOf(written)
  if (text === '' || text.length > MAX_LENGTH) return null
  const zone = options.zone !== undefined && isZone(options.zone) ? options.zone : 'Asia/Shanghai'
  const now = options.now === undefined ? undefined : new Date(options.now).getTime()
  const context: DateContext = { now: Number.isNaN(now) ? undefined : now, zone }
  const found = read(text, context) ?? (place.test(text) ? read(text.replace(place, '').trim(), context) : undefined)
  if (!found || !(Math.abs(found.ms) < 8.64e15) || isPlaceholder(found.ms)) return null
  const at = new Date(found.ms).toISOString()
  return at.length === 24 ? { at, precision: found.precision, ...(found.note && { note: found.note }) } : null
}

const plainOf = (written: string): string =>
  normalForm(written.slice(0, MAX_LENGTH * 4))
    .replace(/[\s\u200b-\u200f\u202a-\u202e\ufeff]+/g, ' ')
    .replace(/^\/Date\((\d+)(?:[+-]\d{4})?\)\/$/, '$1')
    .replace(/\((?:[日月火水木金土](?:曜日)?|[월화수목금토일](?:요일)?)\)|[月火水木金土日]曜日|[월화수목금토일]요일/g, ' ')
    .replace(/오전|오후|午前|午後|[년월일시분초]/g, (sign) => signs[sign] ?? sign)
    .replace(/^[月火水木金土日]\s*,/, '')
    .replace(/(?:中[华華])?民[国國]\s*(\d{1,3})\s*年/, (_, year: string) => `${Number(year) + 1911}年`)
    .replace(/^[\s"'“”]+|[\s"'“”]+$/g, '')
    .replace(labels, '')
    .replace(tails, '')
    .trim()

const read = (text: string, context: DateContext): Moment | undefined =>
  epoch(text) ?? isoDate(text, context) ?? chineseDate(text, context) ?? isoDate(dashed(text), context) ?? wordDate(text, context)

/** 2026年11月20日 with whatever may follow a date, such as JST. */
const dashed = (text: string): string => text.replace(/^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?\s*/, '$1-$2-$3 ').trim()

/** Nobody posts on the first of January 1970 or 1900 or in the year 1: these are the zeros of clocks, in whichever zone. */
const isPlaceholder = (ms: number): boolean =>
  Math.abs(ms) <= 14 * 3_600_000 || Math.abs(ms - Date.UTC(1900, 0, 0)) <= 38 * 3_600_000 || ms < Date.UTC(1000, 0)

/** Whether a date says that there is none: empty, 0, null, 未知, Invalid Date, 0000-00-00, 1970-01-01, 0001-01-01. */
export function saysUnknown(written: string): boolean {
  const text = plainOf(written)
  if (
    /^(?:[-+]?0+(?:\.0*)?|-1|null|none|nil|nan|undefined|unknown|n\/?a|tbd|invalid ?date|未知|不详|不詳|无|無|暂无|-+|\?+)?$/i.test(
      text,
    )
  )
    return true
  if (/\b-?000[01]\b/.test(text) || /0000-00-00/.test(text)) return true
  const context: DateContext = { now: undefined, zone: 'Asia/Shanghai' }
  const found = text.length <= MAX_LENGTH ? read(text, context) : undefined
  return found !== undefined && isPlaceholder(found.ms)
}

/** Digits alone: seconds (ten digits, a fraction allowed), milliseconds, microseconds or nanoseconds since 1970. */
function epoch(text: string): Moment | undefined {
  const found = /^(\d{9,10})(?:\.(\d{1,9}))?$|^(\d{13})(?:\.\d+)?$|^(\d{16})$|^(\d{19})$/.exec(text)
  if (!found) return /^0+$/.test(text) ? { ms: 0, precision: 'second' } : undefined
  const [, seconds, fraction, millis, micros, nanos] = found
  if (seconds !== undefined) return { ms: Math.floor(Number(`${seconds}.${fraction ?? 0}`) * 1000), precision: 'second' }
  if (millis !== undefined) return { ms: Number(millis), precision: 'second' }
  return { ms: micros !== undefined ? Math.floor(Number(micros) / 1000) : Number(nanos!.slice(0, 13)), precision: 'second' }
}
