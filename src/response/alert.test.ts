import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { hashToken, openSessions } from '../access/index.ts'
import { openLog } from '../base/log.ts'
import { openStream } from '../base/stream.ts'
import { delivery } from '../delivery/contract.ts'
import { response } from './contract.ts'
import { topics } from './index.ts'

const scene = await openScene()
const as = (login: string) => scene.as(login, response)
const seen = async (login: string) => (await as(login)['response.list_cases']({})).cases.map(({ id }) => id)
const outsiders = ['ningbo.duty', 'guangzhou.duty', 'south.coordinator']
const insiders = ['hangzhou.duty', 'east.coordinator', 'hq.publicity']

test('an alert goes to exactly the branch that it concerns, and to the tiers above it', async () => {
  const id = await scene.alert({ unit: 'hangzhou', severity: 3, title: '停车收费' })
  for (const login of insiders) assert.deepEqual(await seen(login), [id], login)
  for (const login of outsiders) {
    assert.deepEqual(await seen(login), [], login)
    await assert.rejects(as(login)['response.get_case']({ id }), { code: 'not_found' })
    for (const act of ['acknowledge_case', 'take_case'] as const)
      await assert.rejects(as(login)[`response.${act}`]({ id }), { code: 'not_found' })
    const overview = await as(login)['response.get_overview']({})
    assert.deepEqual(
      [overview.unacknowledged, overview.urgent, overview.ranking.filter(({ open }) => open > 0)],
      [0, [], []],
      login,
    )
    assert.equal((await scene.as(login, delivery)['delivery.list_notices']({})).unread, 0, login)
  }
  const { case: found, events } = await as('hangzhou.duty')['response.get_case']({ id })
  assert.deepEqual(
    [found.holder, found.unit.code, found.title, found.awaiting],
    ['branch', 'hangzhou', '停车收费', 'acknowledge'],
  )
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['opened', 'notified'],
  )
})

test('those on duty are told without a word of the post; the tiers above are not until it is theirs', async () => {
  const { notices } = await scene.as('hangzhou.duty', delivery)['delivery.list_notices']({})
  assert.equal(notices.length, 1)
  assert.doesNotMatch(JSON.stringify(notices), /停车/)
  for (const login of ['east.coordinator', 'hq.publicity'])
    assert.equal((await scene.as(login, delivery)['delivery.list_notices']({})).unread, 0)
})

test('open pages of the unit hear of it, others never', async (t) => {
  const sessions = openSessions(scene.db)
  const logins = [...insiders, ...outsiders]
  const actors = await Promise.all(logins.map(async (login) => sessions.find(hashToken(await scene.token(login)))))
  const stream = openStream({
    adminUrl: scene.adminUrl,
    secret: scene.secret,
    log: openLog('silent'),
    rights: topics,
    unchanged: async (all) => new Set(all),
  })
  t.after(() => stream.close())
  const heard = new Map(logins.map((login) => [login, [] as string[]]))
  logins.forEach((login, at) => {
    const actor = actors[at]
    assert.ok(actor)
    stream.add({
      actor: () => actor,
      send: (event) => heard.get(login)?.push(JSON.parse(event).topic),
      look: async () => undefined,
    })
  })
  const until = async (found: () => boolean) => {
    for (let looks = 0; !found() && looks < 3_000; looks++) await new Promise((done) => setTimeout(done, 20))
  }
  await until(() => [...heard.values()].every((news) => news.includes('all')))
  await scene.alert({ unit: 'hangzhou', severity: 2, category: 'attitude' })
  await until(() => insiders.every((login) => heard.get(login)?.includes('response.case')))
  for (const login of insiders) assert.ok(heard.get(login)?.includes('response.case'), login)
  assert.ok(heard.get('hangzhou.duty')?.includes('delivery.notice'))
  for (const news of heard.values()) news.length = 0
  const [latest] = (await as('hangzhou.duty')['response.list_cases']({})).cases
  await as('hangzhou.duty')['response.acknowledge_case']({ id: latest?.id ?? 0 })
  await until(() => insiders.every((login) => heard.get(login)?.includes('response.case')))
  for (const login of insiders) assert.deepEqual(heard.get(login), ['response.case'], `${login}: a step of a person`)
  for (const login of outsiders) assert.deepEqual(heard.get(login), [], login)
})

