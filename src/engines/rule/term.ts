import { HAN, kindOf, STOP, WORD } from '../text/character.ts'
import { fold } from '../text/fold.ts'

/**
 * What is looked for: its letters, digits and Han characters, and the marks that must stand with them. Of a quoted phrase all marks
 * count; of a bare word those that are part of a name: C++, A+, 100%.
 */
export interface Term {
  readonly letters: string
  /** Marks wanted before the letter at a place. */
  readonly inner?: readonly { readonly at: number; readonly marks: string }[]
  /** Marks wanted right before the first and right after the last letter. */
  readonly before?: string
  readonly after?: string
  /** A quoted phrase: inner marks must stand there. Otherwise they may be left out (COVID-19, COVID19). */
  readonly exact?: true
}

/** A text without its marks, and the marks by the place of the letter that follows; the last are those at the end. */
export interface Lettered {
  readonly letters: Uint16Array
  /** Where each letter stands in the folded text. */
  readonly at: Int32Array
}

export const isLetterUnit = (units: Uint16Array, at: number): boolean => {
  const unit = units[at]!
  if (unit >= 0xdc00 && unit < 0xe000) return at > 0 && kindOf(units[at - 1]!) === HAN && units[at - 1]! >= 0xd800
  return (kindOf(unit) & (HAN | WORD)) !== 0
}

export function lettersOf(units: Uint16Array): Lettered {
  const letters = new Uint16Array(units.length)
  const at = new Int32Array(units.length)
  let count = 0
  for (let place = 0; place < units.length; place++) {
    if (!isLetterUnit(units, place)) continue
    letters[count] = units[place]!
    at[count++] = place
  }
  return { letters: letters.subarray(0, count), at: at.subarray(0, count) }
}

/** Marks as they are compared: spaces play no part, and one mark that ends a clause is as good as another. */
export function marksBetween(units: Uint16Array, from: number, to: number): string {
  let marks = ''
  for (let place = from; place < to; place++) {
    const unit = units[place]!
    const character = String.fromCharCode(unit)
    if (/\s/.test(character)) continue
    marks += kindOf(unit) === STOP && character !== '@' ? ',' : character
  }
  return marks
}

/** A term of a rule, or null when it holds no letter. */
export function readTerm(written: string, quoted: boolean): Term | null {
  const { units } = fold(written, 0)
  const { letters, at } = lettersOf(units)
  if (letters.length === 0) return null
  const first = at[0]!
  const last = at[at.length - 1]!
  const inner: { at: number; marks: string }[] = []
  for (let place = 1; place < at.length; place++) {
    if (at[place] === at[place - 1]! + 1) continue
    inner.push({ at: place, marks: marksBetween(units, at[place - 1]! + 1, at[place]!) })
  }
  const leading = marksBetween(units, 0, first)
  const trailing = marksBetween(units, last + 1, units.length)
  const before = quoted ? leading.replace(/^.*,/, '') : ''
  const after = quoted ? trailing.replace(/,.*$/, '') : nameSign(String.fromCharCode(units[last]!), trailing)
  return {
    letters: String.fromCharCode(...letters),
    ...(inner.length > 0 && { inner }),
    ...(before !== '' && { before }),
    ...(after !== '' && { after }),
    ...(quoted && (inner.length > 0 || before !== '' || after !== '') && { exact: true }),
  }
}

/** The signs at the end of a bare word that are part of it: C++, C#, A+, 100%. */
function nameSign(last: string, trailing: string): string {
  const signs = /[a-z]/.test(last) ? /^(\++|#)$/ : /\d/.test(last) ? /^(%|‰|\+)$/ : /^$/
  return signs.test(trailing) ? trailing : ''
}

export const termKey = (term: Term): string => JSON.stringify(term)
