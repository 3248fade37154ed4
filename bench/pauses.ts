import { fork } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
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
  // Made beforehand, and answers are thrown away: what the sender does is not to be measured.
  const send = async (path: string, body: string, headers: Readonly<Record<string, string>>, wanted: number) => {
    const reply = await request(`${house.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    })
    await reply.body.dump({ limit: 64 * 1024 * 1024 })
    if (reply.statusCode !== wanted) throw new Error(`${path}: ${reply.statusCode}`)
  }
  const askOf = (name: string, input: object, wanted = 200) => {
    const body = JSON.stringify(input)
    return () => send(`/api/${name}`, body, { authorization: `Bearer ${publicity.token}` }, wanted)
  }
  const csv = (count: number, text: string) =>
    Buffer.from(`作者,标题,时间,正文\n${times(count, (at) => `路人${at},杭州衡川医院${at}号收费,2026-11-20 08:00,"${text}"\n`)}`)
      .subarray(0, 10_400_000)
      .toString('base64')
  yield* waits('file', duty, askOf('monitoring.read_file', { base64: csv(24_000, '退费拖了很久'.repeat(18)) }))
  yield* waits('file.rows', duty, askOf('monitoring.read_file', { base64: csv(130_000, '退费') }, 422))
  const zeros = (count: number) => Array.from({ length: count }, (_, at) => at % 10)
  const items = Array.from({ length: 1_000 }, (_, at) => ({
    id: `large-${at}`,
    text: `杭州衡川医院${at} ${'收费'.repeat(2_500)}`,
  }))
  const odd = (count: number) => ({ items: [{ text: '杭州衡川医院', many: zeros(count) }] })
  yield* waits('items', duty, askOf('monitoring.try_items', { items }))
  yield* waits('items.values', duty, askOf('monitoring.try_items', odd(99_000)))
  yield* waits('items.more_values', duty, askOf('monitoring.try_items', odd(5_000_000), 422))
  const source = await publicity('monitoring.save_source', { name: '测量 推送', kind: 'webhook', platform: 'weibo', unitId })
  const { id, webhookSecret } = source as { id: number; webhookSecret: string }
  const push = (body: string, wanted: number) => {
    const stamp = String(Math.floor(Date.now() / 1000))
    const signature = createHmac('sha256', webhookSecret).update(`${stamp}.${body}`).digest('hex')
    return () => send(`/intake/${id}`, body, { 'x-anlan-timestamp': stamp, 'x-anlan-signature': `sha256=${signature}` }, wanted)
  }
  yield* waits('webhook.values', duty, push(JSON.stringify(odd(190_000).items), 200))
  yield* waits('webhook.brackets', duty, push('['.repeat(16_000_000), 422))
}

/** One person asks every 20 ms while the work is done, from a process of their own. */
async function* waits(name: string, { url, token }: Ask, work: () => Promise<unknown>): AsyncGenerator<Row> {
  const watcher = fork(new URL('pause-watch.ts', import.meta.url), [url, token, String(everyMs)], { execArgv: [] })
  await once(watcher, 'message')
  let fault = ''
  await work().catch((error: unknown) => {
    fault = String(error).slice(0, 120)
  })
  watcher.send('end')
  const [samples] = (await once(watcher, 'message')) as [number[]]
  const against = fault || `${samples.length} asks, one every ${everyMs} ms`
  yield { name: `pause.${name}.longest`, value: round(Math.max(...samples), 1), unit: 'ms', against, bar: '< 100' }
  yield { name: `pause.${name}.p95`, value: round(quantile(samples, 0.95), 1), unit: 'ms' }
}