test('thirty posts of one rumour, routed side by side, make one case', async () => {
  const ids = await scene.say(...Array.from({ length: 30 }, () => ({ unit: 'wuhan', category: 'rumour', heat: 2 })))
  await Promise.all(Array.from({ length: 6 }, (_, at) => scene.route(ids.slice(at * 5, at * 5 + 5))))
  const { cases } = await as('hq.publicity')['response.list_cases']({ unitId: scene.units.get('wuhan')?.id })
  assert.equal(cases.length, 1)
  const [department] = await scene.admin<{ id: number }>(
    `insert into access.unit (code, name, kind, parent_id) select 'wuhan.night', '夜诊', 'department', id from access.unit
      where code = 'wuhan' returning id`,
  )
  const there = await as('hq.publicity')['response.list_cases']({ unitId: department?.id })
  assert.deepEqual(there.cases, cases, 'a department stands for its branch, as it does for mentions')
  assert.deepEqual([cases[0]?.alerts, cases[0]?.heat], [30, 60])
  await scene.route(ids)
  assert.equal((await scene.case(cases[0]?.id ?? 0)).alerts, 30, 'a mention raises one alert, however often it is routed')
  const bells = await scene.admin<{ template: string; n: number }>(
    `select template, count(distinct created_at)::int as n from delivery.notice where facts->>'case' = $1 group by 1 order by 1`,
    [String(cases[0]?.id)],
  )
  assert.deepEqual(
    bells.map(({ template }) => template),
    ['case_grown', 'case_opened'],
  )
  assert.ok((bells[0]?.n ?? 0) <= 3 * 4, 'growing is told at 5, 10 and 25 alerts, not thirty times')
})

test('alerts join by unit, category and demo, within two hours, while the case waits', async () => {
  const id = await scene.alert({ unit: 'jinan' })
  assert.equal(await scene.alert({ unit: 'jinan' }), id)
  assert.notEqual(await scene.alert({ unit: 'jinan', category: 'attitude' }), id)
  assert.notEqual(await scene.alert({ unit: 'jinan', demo: true }), id)
  await scene.admin(`update response.case set last_alert_at = now() - interval '121 minutes' where id = $1`, [id])
  const second = await scene.alert({ unit: 'jinan' })
  assert.notEqual(second, id)
  await as('jinan.duty')['response.take_case']({ id: second })
  assert.equal(await scene.alert({ unit: 'jinan' }), second, 'while it is handled')
  await as('jinan.duty')['response.answer_case']({ id: second, text: '已说明' })
  assert.notEqual(await scene.alert({ unit: 'jinan' }), second, 'what comes after the answer has a clock of its own')
})

test('a more severe alert makes the case more severe and its clock shorter; heat follows its mentions', async () => {
  const id = await scene.alert({ unit: 'chengdu', severity: 2 })
  const before = await scene.case(id)
  const [worse = 0] = await scene.say({ unit: 'chengdu', severity: 4, heat: 3 })
  await scene.route([worse])
  const after = await scene.case(id)
  assert.deepEqual([after.severity, after.alerts, after.heat, after.state], [4, 2, 4, 'open'])
  assert.ok(Number(Date.parse(String(after.due_at))) < Number(Date.parse(String(before.due_at))))
  assert.deepEqual((await scene.kinds(id)).slice(-2), ['alert_joined', 'severity_raised'])
  await scene.heat(worse, 9)
  await scene.heat(worse, 9)
  assert.equal((await scene.case(id)).heat, 10)
})

test('a region’s and headquarters’ own mentions begin at their own tier', async () => {
  assert.equal((await scene.case(await scene.alert({ unit: 'east' }))).holder, 'region')
  assert.equal((await scene.case(await scene.alert({ unit: 'hq' }))).holder, 'headquarters')
})

test('where nobody is on duty the next tier has it at once, and the timeline says so', async () => {
  await scene.admin(`update access.grant set withdrawn_at = now() where unit_id = $1`, [scene.units.get('suzhou')?.id])
  const id = await scene.alert({ unit: 'suzhou', severity: 3 })
  assert.equal((await scene.case(id)).holder, 'region')
  const { case: found, events } = await as('east.coordinator')['response.get_case']({ id })
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['opened', 'escalated', 'notified'],
  )
  assert.deepEqual(events[1]?.facts, { from: 'branch', to: 'region', reason: 'nobody_on_duty' })
  assert.equal(found.abilities.acknowledge, true)
})

test('a case is opened by hand once, by who may see the mention, and is in hand at once', async () => {
  const [mention = 0] = await scene.say({ unit: 'ningbo', severity: 1 })
  await scene.route([mention])
  assert.equal(
    (await scene.admin('select from response.alert where mention_id = $1', [mention])).length,
    0,
    'too mild for an alert',
  )
  const input = { mentionId: mention, severity: 3, text: '电话核实过' }
  await assert.rejects(as('hangzhou.duty')['response.open_case'](input), { code: 'not_found' })
  const { id } = await as('ningbo.duty')['response.open_case'](input)
  const { case: found } = await as('ningbo.duty')['response.get_case']({ id })
  assert.deepEqual(
    [found.state, found.awaiting, found.severity, found.handler?.id],
    ['handling', 'answer', 3, scene.people.get('ningbo.duty')],
  )
  await assert.rejects(as('east.coordinator')['response.open_case'](input), { code: 'already_in_case' })
  const [other = 0] = await scene.say({ unit: 'ningbo', severity: 1, category: 'access' })
  const above = await as('east.coordinator')['response.open_case']({ mentionId: other, severity: 2 })
  assert.deepEqual([(await scene.case(above.id)).state, (await scene.case(above.id)).holder], ['open', 'branch'])
})
