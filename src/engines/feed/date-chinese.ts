import type { DateContext, Moment, Precision } from './date.ts'
import { fullYear, momentOfParts, type Parts } from './date-parts.ts'
import { offsetOf } from './date-zone.ts'
import { utcMs, type Wall, wallAt } from './zone.ts'

const traditional: Readonly<Record<string, string>> = {
  鐘: '钟',
  鍾: '钟',
  時: '时',
  剛: '刚',
  週: '周',
  個: '个',
  後: '后',
  點: '点',
  禮: '礼',
  號: '日',
  号: '日',
  兩: '两',
  〇: '零',
  今兒: '今',
  內: '内',
  當: '当',
  點鐘: '点',
}
const digits = '零一二三四五六七八九'

/** Chinese numerals up to 9999 as digits: 二〇二六 is 2026, 二十一 is 21. */
function arabic(text: string): string {
  return text.replace(/[零一二三四五六七八九十廿两]+/g, (run) => {
    const plain = run.replaceAll('两', '二').replaceAll('廿', '二十')
    if (!plain.includes('十')) return [...plain].map((character) => digits.indexOf(character)).join('')
    const tens = /^([一二三四五六七八九]?)十([一二三四五六七八九]?)$/.exec(plain)
    if (!tens) return run
    return String((tens[1] === '' ? 1 : digits.indexOf(tens[1] ?? '一')) * 10 + Math.max(0, digits.indexOf(tens[2] || '零')))
  })
}

const MINUTE = 60_000
const HOUR = 3_600_000
const DAY = 86_400_000
const weekdays = '1234567'
const daysBack: Readonly<Record<string, number>> = { 大前: -3, 前: -2, 昨: -1, 今: 0, 当: 0, 明: 1, 后: 2 }
const halves = '(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|夜间|深夜|半夜|午夜|早|晚|午|夜|am|pm)'
const clock = String.raw`${halves}?\s*(\d{1,2})(?:(?::|点|时)\s*(?:(\d{1,2})(?:(?::|分)\s*(?:(\d{1,2})(?:\.\d+)?秒?)?)?|(半)|(1|3)刻|整)?)\s*${halves}?`
const clockOnly = new RegExp(`^${clock}$`, 'i')
const halfOnly = new RegExp(`^${halves}$`, 'i')
const zoneEnd = /\s*(北京时间|CST|\(?(?:Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{1,2}:?(?:\d{2})?)\)?)$/i

interface Clock {
  readonly hour?: number | undefined
  readonly minute?: number | undefined
  readonly second?: number | undefined
}

/** 09:12, 9点半, 下午3点, 晚上8时15分; an empty text is no time; undefined when it is something else. */
function readClock(text: string): Clock | undefined {
  const clean = text.trim()
  if (clean === '' || halfOnly.test(clean)) return {}
  const found = clockOnly.exec(clean)
  if (!found) return undefined
  const [, before, hours = '', minutes, seconds, half, quarters, after] = found
  const part = (before ?? after ?? '').toLowerCase()
  if (!/[:点时]/.test(clean) && part === '') return undefined
  let hour = Number(hours)
  if (/下|傍|pm/.test(part) && hour < 12) hour += 12
  if (/晚|夜/.test(part) && hour >= 5 && hour < 12) hour += 12
  if (/[中午]/.test(part) && !/[上下]/.test(part) && hour >= 1 && hour <= 3) hour += 12
  if (/凌|晚|夜|am/.test(part) && hour === 12) hour = /凌|am|夜|晚/.test(part) ? 0 : hour
  const minute =
    half !== undefined ? 30 : quarters !== undefined ? Number(quarters) * 15 : minutes === undefined ? undefined : Number(minutes)
  return { hour, minute, second: seconds === undefined ? undefined : Number(seconds) }
}

const dayOf = (ms: number): Pick<Parts, 'year' | 'month' | 'day'> => {
  const date = new Date(ms)
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
}

/** The start of today as if the zone were UTC, so that days can be added. */
const todayOf = (wall: Wall): number => utcMs({ ...wall, hour: 0, minute: 0, second: 0, millisecond: 0 })

