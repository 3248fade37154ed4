import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { openKill } from '../../test/kill.ts'
import { delivery } from '../delivery/contract.ts'
import { auditClocks } from './audit.ts'
import { response } from './contract.ts'

const scene = await openScene()
const as = (login: string) => scene.as(login, response)
/** What a clock had left at the last step, however long ago that is. */
const secondsLeft = (row: Record<string, unknown>) =>
  Math.round((Date.parse(String(row.due_at)) - Date.parse(String(row.updated_at))) / 1_000)
const unread = async (login: string) => (await scene.as(login, delivery)['delivery.list_notices']({})).unread

test('what nobody acknowledges goes branch → region → headquarters, with the whole time for each', async () => {
  const id = await scene.alert({ unit: 'hangzhou', severity: 4 })
  const opened = await scene.case(id)
  assert.equal(Date.parse(String(opened.due_at)) - Date.parse(String(opened.opened_at)), 600_000)
  assert.equal(await scene.sweep(), 0, 'nothing strikes before its time')
  await scene.runOut(id)
  const region = await scene.case(id)
  assert.deepEqual([region.holder, region.state, region.escalations, region.missed], ['region', 'open', 1, true])
  assert.equal(secondsLeft(region), 600)
  assert.ok((await unread('east.coordinator')) > 0)
  assert.equal(await unread('hq.publicity'), 0)
  await scene.runOut(id)
  assert.equal((await scene.case(id)).holder, 'headquarters')
  assert.ok((await unread('hq.publicity')) > 0)
  const { case: seen } = await as('hangzhou.duty')['response.get_case']({ id })
  assert.deepEqual([seen.abilities.acknowledge, seen.abilities.note, seen.whose], [true, true, 'mine'])
  await as('hq.publicity')['response.take_case']({ id })
  const { case: taken, moved } = await as('hangzhou.duty')['response.get_case']({ id })
  assert.deepEqual([taken.abilities.acknowledge, taken.abilities.note, taken.whose], [false, true, 'above'])
  assert.deepEqual([moved?.kind, moved?.from, moved?.to], ['escalated', 'region', 'headquarters'])
  await assert.rejects(as('hangzhou.duty')['response.answer_case']({ id, text: '说明' }), { code: 'case_held_above' })
})

test('a case at which a step fails holds up no other', async () => {
  const [odd, well] = [
    await scene.alone({ unit: 'suzhou', severity: 4 }),
    await scene.alone({ unit: 'ningbo', severity: 2, category: 'service' }),
  ]
  await scene.admin(`create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'odd'; end $$`)
  await scene.admin(
    `create trigger odd before insert on response.case_event for each row when (new.case_id = ${odd}) execute function public.refuse()`,
  )
  const due = (id: number) =>
    scene.admin(
      `update response.case set strikes_at = now() - make_interval(mins => $2), due_at = now() - make_interval(mins => $2) where id = $1`,
      [id, id === odd ? 2 : 1],
    )
  await due(odd)
  await due(well)
  await assert.rejects(scene.sweep(), /odd/, 'it is told')
  assert.deepEqual([(await scene.case(odd)).holder, (await scene.case(well)).holder], ['branch', 'region'])
  await scene.admin('drop trigger odd on response.case_event')
  await scene.sweep()
  assert.equal((await scene.case(odd)).holder, 'region')
})

test('headquarters is reminded ever more rarely and never not', async () => {
  const id = await scene.alert({ unit: 'hq', severity: 3 })
  const gaps: number[] = []
  for (let at = 0; at < 12; at++) {
    await scene.runOut(id)
    const now = await scene.case(id)
    gaps.push(Math.round((Date.parse(String(now.strikes_at)) - Date.parse(String(now.updated_at))) / 60_000))
    assert.equal(now.holder, 'headquarters')
  }
  assert.deepEqual(gaps, [30, 60, 120, 240, 480, 960, 1440, 1440, 1440, 1440, 1440, 1440])
  const { cases } = await as('hq.publicity')['response.list_cases']({ overdue: true })
  assert.ok(cases.some((one) => one.id === id))
  assert.equal((await scene.case(id)).reminders, 12)
})

