import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { openHouse } from '../../test/harness.ts'
import { anchorRows } from '../base/clock.ts'
import { projectRoot } from '../base/config.ts'
import { openLog } from '../base/log.ts'
import { jobs } from '../rooms.ts'
import { delivery } from './contract.ts'
import { orCut } from './cut.ts'
import { emit, notify } from './index.ts'
import { sendOutbox } from './jobs.ts'
import { startSending } from './lane.ts'
import { failureOf, sendMail } from './mail.ts'
import { type Letter, lease, type Shut } from './outbox.ts'
import { verify } from './sign.ts'

const house = await openHouse()
// The cases named here are not there; whether a notice is still true is tried on its own.
await house.admin('update delivery.template set still = null')
const given = { db: house.db, log: openLog('silent') }
const system = house.as('hq.system', delivery)
const unitOf = async (code: string) =>
  (
    await house.admin<{ branchId: number; regionId: number }>(
      'select branch_id as "branchId", region_id as "regionId" from access.unit where code = $1',
      [code],
    )
  )[0] as { branchId: number; regionId: number }
const [hangzhou, guangzhou] = [await unitOf('hangzhou'), await unitOf('guangzhou')]

interface Posted {
  path: string
  headers: Record<string, string>
  body: string
}
const posts: Posted[] = []
const dripping = new Set<ServerResponse>()
const statuses = new Map<string, number>()
const receiver = createServer((request, reply) => {
  const path = request.url ?? ''
  let body = ''
  request.on('data', (chunk) => {
    body += chunk
  })
  request.on('end', () => {
    if (path === '/drip') {
      reply.writeHead(200)
      const timer = setInterval(() => reply.write('.'), 20)
      dripping.add(reply)
      reply.on('close', () => {
        clearInterval(timer)
        dripping.delete(reply)
      })
      return
    }
    posts.push({ path, headers: request.headers as Record<string, string>, body })
    reply.writeHead(statuses.get(path) ?? 200).end()
  })
}).listen(0, '127.0.0.1')
await new Promise((listening) => receiver.once('listening', listening))
const { port } = receiver.address() as AddressInfo
process.env.ANLAN_FETCH_PRIVATE = `127.0.0.1:${port}`

let signIn: 'right' | 'wrong' = 'right'
let address: 'known' | 'unknown' = 'known'
const mails: string[] = []
const post = new SMTPServer({
  disabledCommands: ['STARTTLS'],
  allowInsecureAuth: true,
  onAuth: (_auth, _session, done) =>
    signIn === 'right'
      ? done(null, { user: 'anlan' })
      : done(Object.assign(new Error('Authentication failed'), { responseCode: 535 })),
  onRcptTo: (_to, _session, done) =>
    address === 'known' ? done() : done(Object.assign(new Error('5.1.1 user unknown'), { responseCode: 550 })),
  onData(stream, session, done) {
    stream.resume().on('end', () => {
      mails.push(...session.envelope.rcptTo.map(({ address: to }) => to))
      done()
    })
  },
})
post.on('error', () => undefined)
await new Promise<void>((listening) => post.listen(0, '127.0.0.1', listening))
process.env.SMTP_URL = `smtp://anlan:secret@127.0.0.1:${(post.server.address() as AddressInfo).port}`
after(() => {
  receiver.close()
  receiver.closeAllConnections()
  post.close(() => undefined)
})

async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let looks = 0; !(await holds()); looks++) {
    assert.ok(looks < 500, what)
    await sleep(20)
  }
}
const save = (path: string, unitId: number, more: object = {}) =>
  system['delivery.save_webhook']({ name: path, url: `http://127.0.0.1:${port}${path}`, unitId, minSeverity: 0, ...more })
const happen = (unit: typeof hangzhou, state = 'open') =>
  house.db.work((tx) =>
    emit(tx, { event: 'case.opened', unit, facts: { case_id: 5, state }, path: '/response/5', severity: 3, demo: false }),
  )
const flush = async () => {
  while ((await sendOutbox(given)) > 0);
}
const letters = (where: string) =>
  house.admin<{ state: string; problem: string | null; tries: number; sequence: number | null }>(
    `select state, problem, tries, sequence::int as sequence from delivery.outbox where ${where} order by id`,
  )
const dueNow = () => house.admin(`update delivery.outbox set next_try_at = now() where state = 'waiting'`)
const clear = () => house.admin('delete from delivery.outbox')

