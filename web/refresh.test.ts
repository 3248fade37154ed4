import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openRefresher, type Reading } from './refresh.ts'
import { isTouched, type StreamEvent } from './touch.ts'

/** A page on a clock of its own: what it shows, how long reading takes, and when what was read. */
function openPage(random = () => 0) {
  let clock = 0
  let timers: { at: number; run: () => void }[] = []
  let hidden = false
  const reads: [at: number, name: string][] = []
  const shown = new Map<string, Reading>()
  const world = { takesMs: 20, fails: false, busy: false }
  const after = (ms: number, run: () => void) => {
    const timer = { at: clock + ms, run }
    timers.push(timer)
    return () => {
      timers = timers.filter((one) => one !== timer)
    }
  }
  const refresher = openRefresher({
    now: () => clock,
    after,
    random,
    hidden: () => hidden,
    readings: () => [...shown.values()],
  })
  return {
    refresher,
    world,
    reads,
    show(name: string, more: Partial<Reading> & { input?: object } = {}) {
      shown.set(name + JSON.stringify(more.input ?? {}), {
        id: name + JSON.stringify(more.input ?? {}),
        name,
        input: {},
        readAt: 0,
        busy: () => world.busy,
        read: () =>
          new Promise((done) => {
            reads.push([clock, name])
            after(world.takesMs, () => done(!world.fails))
          }),
        ...more,
      })
      refresher.plan()
    },
    hide(value: boolean) {
      hidden = value
      refresher.look()
    },
    count: (name: string) => reads.filter(([, one]) => one === name).length,
    /** Lets time pass, in order, with all that hangs on it. */
    async pass(ms: number) {
      const end = clock + ms
      for (;;) {
        await new Promise((done) => setImmediate(done))
        const [next] = timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (!next) break
        timers = timers.filter((one) => one !== next)
        clock = Math.max(clock, next.at)
        next.run()
      }
      clock = end
    },
  }
}

const mention: StreamEvent = { topic: 'monitoring.mention', units: [7], count: 3, severity: 2, ids: [] }

test('news read again what shows them and nothing else', async () => {
  const page = openPage()
  page.show('monitoring.list_mentions')
  page.show('response.list_cases')
  page.show('delivery.list_notices')
  page.refresher.hear(mention)
  await page.pass(100)
  assert.deepEqual(page.reads, [[0, 'monitoring.list_mentions']])
  page.refresher.hear({ topic: 'delivery.notice' })
  await page.pass(100)
  assert.equal(page.count('delivery.list_notices'), 1)
  assert.equal(page.count('response.list_cases'), 0)
})

test('a flood of news is read once a pace, each read ends before the next begins, and the last news are read too', async () => {
  const page = openPage()
  page.show('monitoring.list_mentions')
  for (let at = 0; at < 100; at++) {
    page.refresher.hear({ ...mention, every: 2000 })
    await page.pass(100)
  }
  await page.pass(10_000)
  const times = page.reads.map(([at]) => at)
  assert.deepEqual(times, [0, 2000, 4000, 6000, 8000, 10_000])
})

test('news that come while a thing is read are read afterwards, and a read that somebody else began does not count', async () => {
  const page = openPage()
  page.world.takesMs = 800
  page.show('monitoring.list_mentions')
  page.refresher.hear(mention)
  await page.pass(200)
  page.refresher.hear(mention)
  await page.pass(5000)
  assert.deepEqual(
    page.reads.map(([at]) => at),
    [0, 1600],
    'after twice as long as it took',
  )
  page.world.busy = true
  page.refresher.hear(mention)
  await page.pass(1000)
  assert.equal(page.reads.length, 2)
  page.world.busy = false
  await page.pass(200)
  assert.equal(page.reads.length, 3)
})

test('a hidden page reads nothing, however much comes; shown again it reads once what was touched', async () => {
  const page = openPage()
  page.show('monitoring.list_mentions')
  page.show('response.list_cases')
  page.show('response.get_overview', { everyMs: 60_000 })
  page.hide(true)
  for (let at = 0; at < 50; at++) {
    page.refresher.hear(mention)
    await page.pass(10_000)
  }
  assert.equal(page.reads.length, 0)
  page.hide(false)
  await page.pass(10)
  assert.deepEqual(page.reads.map(([, name]) => name).sort(), ['monitoring.list_mentions', 'response.get_overview'])
})

