import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Lane, ThreadFault, threadTask } from './thread.ts'
import type * as sample from './thread-sample.ts'

const module = new URL('./thread-sample.ts', import.meta.url)
const double = threadTask<typeof sample.double>(module, 'double')
const spin = threadTask<typeof sample.spin>(module, 'spin')
const fill = threadTask<typeof sample.fill>(module, 'fill')
const count = threadTask<typeof sample.count>(module, 'count')
const sum = threadTask<typeof sample.sum>(module, 'sum')
const lane = (given: Partial<Lane['limits']> = {}) =>
  new Lane({ name: 'test', threads: 1, waiting: 10, maxMs: 60_000, maxMegabytes: 2000, ...given })
const because = (reason: string) => (error: unknown) => error instanceof ThreadFault && error.reason === reason

test('answers come back, in a thread that stays', async () => {
  const one = lane()
  assert.deepEqual(await Promise.all([1, 2, 3].map((value) => one.run(double, value))), [2, 4, 6])
  assert.deepEqual([await one.run(count, undefined as never), await one.run(count, undefined as never)], [1, 2])
})

test('what the function throws is thrown here, and the thread goes on', async () => {
  const one = lane()
  await assert.rejects(one.run(threadTask<typeof sample.refuse>(module, 'refuse'), undefined as never), RangeError)
  await assert.rejects(one.run({ module: module.href, name: 'missing' }, 1), TypeError)
  assert.equal(await one.run(double, 4), 8)
})

test('too much processor time or memory ends the thread and not the process; the next work gets a new one', async () => {
  const slow = lane({ maxMs: 300 })
  await assert.rejects(slow.run(spin, undefined as never), because('slow'))
  assert.equal(await slow.run(double, 5), 10)
  const big = lane({ maxMegabytes: 80 })
  await assert.rejects(big.run(fill, undefined as never), because('big'))
  assert.equal(await big.run(double, 6), 12)
})

test('work that nobody wants any more is ended, whether it runs or waits', async () => {
  const one = lane()
  const [running, waiting] = [new AbortController(), new AbortController()]
  const first = one.run(spin, undefined as never, running.signal)
  const second = one.run(double, 1, waiting.signal)
  const third = one.run(double, 7)
  waiting.abort()
  await assert.rejects(second, because('cancelled'))
  running.abort()
  await assert.rejects(first, because('cancelled'))
  assert.equal(await third, 14)
  await assert.rejects(one.run(double, 1, AbortSignal.abort()), because('cancelled'))
})

test('bytes that are moved are no longer here; a piece of shared memory stays', async () => {
  const one = lane()
  const large = new Uint8Array(1_000_000).fill(1)
  assert.equal(await one.run(sum, large, undefined, [large]), 1_000_000)
  assert.equal(large.byteLength, 0)
  const piece = new Uint8Array(20).fill(1).subarray(5, 10)
  assert.equal(await one.run(sum, piece, undefined, [piece]), 5)
  assert.equal(piece.byteLength, 5)
})

test('processors go first to the thread that answers people', { skip: process.platform !== 'linux' }, async () => {
  const one = lane({ name: 'behind' })
  await one.run(double, 1)
  const niceness = () =>
    readdirSync('/proc/self/task').flatMap((id) => {
      const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readFileSync(`/proc/self/task/${id}/stat`, 'utf8')) ?? []
      return name === 'anlan behind' ? [Number(rest?.split(' ')[16])] : []
    })
  while (!niceness().includes(10)) await one.run(double, 1)
  assert.deepEqual(niceness(), [10])
})

test('only so many may wait', async () => {
  const one = lane({ waiting: 1 })
  const stop = new AbortController()
  const running = one.run(spin, undefined as never, stop.signal)
  const waiting = one.run(double, 1)
  await assert.rejects(one.run(double, 2), because('busy'))
  stop.abort()
  await assert.rejects(running, because('cancelled'))
  assert.equal(await waiting, 2)
})
