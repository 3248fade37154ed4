import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type EventEmitter, once } from 'node:events'
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { openLog } from '../base/log.ts'
import type { Counted } from '../base/metrics.ts'
import { monitoring } from '../monitoring/contract.ts'
import { buildServer } from '../server.ts'
import type { BackDoor } from './forward.ts'

const key = 'k'.repeat(64)
const agent = new Agent({ keepAlive: true })
let door: BackDoor | null = null
let hear: (counted: Counted) => void = () => undefined
const back = {
  find: () => door,
  onCounted(listener: typeof hear) {
    hear = listener
  },
}
const house = await openHouse({ back, trust: { hops: 1 }, metricsToken: 'm'.repeat(16) })
const behind = await buildServer({
  ...{ db: house.db, log: openLog('silent'), stream: null, trust: { hops: 1 } },
  behind: { key, tell: (counted) => hear(counted) },
})
await behind.listen({ host: '127.0.0.1', port: 0 })
await house.app.listen({ host: '127.0.0.1', port: 0 })
const portOf = ({ server }: typeof behind) => (server.address() as AddressInfo).port
const opened = { port: portOf(behind), key, agent }
after(async () => {
  agent.destroy()
  await behind.close()
})

const json = { 'content-type': 'application/json', 'x-anlan-csrf': '1', 'x-forwarded-for': '203.0.113.7' }
const publicity = async () => ({ ...json, authorization: `Bearer ${await house.token('hq.publicity')}` })

function open(path: string, headers: Record<string, string>, port = portOf(house.app)): ClientRequest {
  const asking = httpRequest({ port, method: 'POST', path, agent: false, headers })
  asking.on('error', () => undefined)
  return asking
}

async function send(path: string, body: string, headers: Record<string, string>, port?: number) {
  const asking = open(path, headers, port)
  asking.end(body)
  const [reply] = (await once(asking, 'response')) as [IncomingMessage]
  let text = ''
  for await (const chunk of reply.setEncoding('utf8')) text += chunk
  return { status: reply.statusCode, headers: reply.headers, body: JSON.parse(text) }
}

/** Unlike `once`, it does not mind the error before. */
const closed = (one: EventEmitter) => new Promise((done) => one.once('close', done))

const item = { id: 'f-1', text: '杭州衡川医院收费' }

test('while nobody is behind, what is large is refused as busy and everything else answered', async () => {
  const refused = await send('/api/monitoring.try_items', JSON.stringify({ items: [item] }), await publicity())
  assert.deepEqual([refused.status, refused.body.error.code], [503, 'busy'])
  assert.equal((await send('/api/access.me', '{}', await publicity())).status, 200)
  door = opened
})

test('what is large is answered from behind as it would be in front, large answers too, in the name of who asked from where', async () => {
  const before = await behindAsked()
  const items = Array.from({ length: 800 }, (_, at) => ({ id: `f-${at}`, text: `杭州衡川医院${at}${'收费'.repeat(400)}` }))
  const { status, headers, body } = await send('/api/monitoring.try_items', JSON.stringify({ items }), await publicity())
  assert.equal(status, 200)
  assert.equal(body.read, 800)
  assert.equal(headers['cache-control'], 'no-store')
  assert.ok(headers['content-security-policy'])
  const base64 = Buffer.from(`作者,正文\n${'路人,退费拖了很久\n'.repeat(20_000)}`).toString('base64')
  const file = await send('/api/monitoring.read_file', JSON.stringify({ base64 }), await publicity())
  assert.deepEqual([file.status, file.body.rows.length], [200, 20_000])
  assert.equal((await behindAsked()) - before, 2)
  const [row] = await house.admin(
    `select address, outcome from privacy.trail where ask = 'monitoring.try_items' order by id desc limit 1`,
  )
  assert.deepEqual(row, { address: '203.0.113.7', outcome: 'allowed' })
})

