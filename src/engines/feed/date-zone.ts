import { isZone } from './zone.ts'

/** What a date says about its zone: minutes east of UTC, or the name of a zone, or a name that nobody knows. */
export interface WrittenZone {
  readonly offset?: number
  readonly zone?: string
  readonly unknown?: boolean
}

const hours: Readonly<Record<string, number>> = {
  ...{ z: 0, ut: 0, utc: 0, gmt: 0, wet: 0, west: 1, bst: 1, cet: 1, cest: 2, met: 1, mez: 1, mesz: 2, mest: 2, eet: 2, eest: 3 },
  ...{ msk: 3, msd: 4, trt: 3, sast: 2, cat: 2, eat: 3, wat: 1, gst: 4, ist: 5.5, pkt: 5, npt: 5.75, mmt: 6.5, ict: 7, wib: 7 },
  ...{ wita: 8, wit: 9, myt: 8, sgt: 8, pht: 8, hkt: 8, awst: 8, bjt: 8, jst: 9, kst: 9, acst: 9.5, acdt: 10.5, aest: 10 },
  ...{ aedt: 11, nzst: 12, nzdt: 13, hst: -10, akst: -9, akdt: -8, pst: -8, pdt: -7, mst: -7, mdt: -6, cdt: -5, est: -5 },
  ...{
    edt: -4,
    ast: -4,
    adt: -3,
    nst: -3.5,
    ndt: -2.5,
    brt: -3,
    art: -3,
    clt: -4,
    cot: -5,
    pet: -5,
    et: -5,
    ct: -6,
    mt: -7,
    pt: -8,
  },
  ...{ irst: 3.5, idt: 3, almt: 5, uzt: 5, novt: 7, krat: 7, irkt: 8, yakt: 9, vlat: 10, ulat: 8, chst: 10, fjt: 12, sst: -11 },
}
const military: Readonly<Record<string, number>> = { a: -1, n: 1, m: -12, y: 12 }
const beijing = /^(北京时间|北京時間|北京|中国标准时间|中國標準時間|台北標準時間|香港时间|香港時間)$/

/** `+08:00`, `+0800`, `+8`, `Z`, `GMT+8` as minutes east of UTC; undefined when it is none. */
export function offsetOf(written: string): number | undefined {
  const text = written.trim().toUpperCase().replace(/[−–]/g, '-')
  if (/^(Z|UTC?|GMT)$/.test(text)) return 0
  const found = /^(?:GMT|UTC?|Z)?\s*([+-])\s*(\d{1,2}):?(\d{2})?(?::?\d{2}(?:\.\d+)?)?$/.exec(text)
  if (!found) return undefined
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0)
  return minutes > 18 * 60 || Number(found[3] ?? 0) > 59 ? undefined : found[1] === '-' ? -minutes : minutes
}

/** One word: an offset, the short or IANA name of a zone. CST is China's on a Chinese server and in the first place of what it can mean. */
function zoneWord(word: string, home: string): WrittenZone | undefined {
  const offset = offsetOf(word)
  if (offset !== undefined) return { offset }
  if (beijing.test(word)) return { offset: 480 }
  const name = word.toLowerCase()
  if (name === 'cst') return { offset: home.startsWith('Asia/') ? 480 : -360 }
  const known = hours[name] ?? military[name]
  if (known !== undefined) return { offset: known * 60 }
  if (/^[A-Za-z]+(?:\/[A-Za-z0-9_+-]+)+$/.test(word) && isZone(word)) return { zone: word }
  return /^(prc|hongkong|singapore|japan|rok|turkey|israel|iran|egypt|cuba|eire|gb|nz)$/i.test(word) && isZone(word)
    ? { zone: word }
    : undefined
}

/**
 * The zone at the end of a date: ` +0800 CST`, ` GMT+0800 (中国标准时间)`, `+08:00[Asia/Shanghai]`, ` 08:00` for a plus sign that an address
 * swallowed. An empty text says nothing; a word that is no zone is `unknown`; undefined when it is something else.
 * @param home the zone of dates that name none
 */
export function readZone(tail: string, home: string): WrittenZone | undefined {
  const text = tail
    .replace(/\([^)]*\)/g, (whole) =>
      beijing.test(whole.slice(1, -1)) || offsetOf(whole.slice(1, -1)) !== undefined ? ` ${whole.slice(1, -1)} ` : ' ',
    )
    .replace(/\bm=[+-][\d.]+$/, '')
    .replace(/\[([^\]]*)\]/g, ' $1 ')
    .replace(/\b(GMT|UTC?)\s+(?=[+-]\d)/gi, '')
    .replace(/([+-])\s+(?=\d)/g, '$1')
    .trim()
  if (text === '') return {}
  if (/^\d{2}:?\d{2}$/.test(text) && Number(text.slice(0, 2)) <= 14) return readZone(`+${text}`, home)
  let found: WrittenZone | undefined
  let unknown = false
  for (const word of text.split(/[\s,]+/)) {
    const zone = zoneWord(word, home)
    if (zone) found ??= zone
    else if (/^[A-Za-z]{1,6}$|^[A-Za-z]+(\/[A-Za-z_+-]+)+$/.test(word)) unknown = true
    else return undefined
  }
  return found ?? (unknown ? { offset: 0, unknown: true } : undefined)
}
