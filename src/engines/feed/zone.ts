/** A moment on a calendar and clock on a wall; month and day start at 1. */
export interface Wall {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone)
  if (!format) {
    const numeric = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', era: 'short', ...numeric })
    formats.set(zone, format)
  }
  return format
}

const DAY = 86_400_000

/** Milliseconds since 1970 of a wall clock read as UTC, also for years below 100. */
export function utcMs(wall: Wall): number {
  const date = new Date(0)
  date.setUTCFullYear(wall.year, wall.month - 1, wall.day)
  date.setUTCHours(wall.hour, wall.minute, wall.second, wall.millisecond)
  return date.getTime()
}

/** What calendar and clock show in the zone (IANA name) at `ms`. */
export function wallAt(ms: number, zone: string): Wall {
  const parts: Record<string, string> = {}
  for (const { type, value } of formatOf(zone).formatToParts(ms)) parts[type] = value
  const year = parts.era === 'BC' ? 1 - Number(parts.year) : Number(parts.year)
  return {
    ...{ year, month: Number(parts.month), day: Number(parts.day) },
    ...{
      hour: Number(parts.hour),
      minute: Number(parts.minute),
      second: Number(parts.second),
      millisecond: ((ms % 1000) + 1000) % 1000,
    },
  }
}

/** The moment at which the zone shows this; in the hour that a clock change repeats, the earlier one. */
export function momentOf(wall: Wall, zone: string): number {
  const asUtc = utcMs(wall)
  const offsetAt = (ms: number) => utcMs(wallAt(ms, zone)) - ms
  const before = asUtc - offsetAt(asUtc - DAY)
  if (utcMs(wallAt(before, zone)) === asUtc) return before
  return asUtc - offsetAt(asUtc + DAY)
}

/** Whether a zone of this name exists. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}
