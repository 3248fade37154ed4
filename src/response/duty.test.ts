import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { access } from '../access/contract.ts'
import { delivery } from '../delivery/contract.ts'
import { response } from './contract.ts'

const scene = await openScene()
const as = (login: string) => scene.as(login, response)
const person = (login: string) => scene.people.get(login) ?? 0
const sweep = () => scene.clock('response.return_cases')
const bell = async (login: string) =>
  (await scene.as(login, delivery)['delivery.list_notices']({})).notices.map(({ template, path }) => `${template} ${path}`)
const grantOf = async (login: string, right = 'response.handle') =>
  (
    await scene.admin<{ id: number }>(
      `select g.id from access.grant g join access.role_right using (role_id) where person_id = $1 and "right" = $2 and withdrawn_at is null`,
      [person(login), right],
    )
  )[0]?.id ?? 0

/** The ways of losing a right, each of a branch whose duty officer and lead may both handle. */
const losses: Record<string, { unit: string; lose: (login: string) => Promise<unknown> }> = {
  'a grant withdrawn': {
    unit: 'hangzhou',
    lose: async (login) => scene.as('hq.security', access)['access.withdraw_grant']({ id: await grantOf(login) }),
  },
  'an account closed': {
    unit: 'ningbo',
    lose: (login) => scene.as('hq.security', access)['access.set_active']({ id: person(login), active: false }),
  },
  'a grant that ran out': {
    unit: 'guangzhou',
    lose: async (login) =>
      scene.admin(
        `update access.grant set valid_from = now() - interval '2 days', valid_until = now() - interval '1 second' where id = $1`,
        [await grantOf(login)],
      ),
  },
}

for (const [how, { unit, lose }] of Object.entries(losses))
  test(`${how}: what the person had in hand goes back to those on duty, who are told; whoever stays keeps theirs`, async () => {
    const [leaver, stayer] = [`${unit}.duty`, `${unit}.lead`]
    const [handling, acknowledged, answered, kept] = [
      await scene.alone({ unit, severity: 3 }),
      await scene.alone({ unit, severity: 2 }),
      await scene.alone({ unit, severity: 2 }),
      await scene.alone({ unit, severity: 2 }),
    ]
    for (const id of [handling, answered]) await as(leaver)['response.take_case']({ id })
    await as(leaver)['response.acknowledge_case']({ id: acknowledged })
    await as(leaver)['response.answer_case']({ id: answered, text: '已答复' })
    await as(stayer)['response.take_case']({ id: kept })
    assert.equal(await sweep(), 0, 'while they may')
    const before = await scene.case(handling)
    await lose(leaver)
    assert.equal(await sweep(), 3)
    assert.equal(await sweep(), 0, 'once')
    for (const id of [handling, acknowledged]) {
      const row = await scene.case(id)
      assert.deepEqual([row.state, row.holder, row.handler_id, row.awaiting], ['open', 'branch', null, 'acknowledge'])
      assert.ok((await bell(stayer)).includes(`case_returned /response/${id}`))
      assert.ok(Number(new Date(String(row.due_at))) <= Number(new Date(String(before.due_at))) || id !== handling)
    }
    assert.deepEqual([(await scene.case(answered)).state, (await scene.case(answered)).handler_id], ['answered', null])
    assert.equal((await scene.case(kept)).handler_id, person(stayer))
    const { events } = await as(stayer)['response.get_case']({ id: handling })
    const last = events.findLast(({ kind }) => kind === 'returned')
    assert.deepEqual([last?.person, last?.facts.reason, last?.facts.to], [null, 'left', 'branch'])
    await as(stayer)['response.take_case']({ id: handling })
  })

test('where nobody is on duty any more the next tier has it', async () => {
  const id = await scene.alone({ unit: 'hefei', severity: 3 })
  await as('hefei.duty')['response.take_case']({ id })
  await scene.admin('update access.grant set withdrawn_at = now() where unit_id = $1', [scene.units.get('hefei')?.id])
  assert.equal(await sweep(), 1)
  const row = await scene.case(id)
  assert.deepEqual([row.holder, row.state], ['region', 'open'])
  assert.ok((await bell('east.coordinator')).includes(`case_returned /response/${id}`))
})

test('a unit comes under another region: what its region held is the new region’s, which is told', async () => {
  const [held, taken, own] = [
    await scene.alone({ unit: 'xiamen', severity: 3 }),
    await scene.alone({ unit: 'xiamen', severity: 3 }),
    await scene.alone({ unit: 'xiamen', severity: 2 }),
  ]
  await as('xiamen.duty')['response.take_case']({ id: own })
  await scene.runOut(held)
  await as('east.coordinator')['response.take_over_case']({ id: taken })
  await scene.admin(`update access.unit set parent_id = $2 where id = $1`, [
    scene.units.get('xiamen')?.id,
    scene.units.get('south')?.id,
  ])
  assert.equal(await sweep(), 2)
  for (const id of [held, taken]) {
    const row = await scene.case(id)
    assert.deepEqual([row.holder, row.state, row.handler_id, row.rehomed], ['region', 'open', null, false])
    assert.ok((await bell('south.coordinator')).includes(`case_returned /response/${id}`))
    await assert.rejects(as('east.coordinator')['response.get_case']({ id }), { code: 'not_found' })
    await as('south.coordinator')['response.take_case']({ id })
  }
  assert.equal((await scene.case(own)).handler_id, person('xiamen.duty'))
})

test('two sweepers and a person at once: each case goes back once', async () => {
  const ids: number[] = []
  for (let n = 0; n < 4; n++) {
    const id = await scene.alone({ unit: 'suzhou', severity: 2 })
    await as('suzhou.duty')['response.take_case']({ id })
    ids.push(id)
  }
  await scene.as('hq.security', access)['access.withdraw_grant']({ id: await grantOf('suzhou.duty') })
  await Promise.all([sweep(), sweep(), ...ids.map((id) => as('east.coordinator')['response.note_case']({ id, text: '关注' }))])
  await sweep()
  for (const id of ids) {
    assert.equal((await scene.kinds(id)).filter((kind) => kind === 'returned').length, 1)
    assert.equal((await scene.case(id)).state, 'open')
  }
})

test('who reads cases and not posts sees no word of a post in title, timeline or lead; who reads both does', async () => {
  const id = await scene.alone({ unit: 'kunming', title: '停车收费太贵' })
  const seen = async () => {
    const { case: one, lead, mentions, events } = await as('kunming.duty')['response.get_case']({ id })
    const { cases } = await as('kunming.duty')['response.list_cases']({})
    const { urgent } = await as('kunming.duty')['response.get_overview']({})
    return { one, lead, mentions, events, text: JSON.stringify([one, lead, mentions, events, cases, urgent]) }
  }
  const reader = await seen()
  assert.deepEqual([reader.one.title, reader.one.titled, reader.lead?.title], ['停车收费太贵', true, '停车收费太贵'])
  assert.equal(reader.events[0]?.mentionIds.length, 1)
  await scene.admin(
    `delete from access.role_right where "right" = 'monitoring.read' and role_id in (select role_id from access.grant where person_id = $1)`,
    [person('kunming.duty')],
  )
  const other = await seen()
  assert.doesNotMatch(other.text, /停车|太贵|某人/)
  assert.deepEqual([other.one.title, other.one.titled, other.lead, other.mentions], ['收费与医保', false, null, []])
  assert.deepEqual(other.events[0]?.mentionIds, [])
})
