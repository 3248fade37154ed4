import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Ask, type ServedHouse, serveHouse } from './house.ts'
import { quantile, type Row, round } from './row.ts'

const everyMs = 20
const watchMs = 8000

const times = (count: number, make: (at: number) => string) => Array.from({ length: count }, (_, at) => make(at)).join('')
const rss = (inside: string) => `<rss><channel>${inside}`
const declared = (count: number) => times(count, (at) => ` xmlns:p${at}="u${at}"`)

/** What a hostile site may answer with. */
const feeds: Readonly<Record<string, () => string>> = {
  namespaces: () => rss(times(20, () => `<d${declared(250)}>`) + '<a xmlns:b="c"/>'.repeat(2000)),
  'namespaces.deep': () => rss(times(100, () => `<d${declared(250)}>`) + '<a xmlns:b="c"/>'.repeat(2000)),
  elements: () => rss(`<item>${'<a/>'.repeat(2_400_000)}</item>`),
  brackets: () => '['.repeat(5_000_000),
  angles: () => '<'.repeat(5_000_000),
  categories: () => rss(`<item>${times(300_000, (at) => `<category>c${at}</category>`)}</item>`),
  items: () => rss(times(150_000, (at) => `<item><guid>${at}</guid><title>衡川医院${at}</title></item>`)),
}

/** The longest that a person waits for an answer while each hostile input is taken in. */
export async function* benchPauses(): AsyncGenerator<Row> {
  // Made beforehand: the one who asks shares this process, and must not wait for what it serves.
  const bodies = new Map(Object.entries(feeds).map(([name, make]) => [`/${name}.xml`, Buffer.from(make())]))
  const site = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'application/rss+xml' })
    response.end(bodies.get(request.url ?? ''))
  })
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
  const { port } = site.address() as AddressInfo
  const house = await serveHouse({ ANLAN_FETCH_PRIVATE: `127.0.0.1:${port}` })
  try {
    const publicity = await house.signIn('hq.publicity')
    const duty = await house.signIn('hangzhou.duty')
    const units = (await publicity('access.list_units')) as { id: number; code: string }[]
    const unitId = units.find(({ code }) => code === 'hq')?.id
    yield* waits('quiet', duty, () => sleep(2000))
    for (const name of Object.keys(feeds)) {
      const source = { name: `测量 ${name}`, kind: 'feed', url: `http://127.0.0.1:${port}/${name}.xml`, platform: 'web', unitId }
      yield* waits(`feed.${name}`, duty, async () => {
        await publicity('monitoring.save_source', { ...source, intervalSeconds: 3600 })
        await sleep(watchMs)
      })
    }
    yield* benchTrial(house, publicity, duty)
    yield* benchLarge(house, publicity, duty, unitId)
  } finally {
    site.close()
    await house.stop()
    await house.remove()
  }
}

/** Sixty posts of 99,000 characters that anybody may write, and a rule that wants all pairs of what stands in them. */
async function* benchTrial(house: ServedHouse, publicity: Ask, duty: Ask): AsyncGenerator<Row> {
  const lead = await house.signIn('hangzhou.lead')
  const items = Array.from({ length: 60 }, (_, at) => ({
    id: `pause-${at}`,
    platform: 'forum',
    text: `杭州衡川医院${at}收费 ${'aab'.repeat(32_900)}`,
  }))
  yield* waits('posts', duty, async () => {
    for (let from = 0; from < items.length; from += 10)
      await publicity('monitoring.take_in', { items: items.slice(from, from + 10) })
  })
  const expression = 'NEAR/200((a OR aa OR aab OR aaba OR ab) (b OR ba OR baa OR bb))'
  yield* waits('trial', duty, () => lead('monitoring.check_rule', { expression, days: 30 }))
}

/** The largest that whoever may bring items in can send: files, items, and what a webhook that knows its secret brings. */
async function* benchLarge(house: ServedHouse, publicity: Ask, duty: Ask, unitId: number | undefined): AsyncGenerator<Row> {
  const line = (at: number) => `路人${at},杭州衡川医院${at}号收费,2026-11-20 08:00,"退费拖了${at}天"\n`
  const base64 = Buffer.from(`作者,标题,时间,正文\n${times(130_000, line)}`)
    .subarray(0, 10_400_000)
    .toString('base64')
  yield* waits('file', duty, () => publicity('monitoring.read_file', { base64 }))
  const many = Array.from({ length: 900_000 }, (_, at) => at % 10)
  const items = Array.from({ length: 1_000 }, (_, at) => ({
    id: `large-${at}`,
    text: `杭州衡川医院${at} ${'收费'.repeat(2_500)}`,
  }))
  yield* waits('items', duty, () => publicity('monitoring.try_items', { items }))
  yield* waits('items.values', duty, () => publicity('monitoring.try_items', { items: [{ text: '杭州衡川医院', many }] }))
  const source = await publicity('monitoring.save_source', { name: '测量 推送', kind: 'webhook', platform: 'weibo', unitId })
  const { id, webhookSecret } = source as { id: number; webhookSecret: string }
  const push = async (body: string) => {
    const stamp = String(Math.floor(Date.now() / 1000))
    const signature = createHmac('sha256', webhookSecret).update(`${stamp}.${body}`).digest('hex')
    const headers = { 'x-anlan-timestamp': stamp, 'x-anlan-signature': `sha256=${signature}`, 'content-type': 'application/json' }
    await (await fetch(`${house.url}/intake/${id}`, { method: 'POST', headers, body })).text()
  }
  const values = JSON.stringify([{ text: '杭州衡川医院', many }])
  const brackets = '['.repeat(16_000_000)
  yield* waits('webhook.values', duty, () => push(values))
  yield* waits('webhook.brackets', duty, () => push(brackets))
}

/** One person asks every 20 ms while the work is done. */
async function* waits(name: string, ask: Ask, work: () => Promise<unknown>): AsyncGenerator<Row> {
  const samples: number[] = []
  const asked: Promise<void>[] = []
  const one = async () => {
    const from = performance.now()
    await ask('access.me')
    samples.push(performance.now() - from)
  }
  let fault = ''
  const done = work().catch((error: unknown) => {
    fault = String(error).slice(0, 120)
  })
  const timer = setInterval(() => asked.push(one().catch(() => undefined)), everyMs)
  await done
  clearInterval(timer)
  await Promise.all(asked)
  const against = fault || `${samples.length} asks, one every ${everyMs} ms`
  yield { name: `pause.${name}.longest`, value: round(Math.max(...samples), 1), unit: 'ms', against, bar: '< 100' }
  yield { name: `pause.${name}.p95`, value: round(quantile(samples, 0.95), 1), unit: 'ms' }
}