test('a receiver that drips for ever holds up nobody, and is let go of as soon as its webhook rests', async () => {
  const { id } = await save('/drip', hangzhou.branchId)
  await save('/good', guangzhou.branchId)
  await happen(hangzhou)
  await startSending(given)
  await until('the dripping one is spoken to', () => dripping.size === 1)
  await happen(hangzhou, 'second')
  await happen(guangzhou)
  await startSending(given)
  await until('the good one has its letter', () => posts.some(({ path }) => path === '/good'))
  assert.equal(dripping.size, 1, 'one exchange at a time in a lane')
  await save('/drip', hangzhou.branchId, { id, enabled: false })
  await startSending(given)
  await until('its lane is free', () => dripping.size === 0)
  await until('the letter is written down as not arrived', async () =>
    (await letters(`webhook_id = ${id}`)).some(({ problem }) => problem === 'deadline'),
  )
  assert.deepEqual(
    (await letters(`webhook_id = ${id}`)).map(({ state }) => state),
    ['waiting', 'waiting'],
    'and both are kept',
  )
  await system['delivery.delete_webhook']({ id })
  await clear()
  posts.length = 0
})

test('a resting webhook keeps what happens and sends it in its order when it is switched on', async () => {
  const { id } = await save('/rest', hangzhou.branchId)
  await save('/rest', hangzhou.branchId, { id, enabled: false })
  for (const state of ['a', 'b', 'c']) await happen(hangzhou, state)
  await flush()
  assert.equal(posts.length, 0)
  const listed = async () => (await system['delivery.list_webhooks']({})).webhooks.find((hook) => hook.id === id)
  assert.equal((await listed())?.waiting, 3)
  await save('/rest', hangzhou.branchId, { id })
  await flush()
  const told = posts.map(({ body, headers }) => ({ ...(JSON.parse(body) as object), header: headers['x-anlan-sequence'] }))
  assert.deepEqual(
    told.map((one) => [(one as { state?: string }).state, (one as { sequence?: number }).sequence, one.header]),
    [
      ['a', 1, '1'],
      ['b', 2, '2'],
      ['c', 3, '3'],
    ],
  )
  await system['delivery.delete_webhook']({ id })
  posts.length = 0
})

test('however many receivers are silent or dead, mail and those that answer have places of their own', async () => {
  const { id: dead } = await save('/dead', hangzhou.branchId)
  const { id: well } = await save('/good', hangzhou.branchId)
  await house.admin('update delivery.webhook set failures = 1 where id = $1', [dead])
  await happen(hangzhou)
  const told = await tell()
  const lanes = async (shut: Partial<Shut>) => {
    const leased = await lease(house.db, 50, { lanes: [], webhooks: false, failing: false, mails: 50, ...shut })
    await dueNow()
    return leased.map(({ webhookId }) => webhookId).sort()
  }
  const mailed = Array.from({ length: told }, () => null)
  assert.deepEqual(await lanes({ webhooks: true }), mailed, 'all places of webhooks are taken')
  assert.deepEqual(await lanes({ failing: true, mails: 0 }), [well], 'those for dead ones are taken')
  assert.deepEqual(await lanes({ mails: 1 }), [dead, well, null].sort())
  await system['delivery.delete_webhook']({ id: dead })
  await system['delivery.delete_webhook']({ id: well })
  await clear()
})

test('what arrived while the database was away is written down when it is back, and not sent again', async () => {
  await house.admin('delete from delivery.webhook')
  const { id } = await save('/good', guangzhou.branchId)
  await happen(guangzhou)
  let away = 3
  const work: typeof house.db.work = async (doing) => {
    if (posts.length > 0 && away-- > 0) throw Object.assign(new Error('gone'), { code: '57P01' })
    return house.db.work(doing)
  }
  await sendOutbox({ ...given, db: { ...house.db, work } })
  assert.deepEqual(
    (await letters(`webhook_id = ${id}`)).map(({ state }) => state),
    ['sent'],
  )
  assert.ok(away < 0)
  assert.equal(posts.length, 1)
  await system['delivery.delete_webhook']({ id })
  await clear()
  posts.length = 0
})

test('a webhook that was given to another unit is not told what waited; its count is its own', async () => {
  const { id } = await save('/moved', hangzhou.branchId, {})
  await save('/moved', hangzhou.branchId, { id, enabled: false })
  await happen(hangzhou)
  await save('/moved', guangzhou.branchId, { id })
  await house.db.work((tx) =>
    emit(tx, {
      event: 'case.opened',
      unit: guangzhou,
      facts: { case_id: 9, step: 7, sequence: 7 },
      path: '/response/9',
      severity: 3,
      demo: false,
    }),
  )
  await flush()
  assert.deepEqual(
    posts.map(({ headers, body }) => [
      (JSON.parse(body) as { case_id: number }).case_id,
      String((JSON.parse(body) as { sequence: number }).sequence) === headers['x-anlan-sequence'],
    ]),
    [[9, true]],
  )
  assert.deepEqual(
    (await letters(`webhook_id = ${id}`)).map(({ state, problem }) => [state, problem]),
    [
      ['dropped', 'not_allowed'],
      ['sent', null],
    ],
  )
  await system['delivery.delete_webhook']({ id })
  await clear()
  posts.length = 0
})

