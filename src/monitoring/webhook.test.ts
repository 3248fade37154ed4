import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openHouse, type Refused } from '../../test/harness.ts'
import { projectRoot } from '../base/config.ts'
import { monitoring } from './contract.ts'

const house = await openHouse()
const boss = house.as('hq.publicity', monitoring)
const refused = (code: string) => (error: Refused) => error.code === code
const hq = async () => (await house.admin<{ id: number }>(`select id from access.unit where code = 'hq'`))[0]?.id ?? 0
const found = async (search: string) => (await boss['monitoring.list_mentions']({ search })).mentions
const takenBy = async (id: number) => (await boss['monitoring.list_sources']({})).find((source) => source.id === id)?.taken

const signed = (secret: string, timestamp: string, body: string | Buffer) => ({
  'content-type': 'application/json',
  'x-anlan-timestamp': timestamp,
  'x-anlan-signature': `sha256=${createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')}`,
})
let ticks = 0
/** Each call a second of its own, as equal calls in one second are one. */
const nextStamp = () => String(Math.floor(Date.now() / 1000) - 100 + ticks++)

async function push(id: number | string, secret: string, body: string | Buffer, more: Record<string, string> = {}) {
  const headers = { ...signed(secret, nextStamp(), body), ...more }
  const reply = await house.app.inject({ method: 'POST', url: `/intake/${id}`, headers, payload: body })
  return { status: reply.statusCode, body: reply.json() }
}

test('a signed webhook takes items in and leaves a trail; whoever cannot sign learns nothing', async () => {
  const { id, webhookSecret: secret } = await boss['monitoring.save_source']({
    name: '推送',
    kind: 'webhook',
    unitId: await hq(),
  })
  assert.ok(secret)
  const item = { id: 'w1', platform: 'douyin', text: '北京衡川医院亦庄院区急诊走廊加床,没人管' }
  const taken = await push(id, secret, JSON.stringify([item, { id: 'w2' }]))
  assert.equal(taken.status, 200)
  assert.deepEqual([taken.body.new, taken.body.refused[0].at, taken.body.refused[0].code], [1, 1, 'nothing_said'])
  assert.equal((await push(id, secret, JSON.stringify(item))).body.repeated, 1)
  const lines = await push(id, secret, `${JSON.stringify({ ...item, id: 'w3', text: '北京衡川医院亦庄院区停车难' })}\n{broken\n`)
  assert.deepEqual(
    [lines.body.new, lines.body.refused.map((fault: { at: number; code: string }) => [fault.at, fault.code])],
    [1, [[1, 'not_json']]],
  )
  assert.equal((await push(id, secret, '{nothing')).body.error.code, 'body_unreadable')
  assert.deepEqual(await takenBy(id), { new: 2, repeated: 1, updated: 0, irrelevant: 0, refused: 2 })

  const wrong = await push(id, 'guess', JSON.stringify(item))
  const absent = await push(99_999, secret, JSON.stringify(item))
  const old = String(Math.floor(Date.now() / 1000) - 400)
  const late = await push(id, secret, JSON.stringify(item), signed(secret, old, JSON.stringify(item)))
  for (const answer of [wrong, absent, late]) {
    assert.equal(answer.status, 401)
    assert.deepEqual({ ...answer.body.error, trace: 0 }, { ...wrong.body.error, trace: 0 })
  }
  const trail = await house.admin<{ outcome: string; code: string | null }>(
    `select outcome, code from privacy.trail where ask = 'monitoring.webhook' order by id`,
  )
  assert.deepEqual(
    trail.map(({ outcome }) => outcome),
    ['allowed', 'allowed', 'allowed', 'refused'],
  )
  const metrics = (await house.app.inject('/metrics')).body
  assert.match(metrics, /^anlan_strangers_refused_total\{code="signature_wrong"\} 3$/m)
  await boss['monitoring.save_source']({ id, name: '推送', kind: 'webhook', unitId: await hq(), enabled: false })
  assert.equal((await push(id, secret, JSON.stringify(item))).body.error.code, 'source_paused')
})

const webhook = async (name: string) => {
  const made = await boss['monitoring.save_source']({ name, kind: 'webhook', unitId: await hq() })
  return { id: made.id, secret: made.webhookSecret ?? '' }
}

test('the timestamp is signed, and a call that was taken is not taken again', async () => {
  const { id, secret } = await webhook('重放')
  const body = JSON.stringify({ id: 'rp1', text: '北京衡川医院亦庄院区停车场收费太贵' })
  const stamp = nextStamp()
  const headers = signed(secret, stamp, body)
  assert.equal((await push(id, secret, body, headers)).status, 200)
  const again = await push(id, secret, body, headers)
  assert.deepEqual([again.status, again.body.error.code], [409, 'webhook_replayed'])
  const bodyOnly = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
  const attempts = {
    'a recorded signature under a fresh timestamp': { 'x-anlan-timestamp': nextStamp() },
    'a signature over the body alone': { 'x-anlan-signature': bodyOnly },
    ...Object.fromEntries(
      [`0x${Number(stamp).toString(16)}`, `${stamp}e0`, ` ${stamp}`, `${stamp}.0`, '', '-1', 'NaN'].map((odd) => [
        `the timestamp ${odd}`,
        signed(secret, odd, body),
      ]),
    ),
  }
  for (const [what, more] of Object.entries(attempts)) {
    const refused = await push(id, secret, body, { ...headers, ...more })
    assert.deepEqual([refused.status, refused.body.error.code], [401, 'signature_wrong'], what)
    assert.match(refused.body.error.next.en, /timestamp\.body/)
  }
  // Two equal calls at once: one of them.
  const both = signed(secret, nextStamp(), body)
  const replies = await Promise.all([push(id, secret, body, both), push(id, secret, body, both)])
  assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 409])
})

