import { AhoCorasick } from '../text/aho-corasick.ts'
import { foldTerm } from '../text/fold.ts'
import { CONCEPTS } from './lexicon.ts'

/** Names of the concepts; a concept's number is its index. */
export const CONCEPT_NAMES: readonly string[] = Object.keys(CONCEPTS)

const terms: string[] = []
const concepts: number[][] = []
const numbers = new Map<string, number>()
for (const [concept, name] of CONCEPT_NAMES.entries()) {
  for (const word of CONCEPTS[name]!.split(' ')) {
    // Marks such as 👍 have no letters and are looked for as they are.
    const term = foldTerm(word) || word
    let number = numbers.get(term)
    if (number === undefined) {
      number = terms.push(term) - 1
      numbers.set(term, number)
      concepts.push([])
    }
    if (!concepts[number]!.includes(concept)) concepts[number]!.push(concept)
  }
}
const automaton = new AhoCorasick(terms)

/** Calls `hit` for every occurrence of a concept's word in folded text. */
export function scanConcepts(units: Uint16Array, hit: (concept: number, start: number, end: number, term: number) => void): void {
  automaton.scan(units, (term, end) => {
    const start = end - terms[term]!.length
    for (const concept of concepts[term]!) hit(concept, start, end, term)
  })
}
