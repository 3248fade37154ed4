import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { delivery } from '../delivery/contract.ts'
import { response } from './contract.ts'

const scene = await openScene()
const as = (login: string) => scene.as(login, response)
const get = async (login: string, id: number) => (await as(login)['response.get_case']({ id })).case
const can = async (login: string, id: number) =>
  Object.entries((await get(login, id)).abilities)
    .filter(([, may]) => may)
    .map(([act]) => act)

test('the whole way: acknowledge, take, note, answer, close, reopen, each in the timeline under its person', async () => {
  const id = await scene.alert({ unit: 'hangzhou', severity: 3 })
  const duty = as('hangzhou.duty')
  assert.deepEqual(await can('hangzhou.duty', id), ['acknowledge', 'take', 'note', 'passUp'])
  await duty['response.acknowledge_case']({ id })
  assert.deepEqual(await can('hangzhou.duty', id), ['take', 'note', 'answer', 'close', 'passUp'])
  await duty['response.take_case']({ id })
  await duty['response.note_case']({ id, text: '已联系收费处' })
  await duty['response.answer_case']({ id, text: '停车前三十分钟免费', channel: '微博评论' })
  assert.deepEqual(await can('hangzhou.duty', id), ['note', 'answer', 'close', 'reopen'])
  await duty['response.close_case']({ id, outcome: 'explained', text: '当事人已理解' })
  assert.deepEqual(await can('hangzhou.duty', id), ['note', 'reopen'])
  await duty['response.reopen_case']({ id, text: '评论区仍有疑问' })
  const { case: found, events } = await duty['response.get_case']({ id })
  assert.deepEqual([found.state, found.handler, found.dueAt !== null], ['open', null, true])
  assert.deepEqual(
    events.slice(2).map(({ kind, person, text }) => [kind, person, text]),
    [
      ['acknowledged', '汪学锋', null],
      ['taken', '汪学锋', null],
      ['noted', '汪学锋', '已联系收费处'],
      ['answered', '汪学锋', '停车前三十分钟免费'],
      ['closed', '汪学锋', '当事人已理解'],
      ['reopened', '汪学锋', '评论区仍有疑问'],
    ],
  )
  assert.deepEqual(events.find(({ kind }) => kind === 'answered')?.facts, { channel: '微博评论' })
})

test('of two who acknowledge at once one wins; doing it twice oneself is doing it once', async () => {
  for (let round = 0; round < 5; round++) {
    const id = await scene.alone({ unit: 'hangzhou' })
    const seen = (await get('hangzhou.duty', id)).updatedAt
    const both = await Promise.allSettled(
      ['hangzhou.duty', 'east.coordinator'].map((login) => as(login)['response.acknowledge_case']({ id, seen })),
    )
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const lost = both.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    assert.equal((lost.reason as { code: string }).code, 'conflict')
    assert.equal((await scene.kinds(id)).filter((kind) => kind === 'acknowledged').length, 1)
    const winner = both[0]?.status === 'fulfilled' ? 'hangzhou.duty' : 'east.coordinator'
    const again = await Promise.all([1, 2].map(() => as(winner)['response.acknowledge_case']({ id, seen })))
    assert.equal(again[0]?.state, 'acknowledged')
    assert.equal((await scene.kinds(id)).filter((kind) => kind === 'acknowledged').length, 1)
  }
})

test('what was decided on something older is refused, and nothing changes', async () => {
  const id = await scene.alert({ unit: 'ningbo' })
  const { updatedAt: seen } = await get('ningbo.duty', id)
  await as('east.coordinator')['response.note_case']({ id, text: '请先核实' })
  await assert.rejects(as('ningbo.duty')['response.take_case']({ id, seen }), { code: 'conflict' })
  assert.equal((await scene.case(id)).state, 'open')
  await as('ningbo.duty')['response.take_case']({ id, seen: (await get('ningbo.duty', id)).updatedAt })
  const { updatedAt } = await get('ningbo.duty', id)
  await scene.alert({ unit: 'ningbo' })
  await as('ningbo.duty')['response.answer_case']({ id, text: '已核实', seen: updatedAt })
  await assert.rejects(as('ningbo.duty')['response.acknowledge_case']({ id }), { code: 'case_moved_on' })
})

