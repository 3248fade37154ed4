import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import type { Walk } from './house.ts'

/** Systems of others, on loopback: a site with a feed, a receiver of events, a mail server. They count what they get. */
export async function openOthers() {
  const entries: { id: string; text: string }[] = []
  const events = new Map<string, number>()
  const mails = new Map<string, number>()
  const site = createServer((_request, reply) => {
    const items = entries
      .map(
        ({ id, text }) => `<item><guid>${id}</guid><title>${text.slice(0, 30)}</title><description>${text}</description></item>`,
      )
      .join('')
    reply.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8' })
    reply.end(`<rss version="2.0"><channel><title>walk</title>${items}</channel></rss>`)
  }).listen(0, '127.0.0.1')
  const receiver = createServer((request, reply) => {
    const key = String(request.headers['idempotency-key'])
    request.resume().on('end', () => {
      events.set(key, (events.get(key) ?? 0) + 1)
      reply.end()
    })
  }).listen(0, '127.0.0.1')
  const post = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let text = ''
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
      stream.on('end', () => {
        const key = /x-anlan-key: ([0-9a-f-]{36})/i.exec(text)?.[1] ?? ''
        mails.set(key, (mails.get(key) ?? 0) + 1)
        done()
      })
    },
  })
  post.on('error', () => undefined)
  post.listen(0, '127.0.0.1')
  await Promise.all([once(site), once(receiver), once(post.server)])
  const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port
  return {
    entries,
    events,
    mails,
    ports: { feedPort: port(site), hookPort: port(receiver), mailPort: port(post.server) },
    close() {
      site.close()
      site.closeAllConnections()
      receiver.close()
      receiver.closeAllConnections()
      post.close(() => undefined)
    },
  }
}

const once = (server: { once(event: 'listening', done: () => void): unknown; listening?: boolean }) =>
  server.listening ? undefined : new Promise<void>((done) => server.once('listening', done))

export type Others = Awaited<ReturnType<typeof openOthers>>

/** What was promised to somebody, to be looked for afterwards. */
export interface Promised {
  /** Marks of items that were acknowledged as taken in, or that stand in the feed. */
  readonly items: Set<string>
  /** Changes that were answered with 200: the ask and the case. */
  readonly changes: { ask: string; caseId: number; person: string }[]
}

/** Sets the scene: sources, a rule that makes every item severe, short clocks, a webhook at headquarters. */
export async function setScene(walk: Walk, others: Others): Promise<{ hookSource: number; secret: string }> {
  const { feedPort, hookPort } = others.ports
  const [hq] = await walk.ask<{ id: number }>(`select id from access.unit where kind = 'headquarters'`)
  const top = hq?.id
  await walk.ask(`update response.clock_policy set acknowledge_seconds = 15, answer_seconds = 60`)
  await walk.ask(
    `insert into monitoring.rule (name, expression, branch_id, region_id, severity_floor) values ('乱收费', '乱收费', $1, $1, 3)`,
    [top],
  )
  await walk.ask(
    `insert into monitoring.source (name, kind, url, platform, branch_id, region_id, interval_seconds, next_fetch_at)
     values ('walk', 'feed', $2, 'news', $1, $1, 2, now())`,
    [top, `http://127.0.0.1:${feedPort}/feed.xml`],
  )
  const [source] = await walk.ask<{ id: number }>(
    `insert into monitoring.source (name, kind, platform, branch_id, region_id, interval_seconds)
     values ('walk in', 'webhook', 'weibo', $1, $1, 60) returning id`,
    [top],
  )
  const secret = 'walk-secret-walk-secret-walk-secret-1'
  await walk.ask(`insert into monitoring.source_secret (source_id, branch_id, region_id, secret) values ($1, $2, $2, $3)`, [
    source?.id,
    top,
    secret,
  ])
  await walk.ask(
    `insert into delivery.webhook (name, url, secret, min_severity, branch_id, region_id) values ('walk', $2, $3, 0, $1, $1)`,
    [top, `http://127.0.0.1:${hookPort}/`, secret],
  )
  return { hookSource: source?.id ?? 0, secret }
}

const places = ['杭州衡川医院', '宁波衡川医院', '广州衡川医院']
const streets = ['文化路', '人民路', '解放路', '中山路', '建设路', '和平路', '新华路', '朝阳路']

const item = (channel: string, n: number, pick: () => number) => {
  const place = places[Math.floor(pick() * places.length)] ?? places[0]
  const street = streets[Math.floor(pick() * streets.length)]
  const mark = `W${channel}${n}W`
  const text = `${place}${street}门诊乱收费，${mark}单据多收了${100 + n}元，投诉没人管，太黑了，要曝光！`
  return { id: `walk-${mark}`, mark, text }
}

