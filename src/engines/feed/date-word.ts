import type { DateContext, Moment } from './date.ts'
import { hourOf, milliseconds } from './date-iso.ts'
import { foldWord, isWeekday, monthOf } from './date-names.ts'
import { fullYear, momentOfParts } from './date-parts.ts'
import { offsetOf, readZone, type WrittenZone } from './date-zone.ts'

const englishMonths = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const numerals = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二']
/** Small words between the parts of a date, in the languages of Europe. */
const fillers = new Set(
  'at of the on de del den der do da di le la el em am um kl klo uhr h г года год в о og st nd rd th t a as alle ore ora las dia den het r ob u god year'.split(
    ' ',
  ),
)

interface Words {
  year?: number
  day?: number
  hour?: number
  minute?: number
  second?: number
  millisecond?: number
  half?: string
  /** Words that may be months, with the place at which they stood. */
  readonly months: { month: number; word: string; afterDay: boolean }[]
  zone?: WrittenZone
  unknownZone?: boolean
  unknownFirst?: boolean
}

/** `20 十一月 2026`, `周五, 20 11月 2026`, `11月 20, 2026`, which is what programs print under a Chinese locale (and Vietnamese `tháng 11`), in English. */
function fromChinese(text: string): string {
  if (!/月|th(?:áng|g)/i.test(text)) return text
  return text
    .replace(/^\s*(?:(?:t|th|thứ)\s?[2-7]|cn|chủ nhật|thứ \p{L}+)\s*,/iu, ' ')
    .replace(/(?:tháng|thg|th)\s*(\d{1,2})(?!\d)/giu, '$1月')
    .replace(/(十[一二]?|[一二三四五六七八九]|\d{1,2})\s*月(?:份)?/g, (whole, number: string) => {
      const month = /^\d/.test(number) ? Number(number) : numerals.indexOf(number)
      return month >= 1 && month <= 12 ? ` ${englishMonths[month - 1]} ` : whole
    })
    .replace(/^\s*(?:(?:周|星期|礼拜|禮拜|週)?[一二三四五六日天]|(?:周|星期|礼拜|週)\d)\s*[,，]?\s*(?=[\s\d])/, ' ')
    .replace(/(\d)\s*[日号號]/g, '$1 ')
    .replace(/上午/g, ' am ')
    .replace(/下午/g, ' pm ')
}

const pieces =
  /\d{1,2}\s?[:h]\s?\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?!\d)|(?:gmt|utc)?[+-]\d{1,2}:?\d{2}\b|(?:(?:gmt|utc)\s?)?[+-]\d{1,2}\b|\d+|[\p{L}\p{M}'’]+(?:\/[A-Za-z_]+)*\.?|[^\s\d]/giu

/** Weekday, day, month name, year, time and zone in whichever order, in any language of Europe: RFC 822, 850, asctime and mangled forms. */
export function wordDate(written: string, context: DateContext): Moment | undefined {
  const text = fromChinese(written)
  if (!/\p{L}{2}/u.test(text) || /[\u3400-\u9fff]/.test(text.replace(/\([^)]*\)/g, ''))) return undefined
  const relative = relativeEnglish(text, context)
  if (relative) return relative
  const into: Words = { months: [] }
  const plain = text
    .replace(/\(([^)]*)\)/g, (_, inside: string) => (offsetOf(inside) === undefined ? ' ' : ` ${inside} `))
    .replace(/\[([A-Za-z_]+\/[A-Za-z_]+)\]/g, ' $1 ')
    .replace(/(\d)(?:st|nd|rd|th|ère|er|ème|ª|º|°|-?го|:?e)(?![\p{L}:])/giu, '$1')
    .replace(/\b([ap])\s?\.\s?m\.?/gi, '$1m')
    .replace(/\b(gmt|utc)\s+(?=[+-]\d)/gi, '$1')
  for (const piece of plain.match(pieces) ?? []) if (!place(piece, into, context)) return undefined
  return momentOfWords(into, context)
}

