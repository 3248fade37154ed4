import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { mock, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { openHouse } from '../../test/harness.ts'
import { access } from '../access/contract.ts'

// The clock stands still: what is let through at once is all that is let through.
const house = await openHouse({ clock: () => 0 })
const json = { 'content-type': 'application/json', 'x-anlan-csrf': '1' }
const rows = async () => (await house.admin<{ n: number }>('select count(*)::int as n from privacy.trail'))[0]?.n ?? 0

const hostile: Readonly<Record<string, { payload: Buffer; headers?: Record<string, string> }>> = {
  'a brotli bomb': { payload: brotliCompressSync(Buffer.alloc(4_000_000, '[')), headers: { 'content-encoding': 'br' } },
  'a gzip bomb': { payload: gzipSync(Buffer.alloc(4_000_000, '[')), headers: { 'content-encoding': 'gzip' } },
  'many brackets': { payload: Buffer.alloc(60_000, '[') },
  'objects in each other': { payload: Buffer.from('{"a":'.repeat(12_000)) },
  'brackets of a megabyte': { payload: Buffer.alloc(1_000_000, '[') },
  'no JSON at all': { payload: Buffer.from('nothing') },
  'no text at all': { payload: Buffer.from([0xff, 0xfe, 0x00, 0xd8]) },
}

/** What came of it, and how often the parser was called meanwhile. */
async function send(name: string, payload: Buffer, headers: Record<string, string>) {
  const parser = mock.method(JSON, 'parse')
  const reply = await house.app.inject({ method: 'POST', url: `/api/${name}`, headers: { ...json, ...headers }, payload })
  const parsed = parser.mock.callCount()
  parser.mock.restore()
  return { status: reply.statusCode, code: (reply.json() as { error?: { code: string } }).error?.code, parsed }
}

for (const [what, { payload, headers = {} }] of Object.entries(hostile))
  test(`${what} of a stranger reaches no parser, whatever it is sent to`, async () => {
    for (const name of ['monitoring.take_in', 'monitoring.list_mentions', 'access.me', 'access.no_such_ask', 'x']) {
      const { status, parsed } = await send(name, payload, headers)
      assert.ok([401, 404, 415].includes(status), `${name}: ${status}`)
      assert.equal(parsed, 0, name)
    }
    const { status } = await send('access.sign_in', payload, headers)
    assert.ok([413, 415, 422].includes(status), String(status))
  })

test('what is hostile is refused in words to people too, and what is only odd is read', async () => {
  const authorization = `Bearer ${await house.token('hangzhou.duty')}`
  const asked = (payload: Buffer | string, headers = {}) =>
    send('monitoring.list_mentions', Buffer.from(payload), { authorization, ...headers })
  for (const [what, { payload, headers }] of Object.entries(hostile)) {
    const { status } = await asked(payload, headers)
    assert.ok([413, 415, 422].includes(status), `${what}: ${status}`)
  }
  assert.deepEqual(await asked(Buffer.alloc(60_000, '[')), { status: 422, code: 'invalid_input', parsed: 0 })
  assert.equal((await asked(`{"${'k'.repeat(50_000)}":1}`)).status, 200)
  assert.equal((await asked('{"__proto__":{"limit":1},"constructor":{"prototype":1},"limit":2}')).status, 200)
  assert.equal((await asked('')).status, 200)
  assert.equal(({} as { limit?: number }).limit, undefined)
})

test('a large body is not waited for when its sender may not send it', async () => {
  await house.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = house.app.server.address() as AddressInfo
  const begin = async (headers: Record<string, string>) => {
    const connected = once(house.app.server, 'connection') as Promise<[Socket]>
    const asking = httpRequest({ port, method: 'POST', path: '/api/monitoring.take_in', agent: false })
    asking.on('error', () => undefined)
    for (const [name, value] of Object.entries({ ...json, ...headers, 'content-length': '12000000' }))
      asking.setHeader(name, value)
    asking.write('{"items":[')
    const [socket] = await connected
    // The rest of the body never comes: only an answer that does not wait for it arrives.
    const [response] = (await once(asking, 'response')) as [IncomingMessage]
    const answered = { status: response.statusCode, read: socket.bytesRead, connection: response.headers.connection }
    asking.destroy()
    return answered
  }
  const stranger = await begin({})
  assert.deepEqual([stranger.status, stranger.connection], [401, 'close'])
  assert.ok(stranger.read < 1000, `read ${stranger.read}`)
  const without = await begin({ authorization: `Bearer ${await house.token('hangzhou.reader')}` })
  assert.equal(without.status, 403)
  assert.ok(without.read < 1000, `read ${without.read}`)
  const [row] = await house.admin(
    `select outcome, code from privacy.trail where ask = 'monitoring.take_in' order by id desc limit 1`,
  )
  assert.deepEqual(row, { outcome: 'refused', code: 'forbidden' })
})

test('strangers who ask hundreds of times are told to wait and leave no rows; people at the same address go on', async () => {
  const token = await house.token('hangzhou.duty')
  await house.as('hangzhou.duty', access)['access.me']({})
  const before = await rows()
  const remoteAddress = '203.0.113.9'
  const statuses = new Map<number, number>()
  for (let turn = 0; turn < 800; turn++) {
    const made = { authorization: `Bearer ${String(turn).padStart(43, 'x')}` }
    const reply = await house.app.inject({ method: 'POST', url: '/api/access.me', headers: { ...json, ...made }, remoteAddress })
    statuses.set(reply.statusCode, (statuses.get(reply.statusCode) ?? 0) + 1)
    if (reply.statusCode === 429) assert.ok(Number(reply.headers['retry-after']) >= 1)
  }
  assert.ok((statuses.get(429) ?? 0) > 100, JSON.stringify([...statuses]))
  assert.equal((statuses.get(401) ?? 0) + (statuses.get(429) ?? 0), 800)
  assert.equal(await rows(), before)
  const known = await house.app.inject({
    method: 'POST',
    url: '/api/access.me',
    headers: { ...json, authorization: `Bearer ${token}` },
    remoteAddress,
  })
  assert.equal(known.statusCode, 200)
  assert.match((await house.app.inject('/metrics')).body, /anlan_strangers_refused_total\{code="too_many"\} [1-9]/)
})

test('an ask of a page that was drawn for somebody else is refused before anything is done, and leaves its row', async () => {
  const me = await house.as('hangzhou.duty', access)['access.me']({})
  const ask = (person: number) =>
    house.app.inject({
      method: 'POST',
      url: '/api/access.sign_out',
      headers: { ...json, cookie: `anlan_session=${token}`, 'x-anlan-person': String(person) },
      payload: {},
    })
  const token = await house.token('hangzhou.duty')
  const refused = await ask(me.person.id + 1)
  assert.deepEqual([refused.statusCode, refused.json().error.code], [409, 'other_person'])
  const [row] = await house.admin('select person_id, code from privacy.trail order by id desc limit 1')
  assert.deepEqual(row, { person_id: me.person.id, code: 'other_person' })
  assert.equal((await house.as('hangzhou.duty', access)['access.me']({})).person.id, me.person.id)
  assert.equal((await ask(me.person.id)).statusCode, 200)
})

test('metrics and the details of health are for this machine itself and for those with the token', async () => {
  const look = (url: string, headers = {}, remoteAddress = '127.0.0.1') => house.app.inject({ url, headers, remoteAddress })
  assert.equal((await look('/metrics')).statusCode, 200)
  for (const headers of [
    { 'x-forwarded-for': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1' },
    { 'x-real-ip': '127.0.0.1' },
    { host: 'rebound.example' },
    { authorization: 'Bearer not the token at all' },
  ])
    assert.equal((await look('/metrics', headers, 'authorization' in headers ? '10.0.0.1' : '127.0.0.1')).statusCode, 403)
  assert.equal((await look('/metrics', {}, '10.0.0.1')).statusCode, 403)
  assert.deepEqual((await look('/healthz', {}, '10.0.0.1')).json(), { ok: true })
  assert.equal((await look('/healthz')).json().database, true)
})

test('behind a proxy at this machine, which need not say that it is one, only the token opens metrics', async () => {
  const metricsToken = 'a-token-for-metrics-only'
  const bearer = { authorization: `Bearer ${metricsToken}` }
  for (const setting of [
    { publicUrl: 'https://anlan.example' },
    { trust: { hops: 1 } },
    { publicUrl: 'http://localhost:8700' },
  ]) {
    const behind = await openHouse({ ...setting, metricsToken })
    const plain = await behind.app.inject('/metrics')
    assert.equal(plain.statusCode, setting.publicUrl?.includes('localhost') ? 200 : 403)
    assert.equal((await behind.app.inject({ url: '/metrics', headers: bearer })).statusCode, 200)
  }
})

test('one person who sends large bodies slowly leaves room for others', async () => {
  const { port } = house.app.server.address() as AddressInfo
  const begin = async (login: string) => {
    const asking = httpRequest({ port, method: 'POST', path: '/api/monitoring.take_in', agent: false })
    asking.on('error', () => undefined)
    const headers = { ...json, authorization: `Bearer ${await house.token(login)}`, 'content-length': '12000000' }
    for (const [name, value] of Object.entries(headers)) asking.setHeader(name, value)
    asking.write('{"items":[')
    return asking
  }
  const slow = await Promise.all(Array.from({ length: 8 }, () => begin('hq.publicity')))
  // Those beyond the first two are told so at once; the two wait for a rest that never comes.
  let waiting = slow.length
  await new Promise<void>((done) => {
    for (const one of slow)
      one.on('response', ({ statusCode }) => {
        assert.equal(statusCode, 429)
        waiting -= 1
        if (waiting === 2) done()
      })
  })
  const take = async (login: string) =>
    house.app.inject({
      method: 'POST',
      url: '/api/monitoring.take_in',
      headers: { ...json, authorization: `Bearer ${await house.token(login)}` },
      payload: { items: [] },
    })
  assert.equal((await take('hq.publicity')).statusCode, 429)
  assert.notEqual((await take('hq.publicity2')).statusCode, 429)
  for (const one of slow) one.destroy()
})

test('what has no address here is answered in the words of the catalogue', async () => {
  for (const url of ['/api/%zz', '/%zz', `/api/${'a'.repeat(200)}`]) {
    const reply = await house.app.inject({ method: 'POST', url, headers: json, payload: {} })
    assert.deepEqual([reply.statusCode, reply.json().error.code], [404, 'not_found'], url)
  }
})

test('the demo’s people are not shown to a page that made its name point here, and no answer repeats that name', async () => {
  const asked = async (host: string) =>
    (await house.app.inject({ method: 'POST', url: '/api/access.demo_people', headers: { ...json, host }, payload: {} })).json()
  for (const host of ['localhost:8700', '127.0.0.1:8700', '[::1]:8700', '192.168.1.9:8700']) {
    const { demo, people } = await asked(host)
    assert.deepEqual([demo, people.length > 0], [true, true], host)
  }
  assert.deepEqual(await asked('rebound.example'), { demo: false, password: null, people: [] })
  const document = await house.app.inject({ url: '/api/openapi.json', headers: { host: 'rebound.example' } })
  assert.doesNotMatch(document.body, /rebound/)
})
