import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CATEGORIES, SENTIMENTS, TRIAGES } from '../src/engines/index.ts'
import { Category, Sentiment, Triage } from '../src/monitoring/contract.ts'
import { categories, sentiments, triages } from '../web/kit/labels.ts'

test('the engine, the contract and the pages know the same labels', () => {
  const same = (...lists: (readonly string[])[]) => {
    const [first, ...others] = lists.map((list) => [...list].sort())
    for (const other of others) assert.deepEqual(other, first)
  }
  same(SENTIMENTS, Sentiment.options, sentiments)
  same(CATEGORIES, Category.options, categories)
  same(TRIAGES, Triage.options, triages)
})
