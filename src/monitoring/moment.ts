import { parseDate } from '../engines/feed/index.ts'
import { normalForm } from '../engines/index.ts'
import { scalar } from './said.ts'

/** When an item was published, as it counts here, and what had to be supposed. */
export interface ReadMoment {
  readonly publishedAt: string
  /** False when the item named no usable moment, so that the moment cannot tell it from another. */
  readonly dated: boolean
  /** What the item said when that lay in the future. */
  readonly claimed: string | null
  readonly problem: 'date_unreadable' | 'date_says_nothing' | 'date_in_future' | null
}

/** What lies before is what programs write when they do not know: 0, 1970, 1900, year 1. */
const oldest = Date.parse('1990-01-01T00:00:00Z')
/** So much of it is looked at. */
const longest = 1000
const aheadMs = 10 * 60_000
const nothing = /^(?:null|none|nil|nan|undefined|unknown|n\/?a|未知|不详|不明|无|暂无|--?|—+|\/|0)$/i

/** Reads a moment however it is written. What says nothing or cannot be read counts as now. */
export function readMoment(value: unknown, now: number): ReadMoment {
  const unknown = { publishedAt: new Date(now).toISOString(), dated: false, claimed: null }
  const text = normalForm(scalar(value).trim().slice(0, longest)).replaceAll('\0', '').trim().slice(0, 200)
  if (text === '')
    return { ...unknown, problem: value === undefined || value === null || value === '' ? null : 'date_unreadable' }
  if (nothing.test(text)) return { ...unknown, problem: 'date_says_nothing' }
  const ms = readNumber(text) ?? readWords(text, now)
  if (ms === undefined || Number.isNaN(new Date(ms).getTime()))
    return { ...unknown, problem: /^0{4}|^0?0?01\b/.test(text) ? 'date_says_nothing' : 'date_unreadable' }
  if (ms < oldest) return { ...unknown, problem: 'date_says_nothing' }
  if (ms > now + aheadMs) return { ...unknown, claimed: new Date(ms).toISOString().slice(0, 27), problem: 'date_in_future' }
  return { publishedAt: new Date(Math.floor(ms)).toISOString(), dated: true, claimed: null, problem: null }
}

/** Seconds, milliseconds, micro- or nanoseconds since 1970, a day as 20251120, or a spreadsheet's count of days since 1900. */
function readNumber(text: string): number | undefined {
  if (!/^-?\d+(?:\.\d+)?(?:e\+?\d+)?$/i.test(text)) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    /^((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?$/.exec(text) ?? []
  if (year !== undefined) return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`)
  const number = Number(text)
  if (number > 20_000 && number < 80_000) return Math.round((number - 25_569) * 86_400) * 1000 - 8 * 3_600_000
  if (number < 1e11) return number * 1000
  return number < 1e14 ? number : number < 1e17 ? number / 1000 : number / 1e6
}

/** Pages write the place behind the time: 昨天 09:12 浙江. */
function readWords(text: string, now: number): number | undefined {
  const read =
    parseDate(text, { now }) ?? parseDate(text.replace(/[\s·|]+(?:来自|發自|发自)?[\p{Script=Han}]{2,8}$/u, ''), { now })
  return read ? Date.parse(read.at) : undefined
}
