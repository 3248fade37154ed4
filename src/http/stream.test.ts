import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { request } from 'undici'
import { openHouse } from '../../test/harness.ts'
import { access } from '../access/contract.ts'

const house = await openHouse({ live: true })
await house.app.listen({ host: '127.0.0.1', port: 0 })
const { port } = house.app.server.address() as AddressInfo
const url = `http://127.0.0.1:${port}`

const openPages = async (): Promise<number> =>
  Number(/^anlan_open_pages (\d+)$/m.exec((await house.app.inject('/metrics')).body)?.[1])
async function until(found: () => Promise<boolean>): Promise<void> {
  while (!(await found())) await new Promise((done) => setTimeout(done, 20))
}
const open = async (login: string, more = '') => {
  const page = await request(`${url}/api/stream${more}`, { headers: { authorization: `Bearer ${await house.token(login)}` } })
  page.body.on('error', () => undefined)
  return page
}

test('a page that is closed while its stream opens leaves nothing', async () => {
  const token = await house.token('hangzhou.duty')
  for (let turn = 0; turn < 60; turn++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write(`GET /api/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`, () => {
      // Some at once, some while the session is looked up, some just after.
      if (turn % 3 === 0) socket.destroy()
      else setTimeout(() => socket.destroy(), turn % 7)
    })
  }
  await until(async () => (await openPages()) === 0)
  const stays = await open('hangzhou.duty')
  assert.equal(stays.statusCode, 200)
  assert.equal(await openPages(), 1)
  stays.body.destroy()
  await until(async () => (await openPages()) === 0)
})

test('a session has so many pages at once and no more; closing one makes room', async () => {
  const pages = await Promise.all(Array.from({ length: 32 }, () => open('ningbo.duty')))
  assert.ok(pages.every(({ statusCode }) => statusCode === 200))
  const refused = await open('ningbo.duty')
  assert.deepEqual(
    [refused.statusCode, ((await refused.body.json()) as { error: { code: string } }).error.code],
    [429, 'too_many_pages'],
  )
  const other = await open('guangzhou.duty')
  assert.equal(other.statusCode, 200)
  pages[0]?.body.destroy()
  await until(async () => (await openPages()) === 32)
  const again = await open('ningbo.duty')
  assert.equal(again.statusCode, 200)
  for (const page of [...pages, other, again]) page.body.destroy()
  await until(async () => (await openPages()) === 0)
})

test('a page that was drawn for somebody else hears nothing', async () => {
  const me = await house.as('hangzhou.duty', access)['access.me']({})
  const refused = await open('hangzhou.duty', `?person=${me.person.id + 1}`)
  assert.equal(refused.statusCode, 409)
  const heard = await open('hangzhou.duty', `?person=${me.person.id}`)
  assert.equal(heard.statusCode, 200)
  heard.body.destroy()
  refused.body.destroy()
})

test('neither a stream nor a page that refreshes itself keeps a session awake; what its person does keeps it', async () => {
  const token = await house.token('wuhan.duty')
  const idle = async () => {
    const [row] = await house.admin<{ minutes: number }>(`select round(extract(epoch from now() - seen_at) / 60)::int as minutes
      from access.session join access.person on id = person_id where login = 'wuhan.duty'`)
    return row?.minutes
  }
  await house.admin(`update access.session set seen_at = now() - interval '30 minutes'`)
  const page = await open('wuhan.duty')
  assert.equal(page.statusCode, 200)
  const ask = (headers: Record<string, string>) =>
    house.app.inject({
      method: 'POST',
      url: '/api/access.me',
      headers: { authorization: `Bearer ${token}`, ...headers },
      payload: {},
    })
  assert.equal((await ask({ 'x-anlan-background': '1' })).statusCode, 200)
  assert.equal(await idle(), 30)
  // The stream looks at its session again every few seconds; when it has gone idle the stream ends.
  await house.admin(`update access.session set seen_at = now() - interval '61 minutes'`)
  const heard: string[] = []
  for await (const chunk of page.body) heard.push(String(chunk))
  assert.equal(page.body.readableEnded, true, 'the server ended it, and cut nothing')
  assert.match(heard.join(''), /"topic":"hello"/)
  await until(async () => (await openPages()) === 0)
  assert.equal((await ask({})).statusCode, 401)
})

test('the server closes whatever is open: pages, half a body, a connection that says nothing', async () => {
  await open('changsha.duty')
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(
    `POST /api/access.sign_in HTTP/1.1\r\nHost: x\r\nx-anlan-csrf: 1\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"login"`,
  )
  const silent = connect(port, '127.0.0.1')
  silent.on('error', () => undefined)
  await once(silent, 'connect')
  await house.app.close()
  assert.equal(house.app.server.listening, false)
})
