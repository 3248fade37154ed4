import { HAN, kindOf, MARK, SOFT, STOP, WORD } from '../text/character.ts'
import { type Folded, GAP_CAP } from '../text/fold.ts'
import type { Lettered } from './term.ts'

/** What stands between a letter and the one before it. */
export const CLOSE = 0
/** Marks that no word reaches over: a sentence end, a space between two words. */
export const APART = 1
/** Typography inside a word: CT 机, “三研”空间. */
export const SET = 2
/** Marks put between the characters of a word to escape notice: 医*院, 死 亡, C*T. */
export const HIDING = 3

const SPACES = /\s/
const QUOTES = '“”‘’\'"「」『』'
const ORDINARY = '/\\|—－~&+'
/** Marks that join Latin words in ordinary writing. */
const LATIN_JOINTS = "-_./\\|'’&+@:=—~"

/** The kind of gap before every letter, and whether invisible characters stand there. One pass; nothing of it depends on a rule. */
export class Gaps {
  readonly kinds: Uint8Array
  /** How many gaps up to a place keep words apart. */
  readonly apart: Int32Array
  /** How many up to a place hide something. */
  readonly hiding: Int32Array

  constructor({ units, skipped }: Folded, { letters, at }: Lettered) {
    const count = letters.length
    this.kinds = new Uint8Array(count)
    this.apart = new Int32Array(count + 1)
    this.hiding = new Int32Array(count + 1)
    const lone = loneCharacters(at, letters)
    for (let place = 0; place < count; place++) {
      const from = place === 0 ? 0 : at[place - 1]! + 1
      const kind =
        from === at[place]
          ? CLOSE
          : place === 0
            ? APART
            : gapKind(units, from, at[place]!, letters[place - 1]!, letters[place]!, lone[place - 1] === 1 || lone[place] === 1)
      this.kinds[place] = kind
      this.apart[place + 1] = this.apart[place]! + (kind === APART ? 1 : 0)
      this.hiding[place + 1] = this.hiding[place]! + (kind === HIDING || skipped[at[place]!] === 1 ? 1 : 0)
    }
  }
}

/** 1 for a Han character with marks on both sides: 死 亡. Words of one character are rare between spaces, hidden words are not. */
function loneCharacters(at: Int32Array, letters: Uint16Array): Uint8Array {
  const lone = new Uint8Array(letters.length)
  for (let place = 0; place < letters.length; place++) {
    const pair = letters[place]! >= 0xd800 && letters[place]! < 0xdc00 ? 1 : 0
    const before = place === 0 || at[place - 1]! + 1 < at[place]!
    const after = place + pair + 1 >= letters.length || at[place + pair]! + 1 < at[place + pair + 1]!
    if (!before || !after) continue
    lone[place] = 1
    lone[place + pair] = 1
  }
  return lone
}

function gapKind(units: Uint16Array, from: number, to: number, before: number, after: number, lone: boolean): number {
  let marks = 0
  let spaces = 0
  let quotes = 0
  let ordinary = 0
  let joints = 0
  for (let place = from; place < to; place++) {
    const unit = units[place]!
    if (kindOf(unit) === STOP) return APART
    // The second half of an emoji.
    if (unit >= 0xdc00 && unit < 0xe000) continue
    const character = String.fromCharCode(unit)
    marks++
    if (SPACES.test(character)) spaces++
    else if (QUOTES.includes(character)) quotes++
    else if (kindOf(unit) === SOFT || ORDINARY.includes(character)) ordinary++
    if (LATIN_JOINTS.includes(character)) joints++
    if (marks > GAP_CAP) return APART
  }
  const han = isHan(before) && isHan(after)
  const latin = isAlphabetic(before) && isAlphabetic(after)
  const plain = spaces + quotes + ordinary === marks
  if (han) {
    if (!plain) return HIDING
    if (lone) return HIDING
    return quotes === 1 && marks === 1 ? SET : APART
  }
  if (isHan(before) || isHan(after)) {
    if (!plain) return HIDING
    return ordinary === 0 && marks === 1 ? SET : APART
  }
  if (latin) return plain || joints > 0 ? APART : HIDING
  if (isDigit(before) && isDigit(after)) return APART
  return marks === 1 && (spaces === 1 || units[from] === 45) ? SET : plain || joints > 0 ? APART : HIDING
}

const isHan = (unit: number): boolean => kindOf(unit) === HAN || (unit >= 0xdc00 && unit < 0xe000)
export const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57
const ALPHABETIC = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u
/** A letter of a script whose words are set apart by spaces. */
export function isAlphabetic(unit: number): boolean {
  if (unit < 128) return unit >= 97 && unit <= 122
  return (kindOf(unit) & (WORD | MARK)) === WORD && unit < 0x2000 && ALPHABETIC.test(String.fromCharCode(unit))
}
