import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { SMTPServer } from 'smtp-server'
import { openHouse } from '../../test/harness.ts'
import { openLog } from '../base/log.ts'
import { delivery } from './contract.ts'
import { emit, notify } from './index.ts'
import { sendOutbox } from './jobs.ts'
import { mostTries } from './outbox.ts'
import { verify } from './sign.ts'

const house = await openHouse()
// The cases named here are not there; whether a notice is still true is tried on its own.
await house.admin('update delivery.template set still = null')
const given = { db: house.db, log: openLog('silent') }
const system = house.as('hq.system', delivery)
const unit = async (code: string) => {
  const [row] = await house.admin<{ branchId: number; regionId: number }>(
    'select branch_id as "branchId", region_id as "regionId" from access.unit where code = $1',
    [code],
  )
  return row as { branchId: number; regionId: number }
}
const [hangzhou, guangzhou, east, hq] = [await unit('hangzhou'), await unit('guangzhou'), await unit('east'), await unit('hq')]

interface Posted {
  headers: Record<string, string>
  body: string
}
const posts: Posted[] = []
let answer = 200
const receiver = createServer((request, reply) => {
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    posts.push({ headers: request.headers as Record<string, string>, body })
    reply.writeHead(answer, answer === 302 ? { location: 'http://127.0.0.1:1/' } : {}).end()
  })
}).listen(0, '127.0.0.1')
await new Promise((listening) => receiver.once('listening', listening))
const port = (receiver.address() as AddressInfo).port

const mails: { to: string[]; text: string }[] = []
const post = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData(stream, session, done) {
    let text = ''
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    stream.on('end', () => {
      mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text })
      done()
    })
  },
})
await new Promise<void>((listening) => post.listen(0, '127.0.0.1', listening))
process.env.SMTP_URL = `smtp://127.0.0.1:${(post.server.address() as AddressInfo).port}`
process.env.ANLAN_FETCH_PRIVATE = `127.0.0.1:${port}`
after(() => {
  receiver.close()
  post.close(() => undefined)
})

const save = async (code: string, more: object = {}) => {
  const { branchId } = await unit(code)
  return system['delivery.save_webhook']({ name: code, url: `http://127.0.0.1:${port}/${code}`, unitId: branchId, ...more })
}
const happen = (at: typeof hangzhou, more: { severity?: number; demo?: boolean } = {}) =>
  house.db.work((tx) =>
    emit(tx, {
      event: 'case.opened',
      unit: at,
      facts: { case_id: 5, unit_code: 'hangzhou', severity: 3, state: 'open' },
      path: '/response/5',
      severity: 3,
      demo: false,
      ...more,
    }),
  )
const flush = async () => {
  let sent = 0
  for (let one = await sendOutbox(given); one > 0; one = await sendOutbox(given)) sent += one
  return sent
}

test('a webhook hears of its own part of the tree, signed with its own secret', async () => {
  const { id, secret } = await save('hangzhou', { minSeverity: 3 })
  await save('east')
  await save('hq')
  await save('guangzhou')
  assert.ok(secret)
  await happen(hangzhou)
  await flush()
  assert.equal(posts.length, 3)
  const heard = posts.find(({ headers, body }) =>
    verify(secret, { signature: headers['x-anlan-signature'] ?? '', timestamp: headers['x-anlan-timestamp'] ?? '', body }),
  )
  assert.ok(heard, 'signed with the secret that was told once')
  const { at, url, ...facts } = JSON.parse(heard.body) as Record<string, unknown>
  assert.deepEqual(facts, { event: 'case.opened', sequence: 1, case_id: 5, unit_code: 'hangzhou', severity: 3, state: 'open' })
  assert.ok(Date.parse(String(at)) > 0)
  assert.match(String(url), /^http.*\/response\/5$/)
  assert.equal(new Set(posts.map(({ headers }) => headers['idempotency-key'])).size, 3)
  const { webhooks } = await system['delivery.list_webhooks']({})
  const listed = webhooks.find((hook) => hook.id === id)
  assert.equal(listed?.lastOutcome, 'HTTP 200')
  assert.equal('secret' in (listed ?? {}), false)
  posts.length = 0
  await happen(hangzhou, { severity: 2 })
  await happen(guangzhou, { severity: 2 })
  assert.equal(await flush(), 4, 'east and hq hear of Hangzhou; hq and Guangzhou of Guangzhou')
  posts.length = 0
})