test('acknowledged in time but not answered in time goes up too', async () => {
  const id = await scene.alone({ unit: 'ningbo', severity: 3 })
  await as('ningbo.duty')['response.acknowledge_case']({ id })
  const waiting = await scene.case(id)
  assert.deepEqual([waiting.awaiting, waiting.clock], ['answer', 2])
  assert.equal(secondsLeft(waiting), 18_000)
  await scene.runOut(id)
  const risen = await scene.case(id)
  assert.deepEqual([risen.holder, risen.state, risen.handler_id], ['region', 'open', null])
})

test('answered and closed stop the clock; reopened starts one', async () => {
  const id = await scene.alert({ unit: 'guangzhou' })
  const duty = as('guangzhou.duty')
  await duty['response.take_case']({ id })
  await duty['response.answer_case']({ id, text: '已电话致歉', channel: '电话' })
  for (const done of [0, 1]) {
    const { awaiting, due_at, strikes_at } = await scene.case(id)
    assert.deepEqual([awaiting, due_at, strikes_at], [null, null, null])
    await scene.runOut(id)
    assert.equal((await scene.case(id)).holder, 'branch')
    if (done === 0) await duty['response.close_case']({ id, outcome: 'resolved' })
  }
  await duty['response.reopen_case']({ id, text: '又有人投诉' })
  assert.deepEqual([(await scene.case(id)).state, (await scene.case(id)).awaiting], ['open', 'acknowledge'])
  await scene.runOut(id)
  assert.equal((await scene.case(id)).holder, 'region')
})

test('an empty tier on the way up is passed over, and the timeline says so', async () => {
  await scene.admin(`update access.grant set withdrawn_at = now() where unit_id = $1`, [scene.units.get('north')?.id])
  const id = await scene.alert({ unit: 'beijing' })
  await scene.runOut(id)
  assert.equal((await scene.case(id)).holder, 'headquarters')
  const { events } = await as('hq.publicity')['response.get_case']({ id })
  assert.deepEqual(events.find(({ facts }) => facts.reason)?.facts, {
    from: 'region',
    to: 'headquarters',
    reason: 'nobody_on_duty',
  })
})

test('many sweepers at once strike each clock once', async () => {
  const ids: number[] = []
  for (const unit of ['nanning', 'haikou', 'foshan', 'shenzhen', 'dongguan']) ids.push(await scene.alert({ unit }))
  await scene.admin(`update response.case set strikes_at = now() - interval '1 second' where id = any($1)`, [ids])
  const struck = await Promise.all(Array.from({ length: 6 }, () => scene.sweep()))
  assert.equal(
    struck.reduce((sum, one) => sum + one),
    5,
  )
  for (const id of ids) {
    assert.equal((await scene.case(id)).holder, 'region')
    assert.equal((await scene.kinds(id)).filter((kind) => kind === 'escalated').length, 1)
  }
})

test('a person and the clock at the same moment: one of them wins, and what follows fits', async () => {
  for (let round = 0; round < 5; round++) {
    const id = await scene.alone({ unit: 'qingdao' })
    const { updatedAt } = (await as('qingdao.duty')['response.get_case']({ id })).case
    await scene.admin(`update response.case set strikes_at = now() - interval '1 second' where id = $1`, [id])
    const [asked] = await Promise.allSettled([
      as('qingdao.duty')['response.acknowledge_case']({ id, seen: updatedAt }),
      scene.sweep(),
    ])
    const { holder, state } = await scene.case(id)
    if (asked.status === 'fulfilled') assert.deepEqual([holder, state], ['branch', 'acknowledged'])
    else assert.deepEqual([(asked.reason as { code: string }).code, state], ['conflict', 'open'])
  }
})

