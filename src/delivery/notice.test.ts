import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { delivery } from './contract.ts'
import { notify, onDuty, type Telling } from './index.ts'
import { sentences, templates } from './templates.ts'

const house = await openHouse()
const idOf = async (login: string) =>
  (await house.admin<{ id: number }>('select id from access.person where login = $1', [login]))[0]?.id ?? 0
const unitOf = async (code: string) =>
  (await house.admin<{ id: number }>('select id from access.unit where code = $1', [code]))[0]?.id ?? 0
const [me, other] = [await idOf('hangzhou.duty'), await idOf('ningbo.duty')]

const telling = (to: Telling['to'], more: Partial<Telling> = {}): Telling => ({
  to,
  template: 'case_opened',
  facts: { case: 7, unit: '衡川杭州医院', severity: 3 },
  path: '/response/7',
  severity: 3,
  demo: false,
  ...more,
})
const bell = (login: string) => house.as(login, delivery)

test('a notice reaches the person told, in both languages, and nobody else', async () => {
  assert.equal(await house.db.work((tx) => notify(tx, telling({ persons: [me] }))), 1)
  const { notices, unread } = await bell('hangzhou.duty')['delivery.list_notices']({})
  assert.equal(unread, 1)
  assert.equal(notices[0]?.zh, '衡川杭州医院有一条“扩散风险”级预警待确认（处置单 7）')
  assert.equal(notices[0]?.path, '/response/7')
  for (const login of ['ningbo.duty', 'east.coordinator', 'hq.publicity', 'hq.system'])
    assert.deepEqual(await bell(login)['delivery.list_notices']({}), { notices: [], unread: 0, next: null }, login)
})

test('marking read marks one’s own only', async () => {
  await house.db.work((tx) => notify(tx, telling({ persons: [me, other] })))
  const { notices } = await bell('hangzhou.duty')['delivery.list_notices']({})
  const ids = notices.map(({ id }) => id)
  assert.equal((await bell('ningbo.duty')['delivery.mark_read']({ ids })).unread, 1)
  assert.equal((await bell('hangzhou.duty')['delivery.mark_read']({ ids: ids.slice(0, 1) })).unread, 1)
  assert.equal((await bell('hangzhou.duty')['delivery.list_notices']({ unread: true })).notices.length, 1)
  assert.equal((await bell('hangzhou.duty')['delivery.mark_read']({})).unread, 0)
})

test('all that is read is what was on the page: a notice that came since stays unread', async () => {
  for (let at = 0; at < 3; at++) await house.db.work((tx) => notify(tx, telling({ persons: [me] })))
  const { notices } = await bell('hangzhou.duty')['delivery.list_notices']({ limit: 1 })
  await house.db.work((tx) => notify(tx, telling({ persons: [me] }, { severity: 4 })))
  assert.equal((await bell('hangzhou.duty')['delivery.mark_read']({ upTo: notices[0]?.id })).unread, 1)
  const [left] = (await bell('hangzhou.duty')['delivery.list_notices']({ unread: true })).notices
  assert.equal(left?.severity, 4)
  assert.equal((await bell('hangzhou.duty')['delivery.mark_read']({})).unread, 0)
})

test('the bell turns its pages', async () => {
  for (let at = 0; at < 5; at++) await house.db.work((tx) => notify(tx, telling({ persons: [other] })))
  const first = await bell('ningbo.duty')['delivery.list_notices']({ limit: 4 })
  const second = await bell('ningbo.duty')['delivery.list_notices']({ limit: 4, before: first.next ?? '' })
  const ids = [...first.notices, ...second.notices].map(({ id }) => id)
  assert.equal(new Set(ids).size, 6)
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => b - a),
  )
})

test('on duty is who holds the right on exactly that unit now', async () => {
  const [hangzhou, east] = [await unitOf('hangzhou'), await unitOf('east')]
  const duty = (unitId: number) => house.db.work((tx) => onDuty(tx, { right: 'response.handle', unitId }))
  assert.equal(await duty(hangzhou), true)
  await house.admin("update access.grant set valid_until = now() + interval '1 millisecond' where unit_id = $1", [hangzhou])
  assert.equal(await duty(hangzhou), false)
  assert.equal(await duty(east), true)
  await house.admin('update access.grant set valid_until = null where unit_id = $1', [hangzhou])
  await house.admin(
    'update access.person set active = false where unit_id in (select id from access.unit where region_id = $1)',
    [east],
  )
  assert.equal(await duty(east), false)
  await house.admin('update access.person set active = true')
})

test('whoever holds the right is told, but not the person who asks', async () => {
  const unitId = await unitOf('wenzhou').then((id) => id || unitOf('nanjing'))
  const holders = { right: 'response.handle', unitId }
  const told = await house.db.work((tx) => notify(tx, telling({ holders })))
  assert.ok(told > 0)
  const rows = await house.admin<{ n: number }>(
    'select count(distinct person_id)::int as n from delivery.notice where person_id in (select delivery.holders($1, $2))',
    [holders.right, unitId],
  )
  assert.equal(rows[0]?.n, told)
})

test('a login of a tier reaches nobody without its signed context', async () => {
  const pool = house.db.pool('anlan_branch')
  await assert.rejects(pool.query(`select delivery.notify('{1}', null, null, 'case_opened', '{}', '/x', 1, false, true, 1, 1)`), {
    code: 'AN001',
  })
  await assert.rejects(pool.query(`select delivery.emit(1, 1, 'case.opened', '{}', '/x', 1)`), { code: 'AN001' })
  await assert.rejects(pool.query('select * from delivery.outbox'), { code: '42501' })
  await assert.rejects(pool.query("select delivery.holders('response.handle', 1)"), { code: '42501' })
})

test('every template is whole in both languages', () => {
  for (const name of Object.keys(templates)) {
    const { zh, en } = sentences(name, { case: 1, unit: '甲', severity: 4, count: 2, hook: 3, seconds: 60 })
    assert.doesNotMatch(zh + en, /[{}]/, name)
    assert.match(zh, /\p{Script=Han}/u, name)
  }
})
