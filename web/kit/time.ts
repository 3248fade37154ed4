import type { Text } from '../i18n/index.ts'

/** All times are said in the time of the group, whatever the clock of the device. */
export const zone = 'Asia/Shanghai'
const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const parts = new Intl.DateTimeFormat('en-CA', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

export interface Clock {
  year: string
  month: string
  day: string
  hour: string
  minute: string
  second: string
}
export function clockOf(at: Date): Clock {
  const found = Object.fromEntries(parts.formatToParts(at).map((part) => [part.type, part.value]))
  return found as unknown as Clock
}

/** Days since 1970 in the zone of the group, for 昨天 and 明天. */
const dayNumber = (at: Date) => Math.floor((at.getTime() + 8 * hourMs) / dayMs)

export function exactTime(at: Date): string {
  const c = clockOf(at)
  return `${c.year}-${c.month}-${c.day} ${c.hour}:${c.minute}:${c.second}`
}

export function dayTime(at: Date, now: Date): string {
  const c = clockOf(at)
  const year = c.year === clockOf(now).year ? '' : `${c.year}-`
  return `${year}${c.month}-${c.day} ${c.hour}:${c.minute}`
}

/** As people say it: 刚刚, 5 分钟前, 3 小时前, 昨天 21:15, 03-08 09:30. */
export function sayTime(at: Date, now: Date, t: Text): string {
  const passedMs = now.getTime() - at.getTime()
  const days = dayNumber(now) - dayNumber(at)
  const c = clockOf(at)
  const time = `${c.hour}:${c.minute}`
  if (passedMs < 0) {
    // Clocks differ by seconds: what has just happened may seem to be about to.
    if (passedMs > -minuteMs) return t('common:time.now')
    if (passedMs > -hourMs) return t('common:time.in_minutes', { count: Math.round(-passedMs / minuteMs) })
    if (days === 0) return t('common:time.today', { time })
    return days === -1 ? t('common:time.tomorrow', { time }) : dayTime(at, now)
  }
  if (passedMs < minuteMs) return t('common:time.now')
  if (passedMs < hourMs) return t('common:time.minutes_ago', { count: Math.floor(passedMs / minuteMs) })
  if (days === 0 && passedMs < 6 * hourMs) return t('common:time.hours_ago', { count: Math.floor(passedMs / hourMs) })
  if (days === 0) return t('common:time.today', { time })
  return days === 1 ? t('common:time.yesterday', { time }) : dayTime(at, now)
}

/** A length of time in its two largest units, without empty ones: 2 小时 5 分, 3 天, 45 秒. Seconds count only below ten minutes. */
export function saySpan(ms: number, t: Text): string {
  const seconds = Math.floor(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const said = [
    days > 0 && t('common:time.span_days', { count: days }),
    hours % 24 > 0 && t('common:time.span_hours', { count: hours % 24 }),
    days === 0 && minutes % 60 > 0 && t('common:time.span_minutes', { count: minutes % 60 }),
    minutes < 10 && (seconds % 60 > 0 || seconds === 0) && t('common:time.span_seconds', { count: seconds % 60 }),
  ]
  return said.filter((part) => part !== false).join(' ')
}

export type Urgency = 'calm' | 'soon_due' | 'overdue'

/** Amber in the last quarter of the time given, or in the last ten minutes when its start is unknown. */
export function urgencyOf(due: number, now: number, from?: number): Urgency {
  if (now >= due) return 'overdue'
  const noticeMs = from === undefined ? 600_000 : Math.max((due - from) / 4, 60_000)
  return due - now <= noticeMs ? 'soon_due' : 'calm'
}