/** 刚刚, 5分钟前, 半小时前, 2个半小时前, 3天前, 半年前, 2个月后. */
function ago(text: string, now: number, context: DateContext): Moment | undefined {
  if (/^(刚刚|刚才|刚|现在|此刻|方才|片刻前|刚刚发布)$/.test(text)) return { ms: now, precision: 'minute' }
  const found =
    /^(?:大?约)?(\d{1,5}|半|几|数)?\s*(?:个|個)?(半)?\s*(秒钟?|分钟?|小时|钟头|天|日|周|星期|礼拜|月|年)(半)?(?:钟)?\s*(?:以|之)?(前|后|内)$/.exec(
      text,
    )
  if (!found || (found[1] === undefined && found[2] === undefined)) return undefined
  const [, count, middle, unit = '', trailing, direction] = found
  if (count === '几' || count === '数')
    return unit.startsWith('秒') || unit.startsWith('分') ? { ms: now, precision: 'hour' } : undefined
  const amount = (count === '半' ? 0.5 : Number(count ?? 0)) + (middle || trailing ? 0.5 : 0)
  const sign = direction === '后' ? 1 : -1
  if (unit === '月' || unit === '年')
    return monthsAway(
      sign * amount * (unit === '年' ? 12 : 1),
      unit === '年' && Number.isInteger(amount) ? 'year' : 'month',
      now,
      context,
    )
  const size = /秒/.test(unit)
    ? 1000
    : /分/.test(unit)
      ? MINUTE
      : /时|钟头/.test(unit)
        ? HOUR
        : /[周期拜]/.test(unit)
          ? 7 * DAY
          : DAY
  const precision: Precision =
    size === 1000 ? 'second' : size === MINUTE ? 'minute' : size === HOUR ? (Number.isInteger(amount) ? 'hour' : 'minute') : 'day'
  return { ms: now + sign * amount * size, precision }
}

function monthsAway(months: number, precision: Precision, now: number, context: DateContext): Moment | undefined {
  if (!Number.isInteger(months)) return { ms: now + Math.round(months * 30) * DAY, precision: 'day' }
  const wall = wallAt(now, context.zone)
  const first = dayOf(Date.UTC(wall.year, wall.month - 1 + months, 1))
  const last = new Date(Date.UTC(first.year, first.month ?? 1, 0)).getUTCDate()
  const moment = momentOfParts({ ...wall, ...first, day: Math.min(wall.day, last) }, context)
  return moment && { ms: moment.ms, precision }
}

/** 今天, 昨晚, 上周五, 本周一, 周三, 星期天, each with or without a time. */
function namedDay(text: string, now: number, context: DateContext): Moment | undefined {
  const wall = wallAt(now, context.zone)
  const today = todayOf(wall)
  const day = /^(大前|前|昨|今|当|明|后)(天|日|早|晚|夜|儿|年)?(.*)$/.exec(text)
  if (day && day[2] !== '年' && day[2] !== undefined) {
    const part = /[早晚夜]/.test(day[2]) ? day[2] : ''
    const rest = (day[3] ?? '').replace(/^上(?!午)/, '').trim()
    const time = readClock(rest === '' ? '' : /^(凌|清|早|上|中|下|傍|晚|夜|深|半|午)/.test(rest) ? rest : `${part}${rest}`)
    const back = daysBack[day[1] ?? '']
    if (time && back !== undefined) return momentOfParts({ ...dayOf(today + back * DAY), ...time }, context)
  }
  const week = /^(上上|上|这|本|下下|下)?个?(?:周|星期|礼拜)([1-7日天末])(.*)$/.exec(text)
  if (!week) return undefined
  const [, which, name = '', rest = ''] = week
  const index = /[日天]/.test(name) ? 6 : name === '末' ? 5 : weekdays.indexOf(name)
  const todayIndex = (new Date(today).getUTCDay() + 6) % 7
  const monday = today - todayIndex * DAY
  const time = readClock(rest)
  if (!time) return undefined
  const weeks =
    which === undefined
      ? index > todayIndex
        ? -1
        : 0
      : which === '上'
        ? -1
        : which === '上上'
          ? -2
          : which === '下'
            ? 1
            : which === '下下'
              ? 2
              : 0
  return momentOfParts({ ...dayOf(monday + (weeks * 7 + index) * DAY), ...time }, context)
}

const yearWords: Readonly<Record<string, number>> = { 大前: -3, 前: -2, 去: -1, 上: -1, 今: 0, 本: 0, 明: 1 }

/** 去年12月, 今年3月5日, 上个月20日, 本月, with or without a time. */
function namedMonth(text: string, now: number, context: DateContext): Moment | undefined {
  const wall = wallAt(now, context.zone)
  const year = /^(大前|前|去|今|本|明)年(?:的)?\s*(?:(\d{1,2})月(?:份)?(?:\s*(\d{1,2})日?(.*))?)?$/.exec(text)
  if (year) {
    const [, word = '', month, day, rest = ''] = year
    const time = readClock(rest)
    return (
      time &&
      momentOfParts({ year: wall.year + (yearWords[word] ?? 0), month: numberOf(month), day: numberOf(day), ...time }, context)
    )
  }
  const monthly = /^(上上|上|这|本|当|下)个?月(?:的)?\s*(?:(\d{1,2})日(.*))?$/.exec(text)
  if (!monthly) return undefined
  const [, word, day, rest = ''] = monthly
  const time = readClock(rest)
  const away = word === '上' ? -1 : word === '上上' ? -2 : word === '下' ? 1 : 0
  const { year: inYear, month } = dayOf(Date.UTC(wall.year, wall.month - 1 + away, 1))
  return time && momentOfParts({ year: inYear, month, day: numberOf(day), ...time }, context)
}

