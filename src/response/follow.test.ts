import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { delivery } from '../delivery/contract.ts'
import { monitoring } from '../monitoring/contract.ts'
import { response } from './contract.ts'

const scene = await openScene()
const as = (login: string) => scene.as(login, response)
const get = (login: string, id: number) => as(login)['response.get_case']({ id })
const correct = (login: string, id: number, change: object) =>
  scene.as(login, monitoring)['monitoring.correct_mention']({ id, ...change })
const unit = (code: string) => scene.units.get(code)?.id ?? 0
const bell = async (login: string) =>
  (await scene.as(login, delivery)['delivery.list_notices']({})).notices.map(({ template, path }) => `${template} ${path}`)
const dueAt = async (id: number) => Date.parse(String((await scene.case(id)).due_at))
const mentionOf = async (id: number) =>
  (await scene.admin<{ id: number }>('select mention_id as id from response.alert where case_id = $1 order by id', [id]))[0]
    ?.id ?? 0
const caseOf = async (mentionId: number) =>
  (
    await scene.admin<{ id: number }>('select case_id as id from response.alert where mention_id = $1 and ended_at is null', [
      mentionId,
    ])
  )[0]?.id ?? 0

test('severity corrected upwards makes the open case so severe, its clock shorter, and is told with its reason', async () => {
  const id = await scene.alone({ unit: 'hangzhou', severity: 2 })
  const mention = await mentionOf(id)
  await correct('hangzhou.lead', mention, { severity: 4, reason: '有患者受伤' })
  await scene.follow([mention], true)
  const raised = await scene.case(id)
  assert.deepEqual([raised.severity, raised.state, raised.acknowledge_seconds], [4, 'open', 600])
  const opened = Date.parse(String(raised.opened_at))
  assert.equal(Date.parse(String(raised.due_at)), opened + 600_000, 'the shorter limit counts from the alert')
  assert.ok((await bell('hangzhou.duty')).includes(`case_raised /response/${id}`))
  const { events } = await get('hangzhou.duty', id)
  const { kind, person, text, facts } = events.at(-1) ?? {}
  assert.deepEqual([kind, person, text, facts], ['severity_raised', '尹秀英', '有患者受伤', { from: 2, to: 4 }])
  await scene.follow([mention], true)
  assert.equal((await scene.kinds(id)).filter((one) => one === 'severity_raised').length, 1, 'twice is once')
})

test('a limit that would be over already leaves half of its time, and no clock is ever moved further away', async () => {
  const id = await scene.alone({ unit: 'hangzhou', severity: 2 })
  const mention = await mentionOf(id)
  const back = `opened_at = opened_at - interval '3 hours', due_at = due_at - interval '3 hours', strikes_at = strikes_at - interval '3 hours'`
  await scene.admin(`update response.case set ${back} where id = $1`, [id])
  await correct('hangzhou.lead', mention, { severity: 4 })
  await scene.follow([mention], true)
  const due = await dueAt(id)
  const left = (due - Date.parse(String((await scene.case(id)).updated_at))) / 1000
  assert.ok(left > 200 && left <= 300, `${left} s from when it was raised`)
  await correct('hangzhou.lead', mention, { severity: 2, reason: '核实为一般投诉' })
  await scene.follow([mention], true)
  const lowered = await scene.case(id)
  assert.equal(lowered.severity, 2)
  assert.equal(await dueAt(id), due, 'lowered, it keeps its time')
  assert.equal((await get('hangzhou.duty', id)).events.at(-1)?.kind, 'severity_lowered')
})

test('a lower severity needs a reason; judged lower anew, a case does not sink by itself', async () => {
  const id = await scene.alone({ unit: 'ningbo', severity: 3 })
  const mention = await mentionOf(id)
  await assert.rejects(correct('ningbo.duty', mention, { severity: 1 }), { code: 'invalid_input' })
  await scene.admin('update monitoring.mention set severity = 1 where id = $1', [mention])
  await scene.follow([mention])
  assert.equal((await scene.case(id)).severity, 3)
  await scene.admin('update monitoring.mention set severity = 4 where id = $1', [mention])
  await scene.follow([mention])
  assert.equal((await scene.case(id)).severity, 4, 'judged higher anew, it rises')
})

