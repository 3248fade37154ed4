import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { QueryClient } from '@tanstack/react-query'
import { openStream } from './stream.ts'

class Line {
  static lines: Line[] = []
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  closed = false
  constructor() {
    Line.lines.push(this)
  }
  close() {
    this.closed = true
  }
  say(topic: string) {
    this.onmessage?.({ data: JSON.stringify({ topic }) })
  }
}
let queries: QueryClient
let refreshed: string[]
let close: () => void

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-03-10T09:30:00+08:00') })
  Line.lines = []
  Object.assign(globalThis, { EventSource: Line })
  queries = new QueryClient()
  refreshed = []
  queries.invalidateQueries = async (filters) => {
    refreshed.push(String(filters?.queryKey?.[0] ?? 'all'))
  }
  close = openStream(queries)
})
afterEach(() => {
  close()
  mock.timers.reset()
})

test('news of a room reads that room and those that show it again, at once and then once a second', () => {
  const [line] = Line.lines
  for (let count = 0; count < 50; count++) line?.say('monitoring.mention')
  mock.timers.tick(150)
  assert.deepEqual(refreshed, ['monitoring', 'response'])
  for (let count = 0; count < 50; count++) line?.say('monitoring.mention')
  mock.timers.tick(500)
  assert.equal(refreshed.length, 2)
  mock.timers.tick(600)
  assert.equal(refreshed.length, 4)
})

test('a lost line is opened again, later each time, and everything is read anew', () => {
  globalThis.fetch = async () => new Response('{}', { status: 200 })
  Line.lines[0]?.onerror?.()
  assert.equal(Line.lines[0]?.closed, true)
  mock.timers.tick(999)
  assert.equal(Line.lines.length, 1)
  mock.timers.tick(1)
  assert.equal(Line.lines.length, 2)
  Line.lines[1]?.onerror?.()
  mock.timers.tick(1999)
  assert.equal(Line.lines.length, 2)
  mock.timers.tick(1)
  Line.lines[2]?.onopen?.()
  assert.deepEqual(refreshed, ['all'])
})

test('a closed stream stays closed', () => {
  close()
  Line.lines[0]?.onerror?.()
  mock.timers.tick(60_000)
  assert.equal(Line.lines.length, 1)
})