test('the pace follows the server, what reading takes, how much there is to read, and failures', async () => {
  const gap = async (prepare: (page: ReturnType<typeof openPage>) => void, event: StreamEvent = mention, pages = 1) => {
    const page = openPage()
    prepare(page)
    page.show('monitoring.list_mentions', { pages })
    page.refresher.hear(event)
    await page.pass(1)
    for (let at = 0; at < 400 && page.reads.length < 2; at++) {
      await page.pass(100)
      page.refresher.hear(event)
    }
    return (page.reads[1]?.[0] ?? 0) - (page.reads[0]?.[0] ?? 0)
  }
  const none = () => undefined
  assert.equal(await gap(none), 1000)
  assert.equal(await gap(none, { ...mention, every: 7000 }), 7000)
  assert.equal(await gap(none, mention, 4), 4000)
  assert.equal(
    await gap(({ world }) => {
      world.takesMs = 2500
    }),
    5000,
  )
  assert.equal(
    await gap(({ world }) => {
      world.fails = true
    }),
    2000,
  )
})

test('pages spread: what all are told at once they do not read at once, nor when all come back', async () => {
  const first = async (random: number, tell: (page: ReturnType<typeof openPage>) => void) => {
    const page = openPage(() => random)
    page.show('monitoring.list_mentions')
    tell(page)
    await page.pass(10_000)
    assert.equal(page.reads.length, 1)
    return page.reads[0]?.[0]
  }
  const told = (page: ReturnType<typeof openPage>) => page.refresher.hear({ ...mention, every: 1000 })
  assert.deepEqual([await first(0, told), await first(0.5, told), await first(0.99, told)], [0, 100, 198])
  const back = (page: ReturnType<typeof openPage>) => page.refresher.again()
  assert.deepEqual([await first(0, back), await first(0.5, back)], [0, 2000])
})

test('what time alone changes is read at its age, and only by a page that is looked at', async () => {
  const page = openPage()
  page.show('response.get_overview', { everyMs: 60_000 })
  await page.pass(185_000)
  assert.equal(page.reads.length, 3)
  page.refresher.close()
  await page.pass(600_000)
  assert.equal(page.reads.length, 3)
})

test('news touch a filter only where they can lie within it', () => {
  const places = [
    { id: 1, kind: 'headquarters', branchId: 1, regionId: 1 },
    { id: 2, kind: 'region', branchId: 2, regionId: 2 },
    { id: 3, kind: 'region', branchId: 3, regionId: 3 },
    { id: 7, kind: 'branch', branchId: 7, regionId: 2 },
    { id: 9, kind: 'department', branchId: 7, regionId: 2 },
  ]
  const list = (input: object, event: StreamEvent = mention) => isTouched(event, 'monitoring.list_mentions', input, places)
  const cases: [boolean, object][] = [
    [true, {}],
    [true, { unitId: 7 }],
    [true, { unitId: 9 }],
    [true, { unitId: 2 }],
    [true, { unitId: 1 }],
    [false, { unitId: 3 }],
    [true, { unitId: 99 }],
    [true, { minSeverity: 2 }],
    [false, { minSeverity: 3 }],
  ]
  for (const [expected, input] of cases) assert.equal(list(input), expected, JSON.stringify(input))
  assert.equal(list({ unitId: 3 }, { topic: 'monitoring.mention' }), true, 'in doubt it is touched')
  assert.equal(list({ minSeverity: 4 }, { topic: 'monitoring.mention', units: [7] }), true)
  const one = (id: number, event: StreamEvent) => isTouched(event, 'response.get_case', { id })
  assert.equal(one(14, { topic: 'response.case', ids: [14] }), true)
  assert.equal(one(14, { topic: 'response.case', ids: [15] }), false)
  assert.equal(one(14, { topic: 'response.case' }), true)
  assert.equal(one(14, mention), false)
  for (const name of ['access.me', 'response.get_case', 'privacy.list_trail'])
    assert.equal(isTouched({ topic: 'access.grant' }, name, {}), true, 'a change of grants may change anything')
})
