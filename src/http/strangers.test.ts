import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLog } from '../base/log.ts'
import { loopErrors } from '../base/loop.ts'
import type { TrailEntry } from '../base/serve.ts'
import { openStrangers } from './strangers.ts'

test('what strangers tried while the trail could not be written is said later, and that it could not is counted', async () => {
  const rows: TrailEntry[] = []
  let away = true
  const trail = {
    record: async (entry: TrailEntry) => {
      if (away && entry.address === '10.0.0.1') throw new Error('away')
      rows.push(entry)
    },
    recordIn: async () => undefined,
  }
  const strangers = openStrangers(
    trail,
    openLog('silent'),
    () => undefined,
    () => 0,
  )
  for (const address of ['10.0.0.1', '10.0.0.1', '10.0.0.2']) strangers.refuse(address, 'unauthenticated')
  await strangers.flush()
  assert.deepEqual(
    rows.map(({ address, subject }) => [address, subject]),
    [['10.0.0.2', 'refusals:1']],
  )
  assert.equal(loopErrors().strangers, 1)
  strangers.refuse('10.0.0.1', 'unauthenticated')
  away = false
  await strangers.close()
  assert.deepEqual([rows[1]?.address, rows[1]?.subject], ['10.0.0.1', 'refusals:3'])
})
