import { clockOf } from './time.ts'

const dayMs = 86_400_000

/** Midnight in the time of the group, some days back. Stable all day long, so that it can be part of a query. */
export function dayStart(daysBack = 0, now = Date.now()): string {
  const c = clockOf(new Date(now - daysBack * dayMs))
  return `${c.year}-${c.month}-${c.day}T00:00:00+08:00`
}

export const periods = ['today', '7d', '30d', 'all'] as const
export type Period = (typeof periods)[number]
const back: Record<Period, number | undefined> = { today: 0, '7d': 6, '30d': 29, all: undefined }

export function sinceOf(period: string): string | undefined {
  const days = back[period as Period]
  return days === undefined ? undefined : dayStart(days)
}

/** The moment one step of a trend after `at`. */
export const stepAfter = (at: string, grain: 'hour' | 'day') =>
  new Date(Date.parse(at) + (grain === 'day' ? dayMs : 3_600_000)).toISOString()
