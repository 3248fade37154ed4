import { normalForm } from '../engines/index.ts'
import { scalar } from './said.ts'

const scales: Readonly<Record<string, number>> = {
  ...{ 亿: 1e8, 億: 1e8, 千万: 1e7, 千萬: 1e7, 百万: 1e6, 百萬: 1e6, 十万: 1e5, 万: 1e4, 萬: 1e4, 千: 1e3, 百: 100 },
  ...{ w: 1e4, k: 1e3, m: 1e6, b: 1e9 },
}
const scale = Object.keys(scales)
  .sort((a, b) => b.length - a.length)
  .join('|')
const amount = new RegExp(`(\\d+(?:\\.\\d+)?)(${scale})?`, 'gi')
const whole = new RegExp(`(?:\\d+(?:\\.\\d+)?(?:${scale})?)+`, 'i')
const digits: Readonly<Record<string, string>> = {
  〇: '0',
  零: '0',
  一: '1',
  二: '2',
  两: '2',
  兩: '2',
  三: '3',
  四: '4',
  五: '5',
}
const moreDigits: Readonly<Record<string, string>> = { 六: '6', 七: '7', 八: '8', 九: '9' }

/** A count as platforms write it: 1234, "1,234", "1.2万", "10w+", "赞 1 234", "２万5千". Null when it is none. */
export function readCount(value: unknown): number | null {
  if (value === undefined || value === null || value === '') return 0
  if (typeof value === 'number') return Number.isFinite(value) ? bounded(value) : null
  const text = normalForm(scalar(value).slice(0, 100))
    .replace(/[一二两兩三四五六七八九〇零]/g, (digit) => digits[digit] ?? moreDigits[digit] ?? digit)
    .replace(/(?<=\d)[\s,'’_](?=\d)/g, '')
    .replace(/\s+/g, '')
  if (/^-\d/.test(text)) return 0
  const found = whole.exec(text)?.[0]
  if (found === undefined) return /^[-–—/.无無]*$|^(?:null|none|nan|undefined)$/i.test(text) ? 0 : null
  const plain = /^\d{1,3}(?:\.\d{3}){2,}$/.test(found) ? found.replaceAll('.', '') : found
  let sum = 0
  for (const [, number = '0', unit = ''] of plain.matchAll(amount)) sum += Number(number) * (scales[unit.toLowerCase()] ?? 1)
  return bounded(sum)
}

/** 1.1 × 10,000 is 11000.000000000002 to a machine. */
const bounded = (count: number): number => Math.max(0, Math.min(Math.floor(count + 1e-6), 2_147_483_647))