/** Asks that the one in front shows as answered and never answers itself. */
async function behindAsked(): Promise<number> {
  const text = (await house.app.inject({ url: '/metrics', headers: { authorization: `Bearer ${'m'.repeat(16)}` } })).body
  const counts = text.matchAll(/^anlan_asks_total\{ask="monitoring\.(?:try_items|read_file)",outcome="allowed"\} (\d+)$/gm)
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0)
}

test('a signed push comes through, an unsigned one is refused, and neither is counted for whoever stands in between', async () => {
  const [hq] = await house.admin<{ id: number }>(`select id from access.unit where kind = 'headquarters'`)
  const made = await house
    .as('hq.publicity', monitoring)
    ['monitoring.save_source']({ name: '推送', kind: 'webhook', unitId: hq?.id ?? 0 })
  const stamp = String(Math.floor(Date.now() / 1000))
  const body = JSON.stringify([item])
  const signature = createHmac('sha256', made.webhookSecret ?? '')
    .update(`${stamp}.${body}`)
    .digest('hex')
  const headers = { ...json, 'x-anlan-timestamp': stamp, 'x-anlan-signature': `sha256=${signature}` }
  assert.equal((await send(`/intake/${made.id}`, body, headers)).status, 200)
  assert.equal((await send(`/intake/${made.id}`, `${body} `, headers)).status, 401)
})

test('nobody comes in behind without the key', async () => {
  const asking = open('/api/access.me', { ...(await publicity()), 'x-anlan-back': 'K'.repeat(64) }, opened.port)
  asking.on('response', () => assert.fail('answered'))
  asking.end('{}')
  await closed(asking)
  assert.equal((await send('/api/access.me', '{}', { ...(await publicity()), 'x-anlan-back': key }, opened.port)).status, 200)
})

test('a key that a client brings to the front is not passed on', async () => {
  door = { ...opened, key: 'other' }
  const refused = await send('/api/monitoring.try_items', '{}', { ...(await publicity()), 'x-anlan-back': key })
  assert.equal(refused.status, 503)
  door = opened
})

test('a large body is not waited for when its sender may not send it', async () => {
  for (const [headers, status] of [
    [json, 401],
    [{ ...json, authorization: `Bearer ${await house.token('hangzhou.reader')}` }, 403],
  ] as const) {
    const asking = open('/api/monitoring.take_in', { ...headers, 'content-length': '12000000' })
    asking.write('{"items":[')
    // The rest of the body never comes: only an answer that does not wait for it arrives.
    const [reply] = (await once(asking, 'response')) as [IncomingMessage]
    assert.deepEqual([reply.statusCode, reply.headers.connection], [status, 'close'])
    reply.resume()
    await closed(asking)
  }
})

test('a whole body that nobody wants is answered too', async () => {
  const body = JSON.stringify({ items: ['x'.repeat(17 * 1024 * 1024)] })
  for (let turn = 0; turn < 5; turn++) {
    assert.equal((await send('/api/monitoring.take_in', '[', json)).status, 401)
    const asking = open('/api/monitoring.take_in', await publicity())
    asking.end(body)
    const [reply] = (await once(asking, 'response')) as [IncomingMessage]
    assert.equal(reply.statusCode, 413)
    asking.destroy()
  }
})

test('who hangs up, or is hung up on, leaves nothing open', async () => {
  const arrived = once(behind.server, 'request') as Promise<[IncomingMessage]>
  const asking = open('/api/monitoring.take_in', { ...(await publicity()), 'content-length': '12000000' })
  asking.write('{"items":[')
  const [seen] = await arrived
  asking.destroy()
  if (!seen.destroyed) await closed(seen)
  const again = once(behind.server, 'request') as Promise<[IncomingMessage]>
  const other = open('/api/monitoring.take_in', { ...(await publicity()), 'content-length': '12000000' })
  other.write('{"items":[')
  const [broken] = await again
  broken.socket.destroy()
  const [reply] = (await once(other, 'response')) as [IncomingMessage]
  assert.equal(reply.statusCode, 503)
  other.destroy()
})