/** Brings items in by all ways, and works on cases as people do, until told to end. Whatever fails is tried again. */
export function startLoad(walk: Walk, others: Others, scene: { hookSource: number; secret: string }, pick: () => number) {
  const promised: Promised = { items: new Set(), changes: [] }
  let going = true
  const tokens = new Map<string, string>()

  const post = (path: string, body: string, headers: Record<string, string>) =>
    fetch(`${walk.url}${path}`, { method: 'POST', body, headers, signal: AbortSignal.timeout(8_000) })

  async function call(login: string, name: string, input: unknown): Promise<Response> {
    let token = tokens.get(login)
    if (!token) {
      const body = JSON.stringify({ login, password: walk.password })
      const reply = await post('/api/access.sign_in', body, { 'content-type': 'application/json', 'x-anlan-csrf': '1' })
      token = /anlan_session=([^;]+)/.exec(reply.headers.get('set-cookie') ?? '')?.[1]
      if (!token) throw new Error('not signed in')
      tokens.set(login, token)
    }
    return post(`/api/${name}`, JSON.stringify(input), { 'content-type': 'application/json', authorization: `Bearer ${token}` })
  }

  async function repeat(everyMs: number, step: () => Promise<void>): Promise<void> {
    while (going) {
      await step().catch(() => undefined)
      await sleep(everyMs)
    }
  }
  /** Until it is acknowledged: the same item again and again, as a sender does who got no answer. */
  async function insist(mark: string, send: () => Promise<boolean>): Promise<void> {
    while (!(await send().catch(() => false))) {
      // Nobody waits for ever: what was never acknowledged was never promised.
      if (!going) return
      await sleep(200)
    }
    promised.items.add(mark)
  }

  let [inFeed, inHook, inAsk] = [0, 0, 0]
  const loops = [
    repeat(700, async () => {
      const { id, mark, text } = item('F', inFeed++, pick)
      others.entries.push({ id, text })
      promised.items.add(mark)
      if (others.entries.length > 400) await sleep(1_000)
    }),
    repeat(150, async () => {
      const { id, mark, text } = item('H', inHook++, pick)
      const body = JSON.stringify([
        { id, platform: 'weibo', kind: 'post', author: '路人', text, published_at: new Date().toISOString() },
      ])
      await insist(mark, async () => {
        const stamp = String(Math.floor(Date.now() / 1000))
        const signature = createHmac('sha256', scene.secret).update(`${stamp}.${body}`).digest('hex')
        const reply = await post(`/intake/${scene.hookSource}`, body, {
          'content-type': 'application/json',
          'x-anlan-timestamp': stamp,
          'x-anlan-signature': `sha256=${signature}`,
        })
        return reply.ok
      })
    }),
    repeat(400, async () => {
      const { id, mark, text } = item('A', inAsk++, pick)
      const items = [{ id, platform: 'news', kind: 'article', author: '路人', text, published_at: new Date().toISOString() }]
      await insist(mark, async () => (await call('hq.publicity', 'monitoring.take_in', { items })).ok)
    }),
    ...['hangzhou.duty', 'ningbo.duty', 'east.coordinator', 'hq.publicity'].map((login) =>
      repeat(600, async () => {
        const reply = await call(login, 'response.list_cases', { active: true, limit: 20 })
        if (!reply.ok) return
        const { cases } = (await reply.json()) as { cases: { id: number; abilities: Record<string, boolean> }[] }
        const one = cases[Math.floor(pick() * cases.length)]
        if (!one) return
        const acts: [string, string, object][] = [
          ['acknowledge', 'response.acknowledge_case', {}],
          ['take', 'response.take_case', {}],
          ['answer', 'response.answer_case', { text: '已答复', channel: '' }],
          ['close', 'response.close_case', { outcome: 'explained', text: '已说明' }],
        ]
        const can = acts.filter(([ability]) => one.abilities[ability])
        const act = can[Math.floor(pick() * can.length)]
        if (!act) return
        const done = await call(login, act[1], { id: one.id, ...act[2] })
        if (done.ok) promised.changes.push({ ask: act[1], caseId: one.id, person: login })
      }),
    ),
    // Receivers' rates are not what is walked here.
    repeat(250, async () => void (await walk.ask(`update delivery.bucket set tokens = 60, refilled_at = now()`))),
  ]
  return {
    promised,
    async end(): Promise<void> {
      going = false
      await Promise.all(loops)
    },
  }
}