test('a case is as severe as the most severe of what stands in it', async () => {
  const id = await scene.alone({ unit: 'suzhou', severity: 3 })
  const first = await mentionOf(id)
  const [second = 0] = await scene.say({ unit: 'suzhou', severity: 2 })
  await scene.route([second])
  await correct('suzhou.duty', first, { severity: 1, reason: '已向当事人核实' })
  await scene.follow([first], true)
  const after = await scene.case(id)
  assert.deepEqual([after.severity, after.offer], [2, null])
  await correct('suzhou.duty', second, { severity: 0, reason: '只是提问' })
  await scene.follow([second], true)
  const harmless = (await get('suzhou.duty', id)).case
  assert.deepEqual([harmless.severity, harmless.offer, harmless.state], [1, 'harmless', 'open'])
})

test('the last post that is not about us ends the alert; while another works on it, it is offered to be closed so', async () => {
  const id = await scene.alone({ unit: 'jinan', severity: 3 })
  const mention = await mentionOf(id)
  await assert.rejects(correct('jinan.duty', mention, { notOurs: true }), { code: 'invalid_input' })
  await correct('jinan.duty', mention, { notOurs: true, reason: '说的是济南另一家医院' })
  await scene.follow([mention], true)
  const ended = await scene.case(id)
  assert.deepEqual([ended.state, ended.outcome, ended.alerts, ended.strikes_at], ['closed', 'not_ours', 0, null])
  assert.deepEqual((await scene.kinds(id)).slice(-2), ['mention_left', 'closed'])

  const worked = await scene.alone({ unit: 'jinan', severity: 3 })
  const other = await mentionOf(worked)
  await as('jinan.duty')['response.take_case']({ id: worked })
  await correct('east.coordinator', other, { notOurs: true, reason: '同名医院' })
  await scene.follow([other], true)
  const offered = (await get('jinan.duty', worked)).case
  assert.deepEqual([offered.state, offered.offer], ['handling', 'not_ours'])
  assert.ok((await bell('jinan.duty')).includes(`case_emptied /response/${worked}`))
  const { category, severity, sentiment } = await scene.as('jinan.duty', monitoring)['monitoring.get_mention']({ id: other })
  assert.deepEqual([category, severity, sentiment], ['irrelevant', 0, 'neutral'])
})

test('said again after it was closed the case goes on, once, with a clock and a notice; not when it was not ours', async () => {
  const id = await scene.alone({ unit: 'guangzhou' })
  const mention = await mentionOf(id)
  const duty = as('guangzhou.duty')
  await duty['response.take_case']({ id })
  await scene.heat(mention, 5)
  await duty['response.close_case']({ id, outcome: 'explained', text: '已说明' })
  await scene.heat(mention, 5)
  assert.equal((await scene.case(id)).state, 'closed', 'what was said before is settled')
  await Promise.all([scene.heat(mention, 125), scene.heat(mention, 125)])
  const again = await scene.case(id)
  assert.deepEqual([again.state, again.awaiting, again.heat, again.outcome], ['open', 'acknowledge', 125, null])
  assert.equal(again.severity, 3, 'so often said, it may spread')
  const { events } = await get('guangzhou.duty', id)
  assert.deepEqual(
    events.filter(({ kind }) => kind === 'reopened').map(({ facts }) => facts.repeats),
    [120],
  )
  assert.ok((await bell('guangzhou.duty')).includes(`case_repeated /response/${id}`))
  await duty['response.take_case']({ id })
  await duty['response.close_case']({ id, outcome: 'not_ours', text: '同名医院' })
  await scene.heat(mention, 130)
  assert.equal((await scene.case(id)).state, 'closed')
})

test('an answered case goes on from ten repeats after the answer', async () => {
  const id = await scene.alone({ unit: 'guangzhou', category: 'access' })
  const mention = await mentionOf(id)
  await as('guangzhou.duty')['response.take_case']({ id })
  await as('guangzhou.duty')['response.answer_case']({ id, text: '已答复' })
  await scene.heat(mention, 9)
  assert.equal((await scene.case(id)).state, 'answered')
  await scene.heat(mention, 11)
  assert.equal((await scene.case(id)).state, 'open')
})