test('mail reaches a host inside and one under a Chinese domain', async () => {
  const told = { holders: { right: 'response.handle', unitId: guangzhou.branchId } }
  const facts = { case: 1, unit: '广州', severity: 4 }
  const people = await house.admin<{ id: number; email: string | null }>(
    `select id, email from access.person where login in ('guangzhou.duty', 'guangzhou.lead') order by login`,
  )
  const address = (at: number, email: string | null | undefined) =>
    house.admin('update access.person set email = $2 where id = $1', [people[at]?.id, email])
  await address(0, 'li@mail')
  await address(1, 'wang@医院.中国')
  await house.db.work((tx) =>
    notify(tx, { to: told, template: 'case_opened', facts, path: '/response/1', severity: 4, demo: false }),
  )
  await flush()
  const to = mails.flatMap((mail) => mail.to)
  assert.ok(to.includes('li@mail') && to.some((one) => /^wang@(医院\.中国|xn--2py32a\.xn--fiqs8s)$/.test(one)), to.join())
  mails.length = 0
  for (const at of [0, 1]) await address(at, people[at]?.email)
})

test('a demo never leaves the house', async () => {
  await happen(hq, { demo: true })
  const told = { holders: { right: 'response.handle', unitId: hangzhou.branchId } }
  const facts = { case: 1, unit: '杭州', severity: 4 }
  await house.db.work((tx) =>
    notify(tx, { to: told, template: 'case_opened', facts, path: '/response/1', severity: 4, demo: true }),
  )
  assert.equal(await flush(), 0)
  assert.deepEqual([posts, mails], [[], []])
})

test('people on duty with an address get a mail that names the case and nothing more', async () => {
  const told = { holders: { right: 'response.handle', unitId: hangzhou.branchId } }
  const facts = { case: 12, unit: '衡川杭州医院', severity: 4 }
  const count = await house.db.work((tx) =>
    notify(tx, { to: told, template: 'case_opened', facts, path: '/response/12', severity: 4, demo: false }),
  )
  await house.db.work((tx) =>
    notify(tx, { to: told, template: 'case_noted', facts, path: '/response/12', severity: 4, demo: false }),
  )
  await flush()
  assert.equal(mails.length, count, 'a note is told in the console only')
  assert.ok(mails.some(({ to }) => to[0] === 'hangzhou.duty@hengchuan.example'))
  assert.match(mails[0]?.text ?? '', /Message-ID: <[0-9a-f-]{36}@anlan>/i)
  assert.match(mails[0]?.text ?? '', /Auto-Submitted: auto-generated/i)
})

