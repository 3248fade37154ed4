import type { AhoCorasick } from '../text/aho-corasick.ts'
import { type Folded, fold } from '../text/fold.ts'
import { FIELDS, type Field } from './ast.ts'

/** What a rule set looks at. */
export type Fields = Readonly<Record<Field, string>>

/** Where terms occur in the fields of one item: starts in folded text, by field and term. */
export class Hits {
  private readonly automaton: AhoCorasick
  private readonly numbers: ReadonlyMap<string, number>
  private readonly folded: Folded[]
  private readonly starts: Map<number, number[]>[] = []
  /** The terms that occur anywhere, each once. */
  readonly terms: Set<number> = new Set()

  constructor(automaton: AhoCorasick, numbers: ReadonlyMap<string, number>, fields: Fields) {
    this.automaton = automaton
    this.numbers = numbers
    this.folded = FIELDS.map((field) => fold(fields[field]))
    for (const folded of this.folded) {
      const starts = new Map<number, number[]>()
      automaton.scan(folded.units, (term, end) => {
        const start = end - automaton.lengths[term]!
        const known = starts.get(term)
        if (known === undefined) {
          starts.set(term, [start])
          this.terms.add(term)
        } else known.push(start)
      })
      this.starts.push(starts)
    }
  }

  /** Starts of a term in a field, ascending. */
  at(field: Field, term: string): readonly number[] {
    return this.starts[FIELDS.indexOf(field)]!.get(this.numbers.get(term)!) ?? []
  }

  length(term: string): number {
    return this.automaton.lengths[this.numbers.get(term)!]!
  }

  source(field: Field): Folded {
    return this.folded[FIELDS.indexOf(field)]!
  }
}