test('heat raises the alert of a grumble, and the severity and clock of an open case', async () => {
  const [grumble = 0] = await scene.say({ unit: 'xiamen', severity: 1, category: 'environment' })
  const [praise = 0] = await scene.say({ unit: 'xiamen', severity: 0, sentiment: 'positive', category: 'praise' })
  await scene.heat(grumble, 9)
  await scene.heat(praise, 300)
  assert.equal(await caseOf(grumble), 0)
  await scene.heat(grumble, 10)
  const id = await caseOf(grumble)
  assert.equal((await scene.case(id)).severity, 2)
  assert.equal(await caseOf(praise), 0, 'praise spreads in peace')
  const before = await dueAt(id)
  await scene.heat(grumble, 60)
  assert.equal((await scene.case(id)).severity, 3)
  assert.ok((await dueAt(id)) < before)
  await correct('xiamen.duty', grumble, { severity: 0, reason: '已整改' })
  await scene.follow([grumble], true)
  await scene.heat(grumble, 70)
  assert.equal((await scene.case(id)).severity, 1, 'what a person said holds until the next mark')
  await scene.heat(grumble, 200)
  assert.equal((await scene.case(id)).severity, 4)
})

test('corrected upwards after it was closed, the case goes on', async () => {
  const id = await scene.alone({ unit: 'hefei' })
  const mention = await mentionOf(id)
  await as('hefei.duty')['response.take_case']({ id })
  await as('hefei.duty')['response.close_case']({ id, outcome: 'explained', text: '已说明' })
  await correct('east.coordinator', mention, { severity: 4, reason: '后续发现人员伤亡' })
  await scene.follow([mention], true)
  assert.deepEqual([(await scene.case(id)).state, (await scene.case(id)).severity], ['open', 4])
})

test('the right hospital: who covers both passes a post on; the wrong one’s case ends, the right one is alerted', async () => {
  const id = await scene.alone({ unit: 'hangzhou', severity: 3 })
  const mention = await mentionOf(id)
  const reason = '说的是宁波'
  for (const login of ['hangzhou.lead', 'ningbo.duty', 'south.coordinator'])
    await assert.rejects(correct(login, mention, { unitIds: [unit('ningbo')], reason }), {
      code: login === 'hangzhou.lead' ? 'outside_units' : 'not_found',
    })
  await assert.rejects(correct('east.coordinator', mention, { unitIds: [unit('guangzhou')], reason }), { code: 'outside_units' })
  await assert.rejects(correct('east.coordinator', mention, { unitIds: [unit('ningbo')] }), { code: 'invalid_input' })
  await correct('east.coordinator', mention, { unitIds: [unit('ningbo')], reason })
  await scene.follow([mention], true)
  const wrong = await get('hangzhou.duty', id)
  assert.deepEqual([wrong.case.state, wrong.mentions, wrong.lead, wrong.case.titled], ['closed', [], null, false])
  assert.deepEqual(
    wrong.events.slice(-2).map(({ kind, text, person }) => [kind, text, person]),
    [
      ['mention_left', reason, '方修远'],
      ['closed', reason, '方修远'],
    ],
  )
  await assert.rejects(scene.as('hangzhou.duty', monitoring)['monitoring.get_mention']({ id: mention }), { code: 'not_found' })
  const right = await caseOf(mention)
  assert.notEqual(right, id)
  const seen = await get('ningbo.duty', right)
  assert.deepEqual([seen.case.unit.code, seen.case.state, seen.lead?.id], ['ningbo', 'open', mention])
  assert.ok((await bell('ningbo.duty')).includes(`case_opened /response/${right}`))
  await assert.rejects(get('hangzhou.duty', right), { code: 'not_found' })
  const history = (await scene.as('ningbo.duty', monitoring)['monitoring.get_mention']({ id: mention })).corrections
  assert.deepEqual(
    history.map(({ field, person, reason: why }) => [field, person, why]),
    [['unit', '方修远', reason]],
  )
  assert.equal(
    (await scene.admin('select from monitoring.correction where mention_id = $1 and field = $2', [mention, 'unit'])).length,
    2,
  )
  await scene.follow([mention], true)
  assert.equal(await caseOf(mention), right, 'twice is once')
  await correct('east.coordinator', mention, { unitIds: [unit('hangzhou')], reason: '还是杭州' })
  await scene.follow([mention], true)
  assert.equal((await scene.case(right)).state, 'closed')
  assert.equal((await get('hangzhou.duty', await caseOf(mention))).case.unit.code, 'hangzhou', 'and back again')
})

