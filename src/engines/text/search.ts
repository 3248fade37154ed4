import { HAN, isWordUnit, kindOf } from './character.ts'
import { fold } from './fold.ts'

/** So many marks between two words are looked over, so that a headline is found whatever marks stand in it. */
const GAP = 2
const MAX_EMOJI = 50

/**
 * What search looks into: letters, digits and Han characters after folding. Marks beside Han characters are left out, up to two; other
 * words and numbers stay apart by a space. Signs that are part of a name stay (C++, 100%), and emoji are told at the end.
 */
export function searched(text: string): string {
  const said = fold(text, 0).text
  let out = ''
  let last = 0
  for (const { index, 0: word } of said.matchAll(WORDS)) {
    const gap = said.slice(last, index)
    if (out !== '') out += isLookedOver(out.charCodeAt(out.length - 1), word.charCodeAt(0), gap) ? '' : ' '
    out += word
    last = index + word.length
  }
  const emoji = emojiOf(text)
  return emoji.length === 0 ? out : `${out}\n${emoji.slice(0, MAX_EMOJI).join('')}`
}

/** Letters, each run with the signs that belong to it. */
const WORDS = /[\p{L}\p{N}]+(?:(?<=[a-z])(?:\++|#)|(?<=[0-9])[%‰])?/gu

function isLookedOver(before: number, after: number, gap: string): boolean {
  if (gap === '') return true
  if (/\n\n\n/.test(gap) || [...gap].length > GAP) return false
  if (isHan(before) || isHan(after)) return true
  const [digit, next] = [isDigit(before), isDigit(after)]
  return digit !== next && gap.length === 1
}

const isHan = (unit: number): boolean => kindOf(unit) === HAN || (unit >= 0xdc00 && unit < 0xe000)
const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57
const emojiOf = (text: string): string[] => [
  ...new Set(text.match(/(?![©®™\u2000-\u2bff\u3000-\u32ff])\p{Extended_Pictographic}/gu) ?? []),
]

/** The index terms of what is searched: every pair of neighbouring letters, digits or Han characters, each once. */
export function pairsOf(said: string): string[] {
  const found = new Set<string>()
  let before = ''
  for (let at = 0; at < said.length; at++) {
    const unit = said.charCodeAt(at)
    if (!isWordUnit(unit)) {
      before = ''
      continue
    }
    let character = said.charAt(at)
    if (unit >= 0xd800 && unit < 0xdc00 && kindOf(unit) === HAN) character += said.charAt(++at)
    if (before !== '') found.add(before + character)
    before = character
  }
  return [...found]
}

/** What a person asks for: words that must be there and words that must not, as they stand in what is searched. */
export interface Query {
  readonly wanted: readonly string[]
  readonly unwanted: readonly string[]
  /** Pairs that every text with the wanted words has. An index of them answers with a superset. */
  readonly pairs: readonly string[]
}

/**
 * Reads a query as rules are read: words set apart by spaces are all wanted, in any order; “phrases” stay together; `-word`, `NOT word`
 * and 非 keep out. Marks part words and play no other role. A query without a wanted word finds nothing.
 */
export function readQuery(query: string): Query {
  const wanted = new Set<string>()
  const unwanted = new Set<string>()
  let negated = false
  for (const [, sign = '', phrase, word = ''] of query.slice(0, 1000).matchAll(TOKENS)) {
    if (phrase === undefined && /^(not|非)$/i.test(word)) {
      negated = true
      continue
    }
    if (phrase === undefined && /^(and|与)$/i.test(word)) continue
    const pieces = piecesOf(phrase ?? word, phrase === undefined)
    for (const piece of pieces) (negated || sign !== '' ? unwanted : wanted).add(piece)
    if (pieces.length > 0) negated = false
  }
  const pairs = new Set([...wanted].flatMap(pairsOf))
  return { wanted: [...wanted], unwanted: [...unwanted], pairs: [...pairs] }
}

const TOKENS = /((?<=^|\s)[-－!！](?=\S))?(?:["＂“”「『]([^"＂“”「」『』]*)["＂“”」』]|([^\s"＂“”「」『』]+))/gu
const PARTING = /[\s。！？!?；;，,、：:…@'‘’《》〈〉<>【】[\]()（）〔〕{}·・]+/u

function piecesOf(written: string, parted: boolean): string[] {
  const [said = '', emoji = ''] = searched(written).split('\n')
  const words =
    parted && PARTING.test(written) ? written.split(PARTING).map((part) => searched(part).split('\n')[0] ?? '') : [said]
  return [...words, ...emoji].filter((piece) => piece !== '')
}

/** Whether a text is what a query asks for: the plain reading of what the database does by index. */
export function containsQuery(text: string, query: string): boolean {
  const { wanted, unwanted } = readQuery(query)
  const said = searched(text)
  return wanted.length > 0 && wanted.every((piece) => said.includes(piece)) && !unwanted.some((piece) => said.includes(piece))
}
