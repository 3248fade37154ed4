import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openCount, openRate } from './rate.ts'

test('so many at once, then one after each while, for each key by itself', () => {
  let now = 0
  const rate = openRate({ burst: 3, perSecond: 0.5 }, () => now)
  const passed = (key: string) => {
    const free = rate.wait(key) === 0
    if (free) rate.take(key)
    return free
  }
  assert.deepEqual(
    [1, 2, 3, 4].map(() => passed('a')),
    [true, true, true, false],
  )
  assert.equal(rate.wait('a'), 2)
  assert.equal(passed('b'), true)
  now += 2000
  assert.deepEqual([passed('a'), passed('a')], [true, false])
  now += 3_600_000
  assert.deepEqual(
    [1, 2, 3, 4].map(() => passed('a')),
    [true, true, true, false],
  )
})

test('a hundred thousand keys do not fill the memory', () => {
  const rate = openRate({ burst: 3, perSecond: 1 }, () => 0)
  for (let key = 0; key < 100_000; key++) rate.take(String(key))
  assert.ok(rate.size <= 10_000)
})

test('a place is free again once, however often it is given back', () => {
  const count = openCount(2)
  const [first, second] = [count.enter('a'), count.enter('a')]
  assert.ok(first && second)
  assert.equal(count.enter('a'), null)
  first()
  first()
  assert.ok(count.enter('a'))
  assert.equal(count.enter('a'), null)
  assert.ok(count.enter('b'))
})
