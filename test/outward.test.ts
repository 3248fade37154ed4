import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createLine } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { access } from '../src/access/contract.ts'
import { projectRoot } from '../src/base/config.ts'
import type { JobContext } from '../src/base/job.ts'
import { openLog } from '../src/base/log.ts'
import { holdOutward } from '../src/base/outward.ts'
import { delivery } from '../src/delivery/contract.ts'
import { emit } from '../src/delivery/index.ts'
import { sendOutbox } from '../src/delivery/jobs.ts'
import { monitoring } from '../src/monitoring/contract.ts'
import { fetchDue } from '../src/monitoring/jobs.ts'
import { openHouse } from './harness.ts'

const house = await openHouse()
const given: JobContext = { db: house.db, log: openLog('silent'), signal: new AbortController().signal }
const system = house.as('hq.system', delivery)

/** Everything that reaches for the outside comes here: a receiver that is also a feed, and a mail server that only hears of callers. */
const heard: string[] = []
const outside = createServer((request, reply) => {
  heard.push(`${request.method} ${request.url}`)
  reply.writeHead(200, { 'content-type': 'application/rss+xml' }).end('<rss version="2.0"><channel></channel></rss>')
})
const mailServer = createLine((socket) => {
  heard.push('mail')
  socket.on('error', () => undefined).end('554 no\r\n')
})
for (const one of [outside, mailServer]) await new Promise<void>((done) => one.listen(0, '127.0.0.1', done))
const port = (outside.address() as AddressInfo).port
process.env.ANLAN_FETCH_PRIVATE = `127.0.0.1:${port}`
process.env.SMTP_URL = `smtp://127.0.0.1:${(mailServer.address() as AddressInfo).port}`
after(() => {
  outside.close()
  mailServer.close()
})

const unit = (
  await house.admin<{ branchId: number; regionId: number }>(
    `select branch_id as "branchId", region_id as "regionId" from access.unit where code = 'hangzhou'`,
  )
)[0] as { branchId: number; regionId: number }
const say = (...args: string[]) =>
  spawnSync(process.execPath, [join(projectRoot, 'src/main.ts'), ...args], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: house.adminUrl, ANLAN_SECRET: house.secret },
    encoding: 'utf8',
  })
const lastWord = async () =>
  (
    await house.admin<{ ask: string; subject: string; address: string; person: number | null }>(
      `select ask, subject, address, person_id as person from privacy.trail where ask like 'word.%' order by id desc limit 1`,
    )
  )[0]

/** One event, one mail and one feed are due, and one given-up event is sent again by hand. */
async function happen(): Promise<void> {
  await house.db.work((tx) =>
    emit(tx, { event: 'case.opened', unit, facts: { case_id: 5 }, path: '/response/5', severity: 3, demo: false }),
  )
  const { id } = await system['delivery.save_webhook']({
    name: '重发',
    url: `http://127.0.0.1:${port}/again`,
    unitId: unit.branchId,
    minSeverity: 4,
  })
  const [failed] = await house.admin<{ id: number }>(
    `insert into delivery.outbox (channel, webhook_id, kind, facts, path, severity, state, problem, ended_at)
     values ('webhook', $1, 'case.opened', '{}', '/', 4, 'failed', 'HTTP 500', now()) returning id`,
    [id],
  )
  await house.admin(
    `insert into delivery.outbox (channel, person_id, kind, facts, path, severity)
     select 'mail', id, 'case_opened', '{}', '/', 4 from access.person where login = 'hangzhou.duty'`,
  )
  await house.admin(`update access.person set email = 'duty@example.org' where login = 'hangzhou.duty'`)
  await house.admin('update delivery.template set still = null')
  assert.equal((await system['delivery.send_again']({ ids: [Number(failed?.id)] })).queued, 1)
}

test('a restored copy sends, sends again and fetches nothing until somebody says so, and says it everywhere', async () => {
  await system['delivery.save_webhook']({
    name: '办公系统',
    url: `http://127.0.0.1:${port}/hook`,
    unitId: unit.branchId,
    minSeverity: 0,
  })
  await house
    .as('hq.publicity', monitoring)
    ['monitoring.save_source']({ name: '外面', kind: 'feed', url: `http://127.0.0.1:${port}/feed`, unitId: unit.branchId })
  await house.db.work((tx) => holdOutward(tx, '2026-01-01T00:00:00.000Z'))
  await happen()
  assert.equal(await sendOutbox(given), 0)
  assert.equal(await fetchDue(given), 0)
  assert.deepEqual(heard, [])
  const health = (await house.app.inject({ url: '/healthz' })).json()
  assert.deepEqual([health.ok, health.outwardHeld], [false, true])
  assert.match((await house.app.inject({ url: '/metrics' })).body, /^anlan_outward_held 1$/m)
  assert.equal((await house.as('hangzhou.duty', access)['access.me']({})).outwardHeld, true)
  assert.match(say('outward').stderr, /已暂停/)

  const undecided = say('outward', 'open')
  assert.equal(undecided.status, 2)
  assert.match(undecided.stderr, /--send.*--drop/s)
  assert.equal(await sendOutbox(given), 0)

  const opened = say('outward', 'open', '--send')
  assert.equal(opened.status, 0, opened.stderr)
  const row = await lastWord()
  assert.deepEqual([row?.ask, row?.subject, row?.person], ['word.outward_open', 'sent: 3', null])
  assert.match(row?.address ?? '', /.+@.+/)
  while ((await sendOutbox(given)) > 0);
  assert.equal(await fetchDue(given), 1)
  assert.deepEqual([...new Set(heard)].sort(), ['GET /feed', 'POST /again', 'POST /hook', 'mail'])
  assert.equal((await house.app.inject({ url: '/healthz' })).json().outwardHeld, false)
  assert.equal((await house.as('hangzhou.duty', access)['access.me']({})).outwardHeld, false)
})

test('what waited can be dropped instead, and nothing of it is sent', async () => {
  assert.equal(say('outward', 'hold').status, 0)
  assert.equal((await lastWord())?.ask, 'word.outward_hold')
  await house.admin('delete from delivery.outbox')
  await happen()
  heard.length = 0
  assert.equal(say('outward', 'open', '--drop').status, 0)
  assert.equal((await lastWord())?.subject, 'dropped: 3')
  assert.equal(await sendOutbox(given), 0)
  assert.deepEqual(heard, [])
})