test('one that is gone is switched off, those who look after it are told, and its letters are kept', async () => {
  const { id } = await save('/gone', hangzhou.branchId)
  const hook = async () => (await system['delivery.list_webhooks']({})).webhooks.find((one) => one.id === id)
  const seen = (await hook())?.updatedAt
  statuses.set('/gone', 410)
  await happen(hangzhou)
  await flush()
  assert.deepEqual([(await hook())?.enabled, (await hook())?.offReason, (await hook())?.waiting], [false, 'gone', 1])
  await assert.rejects(save('/gone', hangzhou.branchId, { id, seen }), { code: 'conflict' })
  assert.equal((await hook())?.enabled, false, 'a page from before does not switch it on again')
  const { notices } = await system['delivery.list_notices']({})
  assert.match(notices[0]?.zh ?? '', new RegExp(`外发接口 ${id}`))
  statuses.set('/gone', 500)
  await save('/gone', hangzhou.branchId, { id })
  await dueNow()
  await flush()
  assert.equal((await hook())?.enabled, true, 'one failure switches nothing off')
  await house.admin(`update delivery.webhook set failing_since = now() - interval '25 hours' where id = $1`, [id])
  await dueNow()
  await flush()
  assert.equal((await hook())?.enabled, true, 'nor does a clock that jumped a day ahead')
  await house.admin(`update delivery.webhook set failures = 23 where id = $1`, [id])
  await dueNow()
  await flush()
  assert.deepEqual([(await hook())?.enabled, (await hook())?.offReason], [false, 'dead'])
  await system['delivery.delete_webhook']({ id })
  await clear()
  posts.length = 0
})

test('a changed secret signs beside the one before for a day; only who manages the webhook changes it', async () => {
  const { id, secret: before } = await save('/secret', hangzhou.branchId)
  const { secret, oldUntil } = await system['delivery.rotate_secret']({ id })
  assert.ok(Date.parse(oldUntil) > Date.now() + 23 * 3_600_000)
  await happen(hangzhou)
  await flush()
  const { headers, body } = posts[0] as Posted
  const signed = { signature: headers['x-anlan-signature'] ?? '', timestamp: headers['x-anlan-timestamp'] ?? '', body }
  assert.deepEqual([verify(secret, signed), verify(before ?? '', signed), verify('other', signed)], [true, true, false])
  // The example of the page, as a receiver would copy it.
  const page = readFileSync(join(projectRoot, 'docs/webhooks.md'), 'utf8')
  const code = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const { isFromAnlan } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    isFromAnlan(secret: string, headers: object, body: string, now?: number): boolean
  }
  assert.equal(isFromAnlan(secret, headers, body), true)
  assert.equal(isFromAnlan(before ?? '', headers, body), true)
  assert.equal(isFromAnlan(secret, headers, `${body} `), false)
  assert.equal(isFromAnlan(secret, headers, body, Date.now() + 400_000), false)
  await house.admin('update delivery.webhook set secret_before_until = now() where id = $1', [id])
  posts.length = 0
  await happen(hangzhou)
  await flush()
  const after = posts[0] as Posted
  assert.equal(isFromAnlan(before ?? '', after.headers, after.body), false)
  await assert.rejects(house.as('hangzhou.duty', delivery)['delivery.rotate_secret']({ id }), { code: 'forbidden' })
  await assert.rejects(system['delivery.rotate_secret']({ id: 999_999 }), { code: 'not_found' })
  await system['delivery.delete_webhook']({ id })
  await clear()
  posts.length = 0
})

const tell = () =>
  house.db.work((tx) =>
    notify(tx, {
      to: { holders: { right: 'response.handle', unitId: hangzhou.branchId } },
      template: 'case_opened',
      facts: { case: 12, unit: '衡川杭州医院', severity: 4 },
      path: '/response/12',
      severity: 4,
      demo: false,
      about: hangzhou,
    }),
  )

