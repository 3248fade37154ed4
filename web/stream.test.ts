import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { QueryClient, QueryObserver } from '@tanstack/react-query'
import { onStream, openStream, type StreamEvent } from './stream.ts'

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
  say(event: object) {
    this.onmessage?.({ data: JSON.stringify(event) })
  }
}
let queries: QueryClient
let read: string[]
let close: () => void
let turnTo: (state: string) => void

const settle = async () => {
  for (let turn = 0; turn < 10; turn++) await new Promise((done) => setImmediate(done))
}
const pass = async (ms: number) => {
  for (let left = ms; left > 0; left -= 50) {
    mock.timers.tick(Math.min(50, left))
    await settle()
  }
}

beforeEach(async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.parse('2026-03-10T09:30:00+08:00') })
  mock.method(Math, 'random', () => 0.5)
  Line.lines = []
  const watching = new Set<() => void>()
  const document = {
    visibilityState: 'visible',
    addEventListener: (_: string, run: () => void) => watching.add(run),
    removeEventListener: (_: string, run: () => void) => watching.delete(run),
  }
  turnTo = (state) => {
    document.visibilityState = state
    for (const run of watching) run()
  }
  Object.assign(globalThis, { EventSource: Line, document })
  globalThis.fetch = async () => new Response('{}', { status: 200 })
  queries = new QueryClient({ defaultOptions: { queries: { staleTime: 15_000 } } })
  read = []
  for (const name of ['monitoring.list_mentions', 'response.get_overview', 'delivery.list_notices'])
    new QueryObserver(queries, {
      queryKey: [name.split('.')[0], name, {}],
      queryFn: async () => {
        read.push(name)
        return name
      },
    }).subscribe(() => undefined)
  close = openStream(queries)
  await settle()
  read.length = 0
})
afterEach(() => {
  close()
  queries.clear()
  mock.timers.reset()
  mock.restoreAll()
})

test('news of mentions read the lists and the overview again, not the bell, once a pace', async () => {
  const [line] = Line.lines
  for (let turn = 0; turn < 4; turn++) {
    line?.say({ topic: 'monitoring.mention', units: [3], count: 5, severity: 1, ids: [], every: 1000 })
    await pass(250)
  }
  await pass(400)
  assert.deepEqual(read, [
    'monitoring.list_mentions',
    'response.get_overview',
    'monitoring.list_mentions',
    'response.get_overview',
  ])
  line?.say({ topic: 'delivery.notice' })
  await pass(300)
  assert.equal(read.at(-1), 'delivery.list_notices')
})

test('a page that nobody looks at asks nothing until it is shown', async () => {
  turnTo('hidden')
  for (let turn = 0; turn < 20; turn++) {
    Line.lines[0]?.say({ topic: 'monitoring.mention', units: [3], count: 1 })
    await pass(500)
  }
  assert.deepEqual(read, [])
  turnTo('visible')
  await pass(300)
  assert.deepEqual(read.sort(), ['monitoring.list_mentions', 'response.get_overview'])
})

test('what no page shows is not read, but not believed later either', async () => {
  queries.setQueryData(['monitoring', 'monitoring.count_mentions', {}], { count: 1 })
  queries.setQueryData(['response', 'response.get_case', { id: 1 }], { case: 1 })
  Line.lines[0]?.say({ topic: 'monitoring.mention', units: [3], count: 1 })
  await pass(2000)
  assert.equal(read.includes('monitoring.count_mentions'), false)
  assert.equal(queries.getQueryState(['monitoring', 'monitoring.count_mentions', {}])?.isInvalidated, true)
  assert.equal(queries.getQueryState(['response', 'response.get_case', { id: 1 }])?.isInvalidated, false)
})

test('a lost line is opened again, later each time, and everything is read once', async () => {
  Line.lines[0]?.onerror?.()
  assert.equal(Line.lines[0]?.closed, true)
  await pass(950)
  assert.equal(Line.lines.length, 1)
  await pass(100)
  assert.equal(Line.lines.length, 2)
  Line.lines[1]?.onerror?.()
  await pass(1950)
  assert.equal(Line.lines.length, 2)
  await pass(100)
  Line.lines[2]?.onopen?.()
  Line.lines[2]?.say({ topic: 'hello' })
  await pass(10_000)
  assert.deepEqual(read.sort(), ['delivery.list_notices', 'monitoring.list_mentions', 'response.get_overview'])
})

test('other rights are told at once to everything that is shown; words that make no sense are passed over', async () => {
  const heard: StreamEvent[] = []
  const end = onStream((event) => heard.push(event))
  Line.lines[0]?.onmessage?.({ data: 'not json' })
  Line.lines[0]?.say({ news: 1 })
  Line.lines[0]?.say({ topic: 'access.me', every: 1000 })
  await pass(100)
  end()
  assert.deepEqual(heard, [{ topic: 'access.me', every: 1000 }])
  assert.equal(read.length, 3)
})

test('a closed stream stays closed', async () => {
  close()
  Line.lines[0]?.onerror?.()
  await pass(60_000)
  assert.equal(Line.lines.length, 1)
})