test('a region takes over and hands back: the branch reads and notes meanwhile, and is told', async () => {
  const id = await scene.alert({ unit: 'suzhou', severity: 3 })
  await as('suzhou.duty')['response.take_case']({ id })
  await as('east.coordinator')['response.take_over_case']({ id, text: '涉及多院' })
  const taken = await get('suzhou.duty', id)
  assert.deepEqual([taken.holder, taken.state, taken.handler?.name], ['region', 'handling', '方修远'])
  assert.deepEqual(await can('suzhou.duty', id), ['note'])
  for (const ask of ['answer_case', 'note_case'] as const) {
    const asked = as('suzhou.duty')[`response.${ask}`]({ id, text: '补充' })
    await (ask === 'note_case' ? asked : assert.rejects(asked, { code: 'case_held_above' }))
  }
  await assert.rejects(as('suzhou.duty')['response.close_case']({ id, outcome: 'resolved' }), { code: 'case_held_above' })
  await assert.rejects(as('suzhou.duty')['response.hand_back_case']({ id, text: '要回' }), { code: 'forbidden' })
  const bell = await scene.as('suzhou.duty', delivery)['delivery.list_notices']({})
  assert.ok(bell.notices.some(({ template }) => template === 'case_taken_over'))
  await as('hq.publicity')['response.take_over_case']({ id })
  assert.equal((await get('hq.publicity', id)).holder, 'headquarters')
  assert.deepEqual(await can('east.coordinator', id), ['note'])
  await as('hq.publicity')['response.hand_back_case']({ id, text: '请按口径答复' })
  const back = await get('suzhou.duty', id)
  assert.deepEqual([back.holder, back.state, back.handler, back.awaiting], ['branch', 'open', null, 'acknowledge'])
  assert.deepEqual((await scene.kinds(id)).slice(2), ['taken', 'taken_over', 'noted', 'taken_over', 'handed_back'])
})

test('nothing is handed back to a unit where nobody is on duty', async () => {
  const id = await scene.alert({ unit: 'hefei' })
  await as('east.coordinator')['response.take_over_case']({ id })
  await scene.admin('update access.grant set withdrawn_at = now() where unit_id = $1', [scene.units.get('hefei')?.id])
  await assert.rejects(as('east.coordinator')['response.hand_back_case']({ id, text: '交回' }), { code: 'nobody_on_duty' })
  assert.equal((await scene.case(id)).holder, 'region')
})

test('passed up by hand it is the next tier’s, which is told; a foreign region has no part in it', async () => {
  const id = await scene.alert({ unit: 'xiamen' })
  await as('xiamen.duty')['response.pass_up_case']({ id, text: '需区域协调' })
  assert.equal((await scene.case(id)).holder, 'region')
  assert.deepEqual(await can('xiamen.duty', id), ['note'])
  const bell = await scene.as('east.coordinator', delivery)['delivery.list_notices']({})
  assert.ok(bell.notices.some(({ template, path }) => template === 'case_passed_up' && path === `/response/${id}`))
  for (const ask of ['take_case', 'take_over_case', 'acknowledge_case'] as const)
    await assert.rejects(as('south.coordinator')[`response.${ask}`]({ id }), { code: 'not_found' })
  await as('east.coordinator')['response.pass_up_case']({ id, text: '需总部出面' })
  assert.equal((await scene.case(id)).holder, 'headquarters')
  assert.equal((await can('hq.publicity', id)).includes('passUp'), false)
})

test('who only reads cannot act, and no login of the database can rewrite the timeline or speak for another', async () => {
  const id = await scene.alert({ unit: 'nanjing' })
  assert.deepEqual(await can('hq.reader', id), [])
  await assert.rejects(as('hq.reader')['response.note_case']({ id, text: '看看' }), { code: 'forbidden' })
  for (const login of ['anlan_branch', 'anlan_group', 'anlan_worker'] as const)
    for (const change of [
      `update response.case_event set text = ''`,
      'delete from response.case_event',
      'delete from response.case',
    ])
      await assert.rejects(scene.db.pool(login).query(change), { code: '42501' }, `${login}: ${change}`)
})

test('what a case is told outside of names its number and severity, never the post', async () => {
  const rows = await scene.admin<{ text: string }>(
    `select facts::text as text from delivery.outbox union all select facts::text from delivery.notice`,
  )
  assert.ok(rows.length > 10)
  for (const { text } of rows) assert.doesNotMatch(text, /收费|某人/)
})

test('every step leaves its row in the trail', async () => {
  const id = await scene.alert({ unit: 'jinan' })
  await as('jinan.duty')['response.take_case']({ id })
  const rows = await scene.admin(`select from privacy.trail where ask = 'response.take_case' and subject = $1 and writes`, [
    `case:${id}`,
  ])
  assert.equal(rows.length, 1)
})

