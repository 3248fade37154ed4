import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { type Ask, type ServedHouse, serveHouse } from './house.ts'
import { quantile, type Row, round } from './row.ts'

const pollSeconds = 10

/** First and second start, killed and started again, one read under twenty clients, and the way of a post to an open page. */
export async function* benchServed(): AsyncGenerator<Row> {
  const feed = await openFeed()
  let house: ServedHouse | null = null
  try {
    house = await serveHouse({ ANLAN_FETCH_PRIVATE: `127.0.0.1:${feed.port}` })
    yield { name: 'start.first', value: round(house.startSeconds), unit: 's', bar: '< 15' }
    await house.stop()
    house = await house.restart()
    yield { name: 'start.again', value: round(house.startSeconds), unit: 's', bar: '< 4' }
    await house.stop('SIGKILL')
    house = await house.restart()
    yield { name: 'start.after_kill', value: round(house.startSeconds), unit: 's', bar: '< 4' }
    yield* benchReads(house)
    yield* benchAlert(house, feed)
  } finally {
    await feed.close()
    await house?.stop()
    await house?.remove()
  }
}

async function* benchReads(house: ServedHouse): AsyncGenerator<Row> {
  const logins = ['hangzhou.duty', 'guangzhou.duty', 'east.coordinator', 'hq.publicity']
  const asks = await Promise.all(logins.map((login) => house.signIn(login)))
  for (const [name, input] of [
    ['monitoring.list_mentions', { limit: 20 }],
    ['response.list_cases', { limit: 20 }],
  ] as const) {
    await load(asks, name, input, 1500)
    const { samples, seconds } = await load(asks, name, input, 8000)
    const against = '20 clients, trail included'
    yield { name: `read.${name}.p50`, value: round(quantile(samples, 0.5)), unit: 'ms', against }
    yield { name: `read.${name}.p95`, value: round(quantile(samples, 0.95)), unit: 'ms', against, bar: '< 40' }
    yield { name: `read.${name}.rate`, value: Math.round(samples.length / seconds), unit: '1/s', against }
  }
}

/** Twenty clients, each asking again as soon as it is answered. */
async function load(asks: readonly Ask[], name: string, input: object, forMs: number) {
  const samples: number[] = []
  const started = performance.now()
  const one = async (ask: Ask) => {
    while (performance.now() - started < forMs) {
      const from = performance.now()
      await ask(name, input)
      samples.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, at) => one(asks[at % asks.length] as Ask)))
  return { samples, seconds: (performance.now() - started) / 1000 }
}

interface Unit {
  readonly id: number
  readonly code: string
}

async function* benchAlert(house: ServedHouse, feed: Awaited<ReturnType<typeof openFeed>>): AsyncGenerator<Row> {
  const publicity = await house.signIn('hq.publicity')
  const duty = await house.signIn('hefei.duty')
  const units = (await publicity('access.list_units')) as Unit[]
  const unit = units.find(({ code }) => code === 'hq')
  await publicity('monitoring.save_source', {
    name: '测量用来源',
    kind: 'feed',
    url: feed.url,
    platform: 'heimao',
    unitId: unit?.id,
    intervalSeconds: pollSeconds,
  })
  const news = listen(house.url, duty.token)
  const waits: number[] = []
  const alerts = async () => {
    const { cases } = (await duty('response.list_cases', { limit: 50 })) as { cases: { alerts: number }[] }
    return cases.reduce((sum, one) => sum + one.alerts, 0)
  }
  for (let turn = 0; turn < 12; turn++) {
    await sleep(500 + ((turn * 3571) % 4000))
    const before = await alerts()
    const published = performance.now()
    feed.publish(turn)
    const until = published + 60_000
    while (performance.now() < until) {
      await news.next()
      if ((await alerts()) > before) break
    }
    waits.push((performance.now() - published) / 1000)
  }
  news.close()
  const against = `poll interval ${pollSeconds} s, ${waits.length} posts`
  yield { name: 'alert.feed_to_page.p50', value: round(quantile(waits, 0.5)), unit: 's', against }
  yield { name: 'alert.feed_to_page.p95', value: round(quantile(waits, 0.95)), unit: 's', against, bar: `< ${pollSeconds + 5}` }
}

/** An open page: the stream of news, one `next` for each event (or after two seconds, should one be missed). */
function listen(url: string, token: string) {
  const ending = new AbortController()
  let wake: () => void = () => undefined
  void (async () => {
    const reply = await request(`${url}/api/stream`, { headers: { authorization: `Bearer ${token}` }, signal: ending.signal })
    for await (const chunk of reply.body as AsyncIterable<Buffer>) if (chunk.toString().includes('response.')) wake()
  })().catch(() => undefined)
  return {
    next: () =>
      Promise.race([
        new Promise<void>((done) => {
          wake = done
        }),
        sleep(2000),
      ]),
    close: () => ending.abort(),
  }
}

async function openFeed() {
  const items: string[] = []
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/rss+xml' })
    response.end(`<rss version="2.0"><channel><title>t</title>${items.join('')}</channel></rss>`)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}/feed.xml`,
    publish(turn: number) {
      const text = `合肥衡川医院滨湖院区第${turn}次多收我家检查费${137 + turn * 11}元,收费处和医保办互相推诿,没有人解释,要求退费并书面答复,不处理就找媒体曝光。`
      items.unshift(
        `<item><guid>bench-${turn}</guid><title>合肥衡川医院乱收费${turn}</title><description>${text}</description><pubDate>${new Date().toUTCString()}</pubDate></item>`,
      )
    },
    close: () => new Promise<void>((done) => server.close(() => done())),
  }
}