test('a case with other posts goes on without the one that left', async () => {
  const id = await scene.alone({ unit: 'hangzhou', severity: 4 })
  const first = await mentionOf(id)
  const [second = 0] = await scene.say({ unit: 'hangzhou', severity: 2 })
  await scene.route([second])
  await correct('east.coordinator', first, { unitIds: [unit('suzhou')], reason: '苏州的事' })
  await scene.follow([first], true)
  const left = (await get('hangzhou.duty', id)).case
  assert.deepEqual([left.state, left.alerts, left.severity], ['open', 1, 2])
  const { cases } = await as('hq.publicity')['response.find_cases']({ mentionIds: [first, second] })
  assert.deepEqual(cases, [
    { mentionId: first, id: await caseOf(first), state: 'open' },
    { mentionId: second, id, state: 'open' },
  ])
  assert.deepEqual((await as('hangzhou.duty')['response.find_cases']({ mentionIds: [first, second] })).cases, [cases[1]])
})

test('several right hospitals each get it, and one that has the post already is not told twice', async () => {
  const id = await scene.alone({ unit: 'hangzhou', severity: 3 })
  const mention = await mentionOf(id)
  await correct('hq.publicity', mention, { unitIds: ['hangzhou', 'ningbo', 'guangzhou'].map(unit), reason: '三家都提到' })
  const rows = () =>
    scene.admin<{ id: number; branch: number }>(
      `select id, branch_id as branch from monitoring.mention where post_id = (select post_id from monitoring.mention where id = $1) order by 2`,
      [mention],
    )
  const units = ['hangzhou', 'ningbo', 'guangzhou'].map(unit).toSorted((a, b) => a - b)
  assert.deepEqual(
    (await rows()).map(({ branch }) => branch),
    units,
  )
  assert.equal((await scene.case(id)).state, 'open', 'it is still about hangzhou')
  await correct('hq.publicity', mention, { unitIds: [unit('ningbo')], reason: '其实只有宁波' })
  await scene.follow([mention], true)
  assert.deepEqual(
    (await rows()).map(({ branch }) => branch),
    units,
    'a unit has one mention of a post',
  )
  const [own] = await scene.admin<{ category: string }>('select category from monitoring.mention where id = $1', [mention])
  assert.equal(own?.category, 'irrelevant')
  assert.equal((await scene.case(id)).outcome, 'not_ours')
})

test('counts, searches and roll-ups equal the rows after units were corrected in bulk, and one out of sight stops all', async () => {
  const ids = await scene.say(...Array.from({ length: 12 }, (_, n) => ({ unit: n % 2 ? 'zhengzhou' : 'changsha', severity: 2 })))
  const bulk = (login: string, given: number[], change: object) =>
    scene.as(login, monitoring)['monitoring.correct_mentions']({ ids: given, reason: '批量更正', ...change })
  const own = ids.filter((_, n) => n % 2 === 0)
  await assert.rejects(bulk('changsha.duty', ids, { severity: 1 }), { code: 'not_found' })
  assert.equal(
    (await scene.admin(`select from monitoring.correction where mention_id = any($1)`, [ids])).length,
    0,
    'all or none',
  )
  assert.deepEqual((await bulk('changsha.duty', own, { severity: 1 })).ids, own)
  await bulk('hq.publicity', ids, { unitIds: [unit('wuhan')] })
  const count = async (login: string) => (await scene.as(login, monitoring)['monitoring.count_mentions']({})).count
  assert.deepEqual(await Promise.all(['wuhan.duty', 'changsha.duty'].map(count)), [12, 0])
  const wrong = await scene.admin(`
    select branch_id from (
      select branch_id, count(*) as n, count(*) filter (where sentiment = 'negative') as bad from monitoring.mention group by 1) real
    full join (select branch_id, sum(negative + neutral + positive) as n, sum(negative) as bad from monitoring.volume_hour group by 1) hours
      using (branch_id)
    full join (select branch_id, sum(negative + neutral + positive) as n, sum(negative) as bad from monitoring.volume_day
      where facet = 'all' group by 1) days using (branch_id)
    where (coalesce(real.n, 0), coalesce(real.bad, 0)) <> (coalesce(hours.n, 0), coalesce(hours.bad, 0))
      or (coalesce(real.n, 0), coalesce(real.bad, 0)) <> (coalesce(days.n, 0), coalesce(days.bad, 0))`)
  assert.deepEqual(wrong, [])
})
