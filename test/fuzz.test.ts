import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from '../bench/row.ts'
import { fuzzAsks, readFuzzArgs } from './fuzz.ts'
import { openHouse } from './harness.ts'

const house = await openHouse()

test('whatever is sent to whichever ask is answered, or refused with its place, and never ends in a server error', async () => {
  const { count, seed } = readFuzzArgs(process.env.ANLAN_FUZZ?.split(' ') ?? ['--count', '600'])
  const { statuses, strange } = await fuzzAsks(house, { count, seed })
  const against = `seed ${seed}, answers ${JSON.stringify(statuses).replaceAll('"', '')}`
  const figure: Row = { name: 'fuzz.strange', value: strange.length, unit: `of ${count} hostile inputs`, against, bar: '0' }
  if (process.env.ANLAN_FUZZ) process.stdout.write(`${JSON.stringify(figure)}\n`)
  assert.deepEqual(strange.slice(0, 20), [])
  assert.ok((statuses[200] ?? 0) > count / 20 && (statuses[422] ?? 0) > count / 20, JSON.stringify(statuses))
})
