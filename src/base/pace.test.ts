import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nextPace } from './pace.ts'

const after = (seconds: number, second: Parameters<typeof nextPace>[1], from = 1000) => {
  let everyMs = from
  for (let at = 0; at < seconds; at++) everyMs = nextPace(everyMs, second)
  return everyMs
}

test('pages wait longer while people do, no longer than twenty seconds, and soon come back to one', () => {
  const well = { delayMs: 5, askMs: 20 }
  assert.equal(after(5, well), 1000)
  for (const ill of [
    { ...well, delayMs: 81 },
    { ...well, askMs: 101 },
  ]) {
    assert.ok(after(3, ill) > 2500)
    assert.equal(after(60, ill), 20_000)
  }
  assert.equal(after(14, well, 20_000), 1000)
})

test('in between the pace stays as it was, so that it does not swing', () => {
  for (const between of [
    { delayMs: 5, askMs: 80 },
    { delayMs: 60, askMs: 20 },
  ])
    assert.equal(after(5, between, 3000), 3000)
})