const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text))

/** 2026年11月20日(周五)09:12, 11月20日, 11-20 09:12, 11/20, 20日, 09:12. */
function written(text: string, context: DateContext): Moment | undefined {
  const end = zoneEnd.exec(text)
  // In 11-20 the day looks like an offset.
  const zone = end && (!/^[+-]/.test(end[1] ?? '') || /[:点时分秒]/.test(text.slice(0, end.index))) ? end : null
  const body = zone ? text.slice(0, zone.index).trim() : text
  const offset = zone ? (/^(北|CST)/i.test(zone[1] ?? '') ? 480 : offsetOf((zone[1] ?? '').replace(/[()]/g, ''))) : undefined
  const full =
    /^(\d{4}|\d{2})\s*年\s*(?:(\d{1,2})\s*月(?:份)?\s*(?:(\d{1,2})\s*日?\s*(?:\(?(?:周|星期|礼拜)[1-7日天]\)?)?[\s,]*(.*))?)?$/.exec(
      body,
    )
  if (full) {
    const [, year = '', month, day, rest = ''] = full
    const time = readClock(rest)
    return time && momentOfParts({ year: fullYear(year), month: numberOf(month), day: numberOf(day), ...time, offset }, context)
  }
  const dashed = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*(?:\(?(?:周|星期|礼拜)[1-7日天]\)?)?\s*(.*)$/.exec(body)
  if (dashed) {
    const time = readClock(dashed[4] ?? '')
    return (
      time &&
      momentOfParts({ year: Number(dashed[1]), month: Number(dashed[2]), day: Number(dashed[3]), ...time, offset }, context)
    )
  }
  return context.now === undefined ? undefined : withoutYear(body, context.now, offset, context)
}

/** A date that lies after now by more than a day was meant for the year before. */
function withoutYear(body: string, now: number, offset: number | undefined, context: DateContext): Moment | undefined {
  const wall = wallAt(now, context.zone)
  const found = /^(\d{1,2})\s*(?:月\s*(\d{1,2})\s*日?|[-/](\d{1,2}))\s*(?:\(?(?:周|星期|礼拜)[1-7日天]\)?)?[\s,]*(.*)$/.exec(body)
  if (found) {
    const time = readClock(found[4] ?? '')
    if (!time) return undefined
    const parts = { month: Number(found[1]), day: Number(found[2] ?? found[3]), ...time, offset }
    const thisYear = momentOfParts({ year: wall.year, ...parts }, context)
    if (thisYear && thisYear.ms <= now + DAY) return thisYear
    for (let back = 1; back <= 4; back += 1) {
      const earlier = momentOfParts({ year: wall.year - back, ...parts }, context)
      if (earlier) return earlier
    }
    return undefined
  }
  const monthOnly = /^(\d{1,2})\s*月(?:份)?$/.exec(body)
  if (monthOnly)
    return momentOfParts(
      { year: Number(monthOnly[1]) > wall.month ? wall.year - 1 : wall.year, month: Number(monthOnly[1]) },
      context,
    )
  const day = /^(\d{1,2})\s*日\s*(.*)$/.exec(body)
  if (day) {
    const time = readClock(day[2] ?? '')
    const back = Number(day[1]) > wall.day ? 1 : 0
    const { year, month } = dayOf(Date.UTC(wall.year, wall.month - 1 - back, 1))
    return time && momentOfParts({ year, month, day: Number(day[1]), ...time, offset }, context)
  }
  const time = /[:点时]/.test(body) ? readClock(body) : undefined
  if (time?.hour === undefined) return undefined
  const today = momentOfParts({ ...dayOf(todayOf(wall)), ...time, offset }, context)
  return today && today.ms > now + 5 * MINUTE ? { ms: today.ms - DAY, precision: today.precision } : today
}

/** Dates as Chinese pages write them, simplified or traditional, with Arabic or Chinese numerals. */
export function chineseDate(text: string, context: DateContext): Moment | undefined {
  const simple = text.replace(/[鐘鍾時剛週個後點禮號号兩〇內當]/g, (character) => traditional[character] ?? character)
  const plain = arabic(simple).trim()
  const { now } = context
  if (now !== undefined) {
    const relative = ago(plain, now, context) ?? namedDay(plain, now, context) ?? namedMonth(plain, now, context)
    if (relative) return relative
  }
  return written(plain, context)
}