test('after a clock passed it up the branch may still acknowledge and work, and send the answer it was writing', async () => {
  const id = await scene.alone({ unit: 'nanjing', severity: 3 })
  const seen = (await get('nanjing.duty', id)).updatedAt
  await scene.runOut(id)
  await assert.rejects(
    as('nanjing.duty')['response.acknowledge_case']({ id, seen }),
    { code: 'conflict' },
    'decided on the old page',
  )
  await as('nanjing.duty')['response.acknowledge_case']({ id })
  const back = await get('nanjing.duty', id)
  assert.deepEqual([back.holder, back.state, back.awaiting, back.whose], ['branch', 'acknowledged', 'answer', 'mine'])
  assert.equal((await get('east.coordinator', id)).whose, 'below')
  const bell = await scene.as('east.coordinator', delivery)['delivery.list_notices']({})
  assert.ok(bell.notices.some(({ template, path }) => template === 'case_resumed' && path === `/response/${id}`))
  await as('nanjing.duty')['response.take_case']({ id })
  await scene.runOut(id)
  assert.deepEqual([(await get('nanjing.duty', id)).holder, (await get('nanjing.duty', id)).state], ['region', 'open'])
  await as('nanjing.duty')['response.answer_case']({ id, text: '写了一半时时限到了', link: 'https://weibo.example/1' })
  const { case: answered, events } = await as('nanjing.duty')['response.get_case']({ id })
  assert.deepEqual(
    [answered.holder, answered.state, answered.handler?.id],
    ['branch', 'answered', scene.people.get('nanjing.duty')],
  )
  assert.deepEqual(events.find(({ kind }) => kind === 'answered')?.facts, {
    link: 'https://weibo.example/1',
    from: 'region',
    to: 'branch',
  })
})

test('once somebody above has taken it, the branch may only add notes', async () => {
  for (const act of ['take_case', 'take_over_case'] as const) {
    const id = await scene.alone({ unit: 'ningbo', severity: 3 })
    if (act === 'take_case') await scene.runOut(id)
    await as('east.coordinator')[`response.${act}`]({ id })
    assert.deepEqual(await can('ningbo.duty', id), ['note'], act)
    await assert.rejects(as('ningbo.duty')['response.take_case']({ id }), { code: 'case_held_above' })
  }
})

test('closing needs an answer or a reason, and what is no real alert always its reason', async () => {
  const id = await scene.alone({ unit: 'jinan' })
  const duty = as('jinan.duty')
  await duty['response.take_case']({ id })
  await assert.rejects(duty['response.close_case']({ id, outcome: 'resolved' }), { code: 'close_needs_words' })
  await assert.rejects(duty['response.close_case']({ id, outcome: 'resolved', text: '  ' }), { code: 'close_needs_words' })
  await duty['response.answer_case']({ id, text: '已致歉', channel: '电话' })
  await assert.rejects(duty['response.close_case']({ id, outcome: 'false_alarm' }), { code: 'close_needs_words' })
  await duty['response.close_case']({ id, outcome: 'resolved' })
  await duty['response.reopen_case']({ id, text: '仍有疑问' })
  await duty['response.take_case']({ id })
  await assert.rejects(duty['response.close_case']({ id, outcome: 'resolved' }), { code: 'close_needs_words' }, 'answered anew')
  await duty['response.close_case']({ id, outcome: 'not_ours', text: '说的是外地同名医院' })
})

test('whoever answered is asked day by day to close, and nobody once it is closed', async () => {
  const id = await scene.alone({ unit: 'haikou' })
  const told = async () =>
    (await scene.as('haikou.duty', delivery)['delivery.list_notices']({})).notices.filter(
      ({ template }) => template === 'case_to_close',
    ).length
  await as('haikou.duty')['response.take_case']({ id })
  await as('haikou.duty')['response.answer_case']({ id, text: '已说明' })
  assert.equal(await scene.clock('response.remind_to_close'), 0)
  for (const times of [1, 2]) {
    await scene.admin(`update response.case set close_due_at = now() where id = $1`, [id])
    assert.equal(await scene.clock('response.remind_to_close'), 1)
    assert.equal(await told(), times)
  }
  await as('haikou.duty')['response.close_case']({ id, outcome: 'explained' })
  assert.equal((await scene.case(id)).close_due_at, null)
})
