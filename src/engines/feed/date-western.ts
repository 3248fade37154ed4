import type { DateContext, Moment } from './date.ts'
import { fullYear, momentOfParts, offsetOf } from './date-parts.ts'

const clock = String.raw`(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?`
const zoneTail = String.raw`\s*(Z|UTC?|GMT|(?:GMT|UTC)?\s*[+-]\d{1,2}:?(?:\d{2})?(?::\d{2})?)?`
const dashed = new RegExp(
  String.raw`^(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2})(?:(?:[T,]\s*|\s+)${clock}${zoneTail})?)?)?${zoneTail}$`,
  'i',
)
const basic = new RegExp(
  String.raw`^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?${zoneTail})?$`,
  'i',
)
const ordinal = /^(\d{4})-?(\d{3})$/
const shortYear = new RegExp(String.raw`^(\d{2})-(\d{1,2})-(\d{1,2})(?:[T ]+${clock}${zoneTail})?$`, 'i')
const milliseconds = (fraction: string | undefined) =>
  fraction === undefined ? undefined : Math.floor(Number(`0.${fraction}`) * 1000)
const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))

/** ISO 8601, W3CDTF and what is close to them: 2026-11-20T09:12:00+08:00, 2026/11/20 9:12, 20261120, 2026-11, 2026. */
export function isoDate(text: string, context: DateContext): Moment | undefined {
  const dayOfYear = ordinal.exec(text)
  if (dayOfYear) {
    const date = new Date(Date.UTC(Number(dayOfYear[1]), 0, Number(dayOfYear[2])))
    if (date.getUTCFullYear() !== Number(dayOfYear[1])) return undefined
    return momentOfParts({ year: Number(dayOfYear[1]), month: date.getUTCMonth() + 1, day: date.getUTCDate() }, context)
  }
  const long = dashed.exec(text)
  if (long) {
    const [, year = '', , month, day, hour, minute, second, fraction, inner, outer] = long
    const written = inner ?? outer
    const offset = written === undefined ? undefined : offsetOf(written)
    if (written !== undefined && offset === undefined) return undefined
    if (month === undefined && outer !== undefined && /^\s*-/.test(outer)) return undefined
    const parts = {
      year: Number(year),
      month: number(month),
      day: number(day),
      hour: number(hour),
      minute: number(minute),
      second: number(second),
    }
    return momentOfParts({ ...parts, millisecond: milliseconds(fraction), offset }, context)
  }
  const short = basic.exec(text) ?? shortYear.exec(text)
  if (!short) return undefined
  const [, year = '', month, day, hour, minute, second, fraction, zone] = short
  const parts = {
    year: fullYear(year),
    month: number(month),
    day: number(day),
    hour: number(hour),
    minute: number(minute),
    second: number(second),
  }
  return momentOfParts(
    { ...parts, millisecond: milliseconds(fraction), offset: zone === undefined ? undefined : offsetOf(zone) },
    context,
  )
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const weekday = /^(mon|tues?|wed(nes)?|thu(rs?)?|fri|sat(ur)?|sun)(day)?$/
const zones: Readonly<Record<string, number>> = {
  ...{
    z: 0,
    ut: 0,
    utc: 0,
    gmt: 0,
    wet: 0,
    est: -300,
    edt: -240,
    cst: -360,
    cdt: -300,
    mst: -420,
    mdt: -360,
    pst: -480,
    pdt: -420,
    ast: -240,
    adt: -180,
  },
  ...{
    bst: 60,
    cet: 60,
    cest: 120,
    met: 60,
    mest: 120,
    eet: 120,
    eest: 180,
    msk: 180,
    ist: 330,
    jst: 540,
    kst: 540,
    hkt: 480,
    sgt: 480,
    aest: 600,
    nzst: 720,
  },
  ...{ a: -60, n: 60, m: -720, y: 720, et: -300, ct: -360, mt: -420, pt: -480 },
}

interface English {
  year?: number
  month?: number
  day?: number
  hour?: number
  minute?: number
  second?: number
  millisecond?: number
  offset?: number
  half?: 'am' | 'pm'
}

/** One word of an English date goes to its place; false when it fits nowhere. */
function placeWord(word: string, into: English, context: DateContext): boolean {
  if (weekday.test(word) || /^(at|of|the|on|st|nd|rd|th|t|,)$/.test(word)) return true
  const month = months.findIndex((name) => word.startsWith(name))
  if (month >= 0 && into.month === undefined) {
    into.month = month + 1
    return true
  }
  if (word === 'am' || word === 'pm') {
    into.half = word
    return true
  }
  // On Chinese servers CST is China's own time, not the one of Chicago.
  const offset = word === 'cst' && context.zone.startsWith('Asia/') ? 480 : (zones[word] ?? offsetOf(word))
  if (offset !== undefined && into.offset === undefined) into.offset = offset
  // A name of a zone that we do not know is no reason to lose the date.
  return offset !== undefined || (/^[a-z]{2,5}$/.test(word) && into.hour !== undefined)
}

/** One number of an English date goes to its place; false when it fits nowhere. */
function placeNumber(digits: string, into: English): boolean {
  const value = Number(digits)
  if (digits.length === 4 && into.year === undefined) into.year = value
  else if (digits.length <= 2 && into.day === undefined && value >= 1 && value <= 31) into.day = value
  else if (digits.length <= 3 && into.year === undefined) into.year = digits.length === 3 ? 1900 + value : fullYear(digits)
  else return false
  return true
}

/** RFC 822, 850, asctime and mangled forms of them: weekday, day, month name, year, time, zone, in whichever order. */
export function englishDate(text: string, context: DateContext): Moment | undefined {
  if (!/[a-z]{3}/i.test(text)) return undefined
  const relative = relativeEnglish(text, context)
  if (relative) return relative
  const into: English = {}
  const pieces = text
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .replace(/(\d)(st|nd|rd|th)\b/g, '$1')
    .match(
      /\d{1,2}:\d{1,2}(?::\d{1,2}(?:[.,]\d{1,9})?)?|(?:gmt|utc)?[+-]\d{1,2}:?\d{2}\b|(?:gmt|utc)[+-]\d{1,2}\b|\d+|[a-z]+|[^\s\d]/g,
    )
  for (const piece of pieces ?? []) {
    const time = /^(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?$/.exec(piece)
    if (time) {
      if (into.hour !== undefined) return undefined
      into.hour = Number(time[1])
      into.minute = Number(time[2])
      if (time[3] !== undefined) into.second = Number(time[3])
      into.millisecond = milliseconds(time[4]) ?? 0
    } else if (/^\d+$/.test(piece)) {
      if (!placeNumber(piece, into)) return undefined
    } else if (/^[a-z]|^[+-]\d/.test(piece)) {
      // In 06-Nov-1994 the year looks like an offset.
      if (/^-\d{4}$/.test(piece) && into.year === undefined && into.hour === undefined) into.year = Number(piece.slice(1))
      else if (!placeWord(piece, into, context)) return undefined
    } else if (!/^[,.\-/]$/.test(piece)) return undefined
  }
  return english(into, context)
}

function english(into: English, context: DateContext): Moment | undefined {
  if (into.month === undefined || into.year === undefined) return undefined
  let hour = into.hour
  if (hour !== undefined && into.half === 'pm' && hour < 12) hour += 12
  if (hour === 12 && into.half === 'am') hour = 0
  const { year, month, day, minute, second, millisecond, offset } = into
  return momentOfParts(
    { year, month, day, hour: day === undefined ? undefined : hour, minute, second, millisecond, offset },
    context,
  )
}

const units: Readonly<Record<string, number>> = {
  sec: 1000,
  min: 60_000,
  hour: 3_600_000,
  hr: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}

function relativeEnglish(text: string, { now }: DateContext): Moment | undefined {
  if (now === undefined) return undefined
  if (/^just now$/i.test(text)) return { ms: now, precision: 'minute' }
  const found = /^(an?|\d{1,4}) (sec|min|hour|hr|day|week)(?:ond|ute)?s? ago$/i.exec(text)
  if (!found) return undefined
  const [, count = '', unit = ''] = found
  const key = unit.toLowerCase()
  const precision = key === 'sec' ? 'second' : key === 'min' ? 'minute' : key.startsWith('h') ? 'hour' : 'day'
  return { ms: now - (/^a/i.test(count) ? 1 : Number(count)) * (units[key] ?? 0), precision }
}
