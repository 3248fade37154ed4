import { HAN, isWordUnit, kindOf } from './character.ts'
import { fold, foldTerm } from './fold.ts'

/**
 * The index terms of a text: every pair of neighbouring letters, digits or Han characters after folding, each once. Pairs cross
 * from Han to Latin (做CT gives 做c, ct) but not over marks, so that every stretch of two or more characters can be found.
 */
export function bigrams(text: string): string[] {
  return [...pairs(fold(text).text)]
}

/**
 * The terms that every text containing the query must have; words set apart by spaces are looked for separately, in any order.
 * An index answers with a superset: verify with `containsQuery`. Empty for a query without two neighbouring characters
 * (a single character, marks alone), which an index of pairs cannot answer.
 */
export function searchTerms(query: string): string[] {
  const terms = new Set<string>()
  for (const piece of pieces(query)) for (const pair of pairs(piece)) terms.add(pair)
  return [...terms]
}

/** True when the text contains every space-separated piece of the query after folding; false for a query without letters. */
export function containsQuery(text: string, query: string): boolean {
  const wanted = pieces(query)
  if (wanted.length === 0) return false
  const folded = fold(text).text
  return wanted.every((piece) => folded.includes(piece))
}

function pieces(query: string): string[] {
  return query
    .split(/\s+/u)
    .map(foldTerm)
    .filter((piece) => piece !== '')
}

function pairs(folded: string): Set<string> {
  const found = new Set<string>()
  let before = ''
  for (let at = 0; at < folded.length; at++) {
    const unit = folded.charCodeAt(at)
    if (!isWordUnit(unit)) {
      before = ''
      continue
    }
    let character = folded.charAt(at)
    if (unit >= 0xd800 && unit < 0xdc00 && kindOf(unit) === HAN) character += folded.charAt(++at)
    if (before !== '') found.add(before + character)
    before = character
  }
  return found
}
