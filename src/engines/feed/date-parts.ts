import type { DateContext, Moment, Precision } from './date.ts'
import { momentOf, utcMs, type Wall } from './zone.ts'

/** Pieces of a date that were read; a missing piece is the first of its kind. */
export interface Parts {
  readonly year: number
  readonly month?: number | undefined
  readonly day?: number | undefined
  readonly hour?: number | undefined
  readonly minute?: number | undefined
  readonly second?: number | undefined
  readonly millisecond?: number | undefined
  /** Minutes east of UTC when the date says so itself. */
  readonly offset?: number | undefined
  /** IANA name of the zone when the date says so itself. */
  readonly zone?: string | undefined
  /** The date names a zone that nobody knows; RFC 5322 reads it as UTC. */
  readonly unknown?: boolean | undefined
}

const precisionOf = (parts: Parts): Precision => {
  if (parts.month === undefined) return 'year'
  if (parts.day === undefined) return 'month'
  if (parts.hour === undefined) return 'day'
  if (parts.minute === undefined) return 'hour'
  return parts.second === undefined ? 'minute' : 'second'
}

/** The moment that the pieces name, in their own offset or the context's zone; undefined when there is no such day or time. */
export function momentOfParts(parts: Parts, context: DateContext): Moment | undefined {
  const { year, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0, offset, zone = context.zone } = parts
  if (!(year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1)) return undefined
  if (day > new Date(Date.UTC(year < 100 ? year + 2000 : year, month, 0)).getUTCDate()) return undefined
  if (hour > 24 || (hour === 24 && (minute > 0 || second > 0)) || minute > 59 || second > 60) return undefined
  const wall: Wall = { year, month, day, hour, minute, second: Math.min(second, 59), millisecond }
  const ms = offset === undefined ? momentOf(wall, zone) : utcMs(wall) - offset * 60_000
  return { ms, precision: precisionOf(parts), ...(parts.unknown && { note: 'date_zone_unknown' as const }) }
}

/** Two digits as people mean them: 69 to 99 are the twentieth century. */
export const fullYear = (digits: string): number => {
  const year = Number(digits)
  return digits.length > 2 ? year : year < 69 ? 2000 + year : 1900 + year
}
