import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { someText } from './sample.ts'
import { bigrams, containsQuery, searchTerms } from './terms.ts'

test('terms are pairs of neighbours, over the border of scripts but not over marks', () => {
  assert.deepEqual(bigrams('做CT,杭州'), ['做c', 'ct', '杭州'])
  assert.deepEqual(searchTerms('衡川 停車費'), ['衡川', '停车', '车费'])
  assert.deepEqual(searchTerms('医'), [])
  assert.ok(containsQuery('杭州衡*川醫院停車太貴', '停车 衡川'))
  assert.ok(!containsQuery('川衡', '衡川'))
  assert.ok(!containsQuery('衡川', '***'))
})

test('every stretch of a text is answered by the terms of the text', () => {
  fc.assert(
    fc.property(someText, fc.nat(), fc.nat(), (source, from, size) => {
      const characters = [...source]
      const start = from % (characters.length + 1)
      const query = characters.slice(start, start + 1 + (size % 12)).join('')
      const terms = new Set(bigrams(source))
      for (const term of searchTerms(query)) assert.ok(terms.has(term), JSON.stringify({ source, query, term }))
    }),
    { numRuns: 1000 },
  )
})
