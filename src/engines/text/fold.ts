import { HAN, kindOf, MARK, SOFT, WORD } from './character.ts'
import { foldCodePoint } from './fold-table.ts'

/** How many marks between two Han characters are skipped: 医*院 and 医**院 match 医院, 医***院 does not. */
export const GAP_CAP = 2

/** A text as it is compared, and the way back to the original. */
export interface Folded {
  /** What is compared. */
  readonly text: string
  /** The same as UTF-16 code units. */
  readonly units: Uint16Array
  /** For every code unit of `text`, the UTF-16 offset in the source where its character begins. */
  readonly starts: Int32Array
  /** For every code unit of `text`, the UTF-16 offset in the source after its character. */
  readonly ends: Int32Array
  /** For every code unit of `text`, 1 when a mark or an invisible character was skipped just before it. */
  readonly skipped: Uint8Array
}

/** A stretch of the original text, in UTF-16 code units. */
export interface SourceSpan {
  readonly start: number
  readonly end: number
  /** True when characters were hidden inside the stretch: 医*院, 医 院, a zero-width space. */
  readonly obfuscated: boolean
}

const UNKNOWN = 0xffff
const GONE = 0xfffe
const LONG = 0xfffd
const single = new Uint16Array(0x10000).fill(UNKNOWN)
const long = new Map<number, string>()

/** Looks up one code point: a code unit, GONE, or LONG when the folded form is in `long`. */
function look(code: number): number {
  if (code < 0x10000 && single[code] !== UNKNOWN) return single[code]!
  if (code >= 0x10000 && long.has(code)) return LONG
  const folded = foldCodePoint(code)
  let answer = folded.length === 0 ? GONE : folded.length === 1 ? folded.charCodeAt(0) : LONG
  if (answer !== GONE && (answer >= LONG || code >= 0x10000)) {
    // Astral code points are kept whatever they fold to; the map stays small because few are in use.
    if (long.size < 50_000) long.set(code, folded)
    else return foldedDirect(folded)
    answer = LONG
  }
  if (code < 0x10000) single[code] = answer
  return answer
}

let direct = ''
function foldedDirect(folded: string): number {
  direct = folded
  return LONG
}

/**
 * Folds a text for matching: compatibility forms, no marks or invisible characters, lower case, simplified Chinese character by
 * character, ASCII digits; up to `gapCap` marks between Han characters are skipped. Never throws; lone surrogates play no part.
 */
export function fold(source: string, gapCap = GAP_CAP): Folded {
  let room = source.length + 16
  let units = new Uint16Array(room)
  let starts = new Int32Array(room)
  let ends = new Int32Array(room)
  let skipped = new Uint8Array(room)
  let length = 0
  // State of a possible gap: where the text stood after the last Han character, and how many marks came since (-1: no gap).
  let gapFrom = 0
  let gapMarks = -1
  let gapHard = 0
  let hidden = 0

  for (let at = 0; at < source.length; ) {
    let code = source.charCodeAt(at)
    let next = at + 1
    if (code >= 0xd800 && code < 0xdc00 && next < source.length) {
      const low = source.charCodeAt(next)
      if (low >= 0xdc00 && low < 0xe000) {
        code = ((code - 0xd800) << 10) + (low - 0xdc00) + 0x10000
        next++
      }
    }
    const found = look(code)
    if (found === GONE) {
      // Variation selectors and joiners inside emoji hide nothing; they count only when letters follow.
      hidden = 1
      at = next
      continue
    }
    const piece = found === LONG ? (long.get(code) ?? direct) : ''
    const first = found === LONG ? piece.charCodeAt(0) : found
    const kind = kindOf(first)
    if (kind === HAN) {
      if (gapMarks > 0 && gapMarks <= gapCap) {
        length = gapFrom
        hidden |= gapHard
      }
    } else if (gapMarks >= 0 && (kind === MARK || kind === SOFT)) {
      gapMarks++
      if (kind === MARK) gapHard = 1
    } else {
      gapMarks = -1
    }
    const size = found === LONG ? piece.length : 1
    if (length + size > room) {
      room = (length + size) * 2
      units = grow(units, new Uint16Array(room))
      starts = grow(starts, new Int32Array(room))
      ends = grow(ends, new Int32Array(room))
      skipped = grow(skipped, new Uint8Array(room))
    }
    for (let part = 0; part < size; part++) {
      units[length] = found === LONG ? piece.charCodeAt(part) : found
      starts[length] = at
      ends[length] = next
      skipped[length] = part === 0 && (kind === HAN || kind === WORD) ? hidden : 0
      length++
    }
    if (kind === HAN || kind === WORD) hidden = 0
    if (kindOf(units[length - 1]!) === HAN || kind === HAN) {
      gapFrom = length
      gapMarks = 0
      gapHard = 0
    }
    at = next
  }
  const used = units.subarray(0, length)
  return {
    text: decode(used),
    units: used,
    starts: starts.subarray(0, length),
    ends: ends.subarray(0, length),
    skipped: skipped.subarray(0, length),
  }
}

function grow<T extends Uint8Array | Uint16Array | Int32Array>(from: T, to: T): T {
  to.set(from)
  return to
}

function decode(units: Uint16Array): string {
  let text = ''
  for (let at = 0; at < units.length; at += 8192) text += String.fromCharCode(...units.subarray(at, at + 8192))
  return text
}

/** The stretch of the source that the folded stretch [start, end) stands for. */
export function sourceSpan(folded: Folded, start: number, end: number): SourceSpan {
  let obfuscated = false
  for (let at = start + 1; at < end; at++) if (folded.skipped[at] === 1) obfuscated = true
  return { start: folded.starts[start]!, end: folded.ends[end - 1]!, obfuscated }
}

/** A term as it is looked for in folded text: folded, without marks at either end. Empty when it holds no letter or digit. */
export function foldTerm(term: string): string {
  const { text, units } = fold(term)
  let start = 0
  let end = text.length
  while (start < end && !isLetter(units[start]!)) start++
  while (end > start && !isLetter(units[end - 1]!) && !isLowHalf(units, end - 1)) end--
  return text.slice(start, end)
}

const isLetter = (unit: number): boolean => (kindOf(unit) & (HAN | WORD)) !== 0
const isLowHalf = (units: Uint16Array, at: number): boolean =>
  at > 0 && units[at]! >= 0xdc00 && units[at]! < 0xe000 && isLetter(units[at - 1]!)
