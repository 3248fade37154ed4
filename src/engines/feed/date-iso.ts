import type { DateContext, Moment } from './date.ts'
import { fullYear, momentOfParts } from './date-parts.ts'
import { readZone } from './date-zone.ts'

const half = String.raw`(?:\s*(a\.?\s?m\.?|p\.?\s?m\.?|上午|下午|午前|午後)(?![a-z]))?`
const clock = String.raw`(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,:](\d{1,9}))?)?)?`
const rest = String.raw`(?:(?:\s*[T,]\s*|\s+|-(?=\d{2}:))(上午|下午)?\s*${clock}${half})?(.*)$`
const yearFirst = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)${rest}`, 'i')
const yearLast = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)${rest}`, 'i')
const basic = /^(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?(.*))?$/i
const shortYear = new RegExp(String.raw`^(\d{2})(-)(\d{1,2})\2(\d{1,2})(?=[T ]+\d|$)${rest}`, 'i')
const monthOnly = /^(\d{4})(?:[-/.](\d{1,2}))?(Z)?$/i
const week = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/i
const ordinal = /^(\d{4})-?(\d{3})$/

const number = (text: string | undefined) => (text === undefined ? undefined : Number(text))
export const milliseconds = (fraction: string | undefined): number | undefined =>
  fraction === undefined ? undefined : Math.floor(Number(`0.${fraction}`) * 1000)

/** The hour of a clock with halves: 12 is the first hour of its half. */
export function hourOf(hour: number | undefined, written: string | undefined): number | undefined {
  if (hour === undefined || written === undefined || hour > 12) return hour
  const isLate = /^p|下午|午後/i.test(written)
  return hour === 12 ? (isLate ? 12 : 0) : isLate ? hour + 12 : hour
}

/** ISO 8601, W3CDTF and what is close to them: 2026-11-20T09:12:00+08:00, 2026/11/20 9:12, 11/20/2026 9:12 AM, 20.11.2026, 20261120. */
export function isoDate(text: string, context: DateContext): Moment | undefined {
  const dayOfYear = ordinal.exec(text)
  if (dayOfYear) {
    const date = new Date(Date.UTC(Number(dayOfYear[1]), 0, Number(dayOfYear[2])))
    if (date.getUTCFullYear() !== Number(dayOfYear[1])) return undefined
    return momentOfParts({ year: Number(dayOfYear[1]), month: date.getUTCMonth() + 1, day: date.getUTCDate() }, context)
  }
  const dayOfWeek = week.exec(text)
  if (dayOfWeek) return weekDate(Number(dayOfWeek[1]), Number(dayOfWeek[2]), Number(dayOfWeek[3] ?? 1), context)
  const month = monthOnly.exec(text)
  if (month)
    return momentOfParts(
      { year: Number(month[1]), month: number(month[2]), offset: month[3] === undefined ? undefined : 0 },
      context,
    )
  const long = yearFirst.exec(text) ?? shortYear.exec(text)
  if (long) return dated(long, [long[1]!, long[3]!, long[4]!], false, context)
  const last = yearLast.exec(text)
  if (last) {
    const [, first = '', separator, second = '', year = ''] = last
    // 26/11/20 begins with its year.
    if (year.length === 2 && separator === '/' && Number(first) > 12) return dated(last, [first, second, year], true, context)
    // Slashes are American, dots and dashes are not; a number above twelve is a day wherever it stands.
    const dayFirst = separator === '/' ? Number(first) > 12 : Number(second) <= 12
    const isGuess = first !== second && Number(first) <= 12 && Number(second) <= 12 && separator !== '.'
    return dated(last, dayFirst ? [year, second, first] : [year, first, second], isGuess, context)
  }
  const found = basic.exec(text)
  if (!found) return undefined
  const [, year = '', monthOf, day, hour, minute, second, fraction, tail = ''] = found
  const zone = readZone(tail, context.zone)
  if (!zone) return undefined
  const clockOf = { hour: number(hour), minute: number(minute), second: number(second), millisecond: milliseconds(fraction) }
  return momentOfParts({ year: Number(year), month: number(monthOf), day: number(day), ...clockOf, ...zone }, context)
}

/** 2026-W47-5: the first week of a year is the one that holds the fourth of January. */
function weekDate(year: number, number: number, weekday: number, context: DateContext): Moment | undefined {
  const fourth = Date.UTC(year, 0, 4)
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * 86_400_000
  const date = new Date(monday + ((number - 1) * 7 + weekday - 1) * 86_400_000)
  if (number < 1 || number > 53) return undefined
  return momentOfParts({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }, context)
}

function dated(
  found: RegExpExecArray,
  [year, month, day]: readonly [string, string, string],
  guessed: boolean,
  context: DateContext,
): Moment | undefined {
  const [, , , , , before, hour, minute, second, fraction, after, tail = ''] = found
  const written = before ?? after
  if (hour !== undefined && minute === undefined && written === undefined && tail.trim() !== '') return undefined
  const zone = readZone(tail, context.zone)
  if (!zone || (hour === undefined && /^\s*\d/.test(tail))) return undefined
  const moment = momentOfParts(
    {
      ...{ year: fullYear(year), month: Number(month), day: Number(day) },
      ...{
        hour: hourOf(number(hour), written),
        minute: number(minute),
        second: number(second),
        millisecond: milliseconds(fraction),
      },
      ...zone,
    },
    context,
  )
  return moment && guessed ? { ...moment, note: moment.note ?? 'date_ambiguous' } : moment
}