function place(piece: string, into: Words, context: DateContext): boolean {
  const time = /^(\d{1,2})\s?[:hH]\s?(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?$/.exec(piece)
  if (time) {
    if (into.hour !== undefined) return false
    into.hour = Number(time[1])
    into.minute = Number(time[2])
    if (time[3] !== undefined) into.second = Number(time[3])
    into.millisecond = milliseconds(time[4]) ?? 0
    return true
  }
  if (/^\d+$/.test(piece)) return placeNumber(piece, into)
  if (/^-\d{1,2}$/.test(piece) && into.hour === undefined) return placeNumber(piece.slice(1), into)
  // In 06-Nov-1994 the year looks like an offset.
  if (/^-\d{4}$/.test(piece) && into.year === undefined && into.hour === undefined) {
    into.year = Number(piece.slice(1))
    return true
  }
  if (/^[\p{L}+-]./u.test(piece) || /^\p{L}/u.test(piece)) return placeWord(piece, into, context)
  return /^[,.\-/'’|–—:;ªº]$/.test(piece)
}

function placeNumber(digits: string, into: Words): boolean {
  const value = Number(digits)
  if (digits.length === 4 && into.hour !== undefined && into.year !== undefined && into.zone === undefined && value <= 1400) {
    into.zone = { offset: Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2)) }
  } else if (digits.length === 4 && into.year === undefined) into.year = value
  else if (digits.length <= 2 && into.day === undefined && value >= 1 && value <= 31) into.day = value
  else if (digits.length <= 3 && into.year === undefined) into.year = digits.length === 3 ? 1900 + value : fullYear(digits)
  else return false
  return true
}

function placeWord(piece: string, into: Words, context: DateContext): boolean {
  const word = foldWord(piece)
  if (word === 'am' || word === 'pm') {
    if (word === 'am' && into.hour === undefined) return true
    into.half = word
    return true
  }
  if (fillers.has(word)) return true
  if (into.hour !== undefined) {
    const zone = readZone(piece.replace(/\.$/, ''), context.zone)
    if (zone && !zone.unknown) {
      into.zone ??= zone
      return true
    }
  }
  const month = monthOf(word)
  if (month !== undefined) {
    into.months.push({ month, word, afterDay: into.day !== undefined })
    return true
  }
  if (isWeekday(word)) return true
  // A zone that nobody knows is no reason to lose the date; it is reported.
  if (into.hour !== undefined && /^[a-z]{2,6}$|^[a-z_]+(?:\/[a-z_]+)+$/.test(word)) {
    into.unknownZone = true
    return true
  }
  const isFirst = into.day === undefined && into.year === undefined && into.months.length === 0 && !into.unknownFirst
  into.unknownFirst = true
  return isFirst && /^\p{L}{1,15}$/u.test(word) && !/^(ago|before|until|never|soon)$/.test(word)
}

/** `mar., 20 oct.` and `mar., 3 mar.`: a word that is a weekday too is a month only when no other word is, or when it follows the day. */
function monthOfWords({ months }: Words): number | undefined {
  if (months.length < 2) return months[0]?.month
  const sure = months.filter(({ word }) => !isWeekday(word))
  if (sure.length === 1) return sure[0]!.month
  if (sure.length > 1) return undefined
  return (months.find((candidate) => candidate.afterDay) ?? months.at(-1))?.month
}

function momentOfWords(into: Words, context: DateContext): Moment | undefined {
  const month = monthOfWords(into)
  if (month === undefined || into.year === undefined) return undefined
  const { year, day, minute, second, millisecond, zone, unknownZone } = into
  const hour = day === undefined ? undefined : hourOf(into.hour, into.half)
  const said = zone ?? (unknownZone ? { offset: 0, unknown: true } : {})
  return momentOfParts({ year, month, day, hour, minute, second, millisecond, ...said }, context)
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