test('what is refused is tried again later and less and less often, then given up, and shown', async () => {
  answer = 500
  await happen(guangzhou)
  await flush()
  const waiting = () =>
    house.admin<{ id: number; tries: number; state: string; wait: number; key: string }>(
      `select id, tries, state, extract(epoch from next_try_at - clock_timestamp())::int as wait, key from delivery.outbox
       where channel = 'webhook' and facts->>'case_id' = '5' order by id desc limit 2`,
    )
  assert.deepEqual(
    (await waiting()).map(({ tries, state }) => [tries, state]),
    [
      [1, 'waiting'],
      [1, 'waiting'],
    ],
  )
  const waits: number[] = []
  for (let tries = 2; tries <= 9; tries++) {
    await house.admin(`update delivery.outbox set next_try_at = now() where state = 'waiting'`)
    await flush()
    waits.push((await waiting())[0]?.wait ?? 0)
  }
  assert.deepEqual(
    waits,
    [...waits].sort((a, b) => a - b),
  )
  assert.ok((waits.at(-1) ?? 0) > 3000 && (waits.at(-1) ?? 0) <= 3600, 'hourly in the end, so for two days')
  assert.ok(mostTries >= 48)
  await house.admin(`update delivery.outbox set next_try_at = now(), tries = $1 where state = 'waiting'`, [mostTries - 1])
  await flush()
  assert.deepEqual(
    (await waiting()).map(({ tries, state }) => [tries, state]),
    [
      [mostTries, 'failed'],
      [mostTries, 'failed'],
    ],
  )
  const { webhooks } = await system['delivery.list_webhooks']({})
  assert.deepEqual(
    webhooks
      .filter((hook) => ['hq', 'guangzhou'].includes(hook.name))
      .map(({ failures, lastOutcome }) => [failures, lastOutcome]),
    [
      [10, 'HTTP 500'],
      [10, 'HTTP 500'],
    ],
  )
  const keys = posts.map(({ headers }) => headers['idempotency-key'])
  assert.equal(new Set(keys).size, 2, 'all tries of one letter carry one key')
  answer = 200
  posts.length = 0
})

test('a sender that dies with a letter in hand gives it back', async () => {
  await happen(guangzhou)
  const { lease } = await import('./outbox.ts')
  const held = await lease(house.db, 8)
  assert.equal(held.length, 2)
  assert.equal(await flush(), 0, 'nobody else sends it meanwhile')
  await house.admin(`update delivery.outbox set next_try_at = now() where state = 'waiting'`)
  assert.equal(await flush(), 2)
  assert.deepEqual(posts.map(({ headers }) => headers['idempotency-key']).sort(), held.map(({ key }) => key).sort())
  posts.length = 0
})

test('redirects are not followed, and addresses inside the house are refused unless allowed', async () => {
  answer = 302
  await happen(guangzhou)
  await flush()
  assert.equal(posts.length, 2)
  answer = 200
  posts.length = 0
  process.env.ANLAN_FETCH_PRIVATE = ''
  await house.admin(`update delivery.outbox set next_try_at = now() where state = 'waiting'`)
  await flush()
  const { webhooks } = await system['delivery.list_webhooks']({})
  assert.equal(webhooks.find((hook) => hook.name === 'guangzhou')?.lastOutcome, 'fetch_private_address')
  assert.equal(posts.length, 0)
  process.env.ANLAN_FETCH_PRIVATE = `127.0.0.1:${port}`
  await house.admin(`delete from delivery.outbox`)
})

test('a channel that is full waits for tokens and does not hold up the others', async () => {
  await house.admin(`update delivery.bucket set tokens = 0, refilled_at = clock_timestamp()`)
  await happen(hangzhou)
  assert.equal(await flush(), 0)
  await house.admin(`update delivery.bucket set tokens = 1, refilled_at = clock_timestamp() where channel like 'webhook:%'`)
  assert.equal(await flush(), 3)
  posts.length = 0
})

test('only who manages a unit sets webhooks there', async () => {
  await assert.rejects(house.as('hangzhou.duty', delivery)['delivery.list_webhooks']({}), { code: 'forbidden' })
  const url = 'https://example.com/hook'
  await assert.rejects(system['delivery.save_webhook']({ name: 'x', url, unitId: 999_999 }), { code: 'webhook_outside' })
  for (const bad of ['ftp://example.com', 'http://169.254.169.254/latest', 'http://10.0.0.7/', 'https://me:secret@example.com'])
    await assert.rejects(system['delivery.save_webhook']({ name: 'x', url: bad, unitId: east.branchId }), {
      code: 'invalid_input',
    })
  const { id } = await system['delivery.save_webhook']({ name: 'x', url, unitId: east.branchId })
  const again = await system['delivery.save_webhook']({ id, name: 'y', url, unitId: east.branchId, enabled: false })
  assert.deepEqual(again, { id, secret: null })
  await system['delivery.delete_webhook']({ id })
  await assert.rejects(system['delivery.delete_webhook']({ id }), { code: 'not_found' })
})
