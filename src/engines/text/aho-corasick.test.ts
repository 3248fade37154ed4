import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AhoCorasick } from './aho-corasick.ts'

const unitsOf = (text: string): Uint16Array => Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))

test('finds what a search term by term finds', () => {
  const word = fc.string({ unit: fc.constantFrom('衡', '川', 'a'), minLength: 1, maxLength: 5 })
  const text = fc.string({ unit: fc.constantFrom('衡', '川', 'a', '院'), maxLength: 40 })
  fc.assert(
    fc.property(fc.uniqueArray(word, { maxLength: 12 }), text, (terms, source) => {
      const found: string[] = []
      new AhoCorasick(terms).scan(unitsOf(source), (term, end) => void found.push(`${end} ${terms[term]}`))
      const wanted: string[] = []
      for (const term of terms) {
        for (let at = source.indexOf(term); at >= 0; at = source.indexOf(term, at + 1)) wanted.push(`${at + term.length} ${term}`)
      }
      assert.deepEqual(found.sort(), wanted.sort())
    }),
    { numRuns: 500 },
  )
})

test('refuses empty and repeated terms, and stops when told', () => {
  assert.throws(() => new AhoCorasick(['']), RangeError)
  assert.throws(() => new AhoCorasick(['a', 'a']), RangeError)
  let hits = 0
  new AhoCorasick(['a']).scan(unitsOf('aaaa'), () => ++hits < 2)
  assert.equal(hits, 2)
})
