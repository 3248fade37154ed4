import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchPage, tryAlone } from './try-rule.ts'

test('a newer trial of the same person ends the one before, and nobody else’s', async () => {
  const untilEnded = (replaced: AbortSignal) =>
    new Promise<string>((done) => replaced.addEventListener('abort', () => done('ended')))
  const other = new AbortController()
  const first = tryAlone(1, untilEnded)
  const beside = tryAlone(2, async (replaced) => {
    await new Promise<void>((done) => other.signal.addEventListener('abort', () => done()))
    return replaced.aborted
  })
  assert.equal(await tryAlone(1, async (replaced) => replaced.aborted), false)
  assert.equal(await first, 'ended')
  other.abort()
  assert.equal(await beside, false)
})

test('a page of posts is matched by the rule that is tried, whichever was tried before', () => {
  const posts = [
    { id: 1, title: '', text: '停车太贵', author: '' },
    { id: 2, title: '', text: '收费不清', author: '' },
  ]
  assert.deepEqual(
    matchPage({ expression: '停车', posts }).found.map(({ id }) => id),
    [1],
  )
  assert.deepEqual(
    matchPage({ expression: '收费', posts }).found.map(({ id }) => id),
    [2],
  )
  assert.deepEqual(matchPage({ expression: '(', posts }).found, [])
  const costly = Array.from({ length: 60 }, (_, at) => '哈'.repeat(at + 1)).join(' OR ')
  const laughter = [{ id: 3, title: '', text: '哈'.repeat(100_000), author: '' }]
  assert.deepEqual(
    [matchPage({ expression: costly, posts }).costly, matchPage({ expression: costly, posts: laughter }).costly],
    [false, true],
  )
})