test('a mail server that refuses our sign-in is tried again; an address that is not there is not, and can be sent again', async () => {
  mails.length = 0
  signIn = 'wrong'
  const told = await tell()
  await flush()
  assert.deepEqual(
    (await letters(`channel = 'mail'`)).map(({ state }) => state),
    Array.from({ length: told }, () => 'waiting'),
  )
  assert.match((await letters(`channel = 'mail'`))[0]?.problem ?? '', /535/)
  signIn = 'right'
  address = 'unknown'
  await dueNow()
  await flush()
  assert.ok((await letters(`channel = 'mail'`)).every(({ state }) => state === 'failed'))
  const { letters: failed } = await system['delivery.list_failed']({})
  assert.equal(failed.length, told)
  assert.ok(failed.every(({ person, problem }) => person !== null && problem.includes('5.1.1')))
  await assert.rejects(house.as('hangzhou.duty', delivery)['delivery.list_failed']({}), { code: 'forbidden' })
  address = 'known'
  assert.deepEqual(await system['delivery.send_again']({ ids: failed.map(({ id }) => id) }), { queued: told })
  await flush()
  assert.equal(mails.length, told)
  mails.length = 0
  await clear()
})

test('which failures of a mail are final', () => {
  const final = (response: string, command: string) => {
    const outcome = failureOf({ code: 'E', responseCode: Number(response.slice(0, 3)), response, command }, false)
    return !outcome.sent && outcome.final === true
  }
  assert.equal(final('550 5.1.1 user unknown', 'RCPT TO'), true)
  assert.equal(final('550 No such user here', 'RCPT TO'), true)
  for (const [response, command] of [
    ['535 5.7.8 Authentication failed', 'AUTH PLAIN'],
    ['530 5.7.0 Authentication required', 'MAIL FROM'],
    ['550 5.7.1 Relaying denied', 'RCPT TO'],
    ['554 5.7.1 Client host blocked', 'RCPT TO'],
    ['552 5.2.2 Mailbox full', 'RCPT TO'],
    ['451 4.3.0 try later', 'DATA'],
    ['554 transaction failed', 'DATA'],
  ] as const)
    assert.equal(final(response, command), false, response)
})

test('at the moment of sending it is asked again: closed account, withdrawn right, what is over', async () => {
  const drops = async (change: string, back: string) => {
    await tell()
    await house.admin(change)
    await dueNow()
    await flush()
    await house.admin(back)
    const found = await letters(`channel = 'mail'`)
    await clear()
    return [...new Set(found.filter(({ state }) => state === 'dropped').map(({ problem }) => problem))]
  }
  const there = `person_id in (select delivery.holders('response.handle', ${hangzhou.branchId}))`
  assert.deepEqual(await drops('select 1', 'select 1'), [])
  assert.deepEqual(
    await drops(
      `update access.person set active = false where unit_id in (select id from access.unit where branch_id = ${hangzhou.branchId})`,
      'update access.person set active = true',
    ),
    ['account_closed'],
  )
  assert.deepEqual(
    await drops(
      `update access.grant set valid_until = valid_from + interval '1 millisecond' where ${there}`,
      `update access.grant set valid_until = null where unit_id = ${hangzhou.branchId}`,
    ),
    ['not_allowed'],
  )
  await house.admin(
    `create function public.is_open(kind text, facts jsonb) returns boolean language sql as $$ select facts ->> 'case' <> '12' $$`,
  )
  await house.admin(`update delivery.template set still = 'public.is_open' where name = 'case_opened'`)
  mails.length = 0
  assert.deepEqual(await drops('select 1', 'select 1'), ['over'])
  assert.equal(mails.length, 0)
  // Closing accounts ended the sessions of before; this one signs in now.
  const mine = house.as('hangzhou.lead', delivery)
  const shown = await mine['delivery.list_notices']({})
  assert.equal(shown.notices[0]?.over, true)
  await house.admin(
    `create function public.cannot_say(kind text, facts jsonb) returns boolean language sql as $$ select (facts ->> 'unit')::int > 0 $$`,
  )
  await house.admin(`update delivery.template set still = 'public.cannot_say' where name = 'case_opened'`)
  assert.deepEqual(await drops('select 1', 'select 1'), [], 'what cannot be asked stops no letter')
  assert.ok(mails.length > 0)
  assert.equal((await mine['delivery.list_notices']({})).notices[0]?.over, false)
  await house.admin(`update delivery.template set still = null`)
  assert.equal((await mine['delivery.list_notices']({})).notices[0]?.over, false)
})