test('killed before any statement of a strike, nothing is half done, and it is done once', { timeout: 900_000 }, async () => {
  const id = await scene.alert({ unit: 'wuhan', severity: 3 })
  await scene.admin(`update response.case set strikes_at = now() - interval '1 second' where id = $1`, [id])
  const told = () =>
    scene.admin<{ n: number }>(`select count(*)::int as n from delivery.notice where facts->>'case' = $1`, [String(id)])
  const state = async () => {
    const { holder, clock, escalations } = await scene.case(id)
    return JSON.stringify([holder, clock, escalations, await scene.kinds(id), await told()])
  }
  const before = await state()
  const kill = await openKill(scene)
  let died = 0
  for (let step = 1; step < 60; step++) {
    const killed = await kill(step)
    const now = await state()
    if (!killed) break
    died = step
    if (now !== before) {
      // Only the commit had been sent: all of it is there.
      assert.deepEqual((await scene.kinds(id)).filter((kind) => kind === 'escalated').length, 1)
      break
    }
  }
  assert.ok(died > 10, `it died at ${died} different places`)
  await scene.sweep()
  await scene.sweep()
  const { holder, clock, escalations } = await scene.case(id)
  assert.deepEqual([holder, clock, escalations], ['region', 2, 1])
  assert.deepEqual(await scene.kinds(id), ['opened', 'notified', 'escalated', 'notified'])
})

test('the table refuses a case without its clock, and the auditor mends one that lost it all the same', async () => {
  const id = await scene.alert({ unit: 'kunming' })
  const lose = () => scene.admin('update response.case set awaiting = null, due_at = null, strikes_at = null where id = $1', [id])
  await assert.rejects(lose(), { constraint: 'case_has_its_clock' })
  const [check] = await scene.admin<{ text: string }>(
    `select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'case_has_its_clock'`,
  )
  await scene.admin('alter table response.case drop constraint case_has_its_clock')
  await lose()
  assert.equal((await auditClocks(scene.given)).repaired, 1)
  assert.equal((await auditClocks(scene.given)).repaired, 0)
  await scene.admin(`alter table response.case add constraint case_has_its_clock ${check?.text}`)
  assert.ok((await scene.case(id)).strikes_at)
  await scene.runOut(id)
  assert.equal((await scene.case(id)).holder, 'region')
  await scene.admin(`update response.case set strikes_at = now() - interval '5 minutes' where id = $1`, [id])
  assert.equal((await auditClocks(scene.given)).late, 1, 'a clock that nobody sweeps is noticed')
})

test('who gives another limit changes clocks that start afterwards, for the whole group, and only headquarters may', async () => {
  const policy = [{ severity: 2, acknowledgeSeconds: 120, answerSeconds: 300 }]
  await assert.rejects(as('east.coordinator')['response.set_clock_policy']({ policy }), { code: 'forbidden' })
  const running = await scene.alert({ unit: 'chongqing' })
  const before = await as('hq.publicity')['response.get_clock_policy']({})
  const after = await as('hq.publicity')['response.set_clock_policy']({ policy, seen: before.updatedAt })
  await assert.rejects(as('hq.publicity')['response.set_clock_policy']({ policy, seen: before.updatedAt }), { code: 'conflict' })
  await as('hq.publicity')['response.set_clock_policy']({ policy, seen: after.updatedAt })
  assert.equal((await scene.case(running)).acknowledge_seconds, 14_400)
  const fresh = await scene.case(await scene.alert({ unit: 'guiyang' }))
  assert.equal(Date.parse(String(fresh.due_at)) - Date.parse(String(fresh.opened_at)), 120_000)
  const bad = (severity: number) =>
    as('hq.publicity')['response.set_clock_policy']({ policy: [{ ...policy[0]!, severity }, policy[0]!] })
  await assert.rejects(bad(0), { code: 'invalid_input' })
  await assert.rejects(bad(2), { code: 'invalid_input' })
  assert.equal((await as('hangzhou.duty')['response.get_clock_policy']({})).abilities.edit, false)
})
