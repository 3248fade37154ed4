import type { AhoCorasick } from '../text/aho-corasick.ts'
import { type Folded, fold } from '../text/fold.ts'
import { FIELDS, type Field } from './ast.ts'
import type { Budget } from './budget.ts'
import { APART, CLOSE, Gaps, isAlphabetic, isDigit } from './gap.ts'
import { type Lettered, lettersOf, marksBetween, type Term, termKey } from './term.ts'

/** What a rule set looks at. */
export type Fields = Readonly<Record<Field, string>>

/** The terms of a rule set: each by its number, and which of them have the same letters. */
export interface Vocabulary {
  readonly automaton: AhoCorasick
  readonly numbers: ReadonlyMap<string, number>
  readonly terms: readonly Term[]
  /** By number of letters in the automaton: the terms written with them. */
  readonly written: readonly (readonly number[])[]
}

/** A stretch of folded text in a field; `obfuscated` when something is hidden inside. */
export interface Hit {
  readonly field: Field
  readonly start: number
  readonly end: number
  readonly obfuscated: boolean
}

interface Read {
  readonly folded: Folded
  readonly lettered: Lettered
  readonly gaps: Gaps
  readonly found: Map<number, Hit[]>
}

/** Where terms occur in the fields of one item. */
export class Hits {
  private readonly vocabulary: Vocabulary
  private readonly budget: Budget
  private readonly read: Read[]
  /** The terms that occur anywhere, each once, with how often. */
  readonly terms: Map<number, number> = new Map()

  constructor(vocabulary: Vocabulary, fields: Fields, budget: Budget) {
    this.vocabulary = vocabulary
    this.budget = budget
    this.read = FIELDS.map((field) => this.readField(field, fields[field]))
    budget.settle()
  }

  private readField(field: Field, text: string): Read {
    const { automaton, written, terms } = this.vocabulary
    const folded = fold(text, 0)
    const lettered = lettersOf(folded.units)
    const read = { folded, lettered, gaps: new Gaps(folded, lettered), found: new Map<number, Hit[]>() }
    automaton.scan(lettered.letters, (letters, end) => {
      const start = end - automaton.lengths[letters]!
      for (const number of written[letters]!) {
        if (!this.budget.wants(number)) continue
        const term = terms[number]!
        this.budget.chargeTerm(number, 1 + marksWithin(term, start, read))
        if (!stands(term, start, end, read)) continue
        const { at } = lettered
        const obfuscated = read.gaps.hiding[end]! > read.gaps.hiding[start + 1]!
        const hit = { field, start: at[start]!, end: at[end - 1]! + 1, obfuscated }
        const known = read.found.get(number)
        if (known) known.push(hit)
        else read.found.set(number, [hit])
        this.terms.set(number, (this.terms.get(number) ?? 0) + 1)
      }
    })
    return read
  }

  /** Where a term stands in a field, ascending. */
  at(field: Field, term: Term): readonly Hit[] {
    return this.read[FIELDS.indexOf(field)]!.found.get(this.vocabulary.numbers.get(termKey(term))!) ?? []
  }

  source(field: Field): Folded {
    return this.read[FIELDS.indexOf(field)]!.folded
  }
}

/** How many marks are compared to tell whether letters that were found are the term. */
function marksWithin({ inner }: Term, start: number, { lettered: { at } }: Read): number {
  let marks = 0
  for (const { at: place } of inner ?? []) marks += at[start + place]! - at[start + place - 1]!
  return marks
}

/** Whether letters that were found are the term: not a part of a longer word or number, marks as wanted, no words joined. */
function stands(term: Term, start: number, end: number, read: Read): boolean {
  const { gaps, lettered, folded } = read
  if (!isEdge(start, read) || !isEdge(end, read)) return false
  let apart = gaps.apart[end]! - gaps.apart[start + 1]!
  for (const { at, marks } of term.inner ?? []) {
    const place = start + at
    const between = marksBetween(folded.units, lettered.at[place - 1]! + 1, lettered.at[place]!)
    const same = between === marks && (term.exact === undefined || gaps.kinds[place] !== CLOSE)
    if (term.exact && !same) return false
    if (same && gaps.kinds[place] === APART) apart--
  }
  if (apart > 0) return false
  const { units } = folded
  if (term.before) {
    const from = start === 0 ? 0 : lettered.at[start - 1]! + 1
    if (!marksBetween(units, Math.max(from, lettered.at[start]! - 20), lettered.at[start]!).endsWith(term.before)) return false
  }
  if (term.after) {
    const to = end < lettered.at.length ? lettered.at[end]! : units.length
    const from = lettered.at[end - 1]! + 1
    const marks = marksBetween(units, from, Math.min(to, from + 20))
    if (!(term.exact ? marks.startsWith(term.after) : signsAt(marks) === term.after)) return false
  }
  return true
}

/** The signs right after a word: C++ is not C+. */
const signsAt = (marks: string): string => /^(\++|#|%|‰)?/.exec(marks)![0]

/** Whether a word or number may begin or end before the letter at a place. */
function isEdge(place: number, { lettered: { letters, at }, gaps, folded }: Read): boolean {
  if (place === 0 || place >= letters.length) return true
  const [before, after] = [letters[place - 1]!, letters[place]!]
  if (gaps.kinds[place] !== CLOSE) {
    // 36.5 is one number.
    const point = at[place]! === at[place - 1]! + 2 && folded.units[at[place]! - 1] === 46
    return !(point && isDigit(before) && isDigit(after))
  }
  return !((isAlphabetic(before) && isAlphabetic(after)) || (isDigit(before) && isDigit(after)))
}