test('a mail server that drips its words for ever is let go of at the deadline', async () => {
  let greeted = 0
  const dripper = createTcpServer((socket) => {
    socket.on('error', () => undefined)
    const timer = setInterval(() => {
      greeted += 1
      socket.write(greeted === 1 ? '220-' : 'x')
    }, 10)
    socket.on('close', () => clearInterval(timer))
  }).listen(0, '127.0.0.1')
  await new Promise((listening) => dripper.once('listening', listening))
  const right = process.env.SMTP_URL
  process.env.SMTP_URL = `smtp://127.0.0.1:${(dripper.address() as AddressInfo).port}`
  const cutting = new AbortController()
  const letter = { email: 'a@hengchuan.example', kind: 'case_opened', facts: {}, path: '/', key: 'key' } as Letter
  const sending = orCut(sendMail(letter, cutting.signal), cutting.signal).catch(() => 'cut')
  await until('it drips', () => greeted > 5)
  cutting.abort()
  assert.equal(await sending, 'cut')
  await new Promise((closed) => dripper.close(closed))
  process.env.SMTP_URL = right
})

test('notices about a unit that one may not see any more are not shown', async () => {
  const officer = house.as('hangzhou.lead', delivery)
  assert.ok((await officer['delivery.list_notices']({})).notices.length > 0)
  await house.admin(`update delivery.notice set branch_id = $1, region_id = $2`, [guangzhou.branchId, guangzhou.regionId])
  assert.deepEqual(await officer['delivery.list_notices']({}), { notices: [], unread: 0, next: null })
})

test('a clock that was a day ahead stops nothing: buckets, letters, jobs, sources and clocks of cases', async () => {
  await clear()
  await save('/clock', guangzhou.branchId)
  await house.admin(`update delivery.bucket set tokens = 0.5, refilled_at = now() + interval '1 day'`)
  await happen(guangzhou)
  await flush()
  await house.admin(`update delivery.bucket set refilled_at = refilled_at - interval '10 seconds'`)
  await dueNow()
  await flush()
  assert.ok((await letters(`state = 'sent'`)).length > 0, 'the bucket fills from when it was looked at')
  await happen(guangzhou)
  const ahead = `now() + interval '1 day'`
  await house.admin(
    `insert into delivery.outbox (channel, person_id, kind, facts, path, severity, created_at, next_try_at)
     select 'mail', id, 'case_noted', '{}', '/', 3, now() - interval '1 day', ${ahead} from access.person where login = 'hangzhou.duty'`,
  )
  await house.admin(`update delivery.outbox set created_at = ${ahead}, next_try_at = ${ahead} where state = 'waiting'`)
  await house.admin(`select graphile_worker.add_job('test.ahead', '{}', run_at => ${ahead})`)
  await house.admin(`update graphile_worker._private_jobs set created_at = ${ahead}`)
  await house.admin(
    `insert into response.case (branch_id, region_id, category, severity, holder, acts_from, awaiting, due_at, strikes_at, acknowledge_seconds, answer_seconds)
     values ($1, $2, 'service', 3, 'branch', 'branch', 'acknowledge', ${ahead}, ${ahead}, 150, 600)`,
    [hangzhou.branchId, hangzhou.regionId],
  )
  await house.admin(
    `insert into monitoring.source (name, kind, url, platform, branch_id, region_id, interval_seconds, next_fetch_at, last_fetched_at)
     values ('x', 'feed', 'http://example.com', 'news', $1, $2, 60, ${ahead}, ${ahead}),
       ('new', 'feed', 'http://example.com/new', 'news', $1, $2, 60, ${ahead}, null),
       ('set', 'feed', 'http://example.com/set', 'news', $1, $2, 60, ${ahead}, now() - interval '1 minute')`,
    [hangzhou.branchId, hangzhou.regionId],
  )
  await house.admin(
    `insert into response.case (branch_id, region_id, category, severity, holder, acts_from, state, answered_at, close_due_at, acknowledge_seconds, answer_seconds)
     values ($1, $2, 'service', 3, 'branch', 'branch', 'answered', now(), now() + interval '2 days', 150, 600)`,
    [hangzhou.branchId, hangzhou.regionId],
  )
  await anchorRows(given, jobs)
  const [row] = await house.admin<{ letters: number; cases: number; sources: number }>(`select
    (select count(*)::int from delivery.outbox where state = 'waiting' and next_try_at > now()) as letters,
    (select count(*)::int from response.case where strikes_at > now() + interval '151 seconds' or close_due_at > now() + interval '1 day 1 second') as cases,
    (select count(*)::int from monitoring.source where next_fetch_at > now() + interval '61 seconds') as sources`)
  assert.deepEqual(row, { letters: 0, cases: 0, sources: 0 })
})