test('a secret is renewed with a day in which the former holds too', async () => {
  const { id, secret } = await webhook('换密钥')
  const body = JSON.stringify({ id: 'rn1', text: '北京衡川医院亦庄院区食堂太贵' })
  const { webhookSecret } = await boss['monitoring.renew_secret']({ id })
  for (const holder of [secret, webhookSecret]) assert.equal((await push(id, holder, body)).status, 200)
  await house.admin(
    `update monitoring.source_secret set created_at = now() - interval '25 hours' where source_id = $1 and secret = $2`,
    [id, webhookSecret],
  )
  assert.equal((await push(id, secret, body)).status, 401)
  assert.equal((await push(id, webhookSecret, body)).status, 200)
  await assert.rejects(house.as('hangzhou.nurse', monitoring)['monitoring.renew_secret']({ id }), refused('forbidden'))
  const { id: feed } = await boss['monitoring.save_source']({
    name: '订阅',
    kind: 'feed',
    url: 'https://www.example.cn/rss',
    unitId: await hq(),
  })
  await assert.rejects(boss['monitoring.renew_secret']({ id: feed }), refused('source_no_webhook'))
})

test('a body is decoded by its bytes, its large numbers stay exact, and each problem stands on the page of the source', async () => {
  const { id, secret } = await webhook('编码')
  const gbk = await readFile(join(projectRoot, 'test/reports/w-gbk.json'))
  assert.equal((await push(id, secret, gbk)).body.new, 1)
  assert.equal((await found('whgbk')).length, 1)
  const big = await push(id, secret, await readFile(join(projectRoot, 'test/reports/w-big-ids.json')))
  assert.equal(big.body.new, 2)
  const array = await push(id, secret, await readFile(join(projectRoot, 'test/reports/w-array.json')))
  assert.equal(array.body.new, 2)
  const image = await push(id, secret, Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]))
  assert.deepEqual([image.status, image.body.error.code], [422, 'body_undecodable'])
  const lines = `{"id":"pr1","text":"北京衡川医院亦庄院区电梯坏了","published_at":"改天"}\n{broken\n{"id":"pr2"}`
  const said = await push(id, secret, lines)
  assert.deepEqual(
    [...said.body.refused, ...said.body.noted].map((one: { at: number; code: string }) => [one.at, one.code]),
    [
      [1, 'not_json'],
      [2, 'nothing_said'],
      [0, 'date_unreadable'],
    ],
  )
  const { counts, problems } = await boss['monitoring.list_problems']({ sourceId: id })
  assert.deepEqual(counts.map(({ code, total }) => [code, total]).sort(), [
    ['date_unreadable', 1],
    ['encoding_guessed', 1],
    ['not_json', 1],
    ['nothing_said', 1],
  ])
  const unread = problems.find(({ code }) => code === 'date_unreadable')
  assert.deepEqual([unread?.item, unread?.detail, unread?.times], ['pr1', '改天', 1])
  const others = house.as('ningbo.duty', monitoring)
  await house.admin(`insert into access.grant (person_id, role_id, unit_id) select p.id, r.id, p.branch_id from access.person p, access.role r
    where p.login = 'ningbo.duty' and r.code = 'system_administrator' on conflict do nothing`)
  assert.deepEqual(await others['monitoring.list_problems']({ sourceId: id }), { counts: [], problems: [] })
  // The same problem again is the same row.
  await push(id, secret, lines)
  const later = await boss['monitoring.list_problems']({ sourceId: id, code: 'date_unreadable' })
  assert.deepEqual(
    later.problems.map(({ times }) => times),
    [2],
  )
  // However much is sent, only the latest rows are kept, and the count says how many there were.
  const many = Array.from({ length: 260 }, (_, at) => ({ id: `many${at}`, title: ' ' }))
  await push(id, secret, JSON.stringify(many))
  const [kept] = await house.admin<{ n: number }>(
    'select count(*)::int as n from monitoring.source_problem where source_id = $1',
    [id],
  )
  assert.equal(kept?.n, 200)
  const all = (await boss['monitoring.list_problems']({ sourceId: id })).counts
  assert.ok((all.find(({ code }) => code === 'nothing_said')?.total ?? 0) >= 61)
})

test('a body beyond the limit is refused in a clear sentence', async () => {
  const reply = await house.app.inject({
    method: 'POST',
    url: '/intake/1',
    headers: { 'content-type': 'application/json' },
    payload: Buffer.alloc(17 * 1024 * 1024, 32),
  })
  assert.deepEqual([reply.statusCode, reply.json().error.code], [413, 'body_too_large'])
})
