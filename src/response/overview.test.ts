import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { monitoring } from '../monitoring/contract.ts'
import { Figure, response } from './contract.ts'

const scene = await openScene()
const as = (login: string) => scene.as(login, response)
const unit = (code: string) => scene.units.get(code)?.id ?? 0

// No test runs over the end of the day: it always began half a day ago or earlier, whatever the hour.
await scene.admin(`create or replace function base.day_of(moment timestamptz) returns date language sql immutable parallel safe
  return (moment at time zone 'Asia/Shanghai' - interval '12 hours')::date`)

// A day at the group: cases of every state, tier and age, over several branches and two regions.
const plan: [unit: string, severity: number, then: string][] = [
  ['hangzhou', 4, 'open'],
  ['hangzhou', 2, 'taken'],
  ['hangzhou', 3, 'answered'],
  ['hangzhou', 3, 'soon'],
  ['hangzhou', 2, 'closed'],
  ['hangzhou', 2, 'closed long ago'],
  ['ningbo', 4, 'missed'],
  ['ningbo', 3, 'open'],
  ['ningbo', 4, 'answered'],
  ['guangzhou', 3, 'missed'],
  ['guangzhou', 3, 'late'],
  ['ningbo', 2, 'late'],
  ['guangzhou', 2, 'acknowledged'],
  ['east', 2, 'open'],
  ['hq', 4, 'missed'],
]
for (const [code, severity, then] of plan) {
  const id = await scene.alone({ unit: code, severity })
  const who = as(`${code}.${code === 'hq' ? 'publicity' : code === 'east' ? 'coordinator' : 'duty'}`)
  if (then === 'missed') await scene.runOut(id)
  if (then === 'late' || then === 'soon') {
    await who['response.take_case']({ id })
    const left = then === 'late' ? '-1 minute' : '30 minutes'
    await scene.admin(`update response.case set due_at = now() + $2::interval where id = $1`, [id, left])
  }
  if (then === 'acknowledged') await who['response.acknowledge_case']({ id })
  if (['taken', 'answered', 'closed', 'closed long ago'].includes(then)) await who['response.take_case']({ id })
  if (then === 'answered') await who['response.answer_case']({ id, text: '已答复' })
  if (then.startsWith('closed')) await who['response.close_case']({ id, outcome: 'resolved', text: '已当面解决' })
  if (then === 'closed long ago')
    await scene.admin(
      `update response.case set opened_at = now() - interval '9 days', first_acknowledged_at = now() - interval '9 days',
      closed_at = now() - interval '8 days' where id = $1`,
      [id],
    )
}
await scene.say({ unit: 'hangzhou', severity: 0, sentiment: 'positive' }, { unit: 'guangzhou', severity: 1 })
const byNumber = (a: number, b: number) => a - b
const tiers = ['hangzhou.duty', 'ningbo.duty', 'east.coordinator', 'south.coordinator', 'hq.publicity']

async function allCases(login: string, filter: object) {
  const found = []
  for (let before: string | undefined; ; ) {
    const { cases, next } = await as(login)['response.list_cases']({ ...filter, limit: 3, ...(before && { before }) })
    found.push(...cases)
    if (!next) return found
    before = next
  }
}

test('every figure of the overview is the number of rows that it leads to, at every tier', async () => {
  const shown = {
    burning: 'burning',
    unacknowledged: 'unacknowledged',
    overdue: 'overdue',
    due_soon: 'dueSoon',
    handling: 'handling',
    answered: 'answered',
    escalated: 'escalated',
    answered_today: 'answeredToday',
    closed_today: 'closedToday',
  } as const
  const sums = new Map<string, number>()
  for (const login of tiers) {
    const overview = await as(login)['response.get_overview']({})
    for (const [figure, name] of Object.entries(shown)) {
      const rows = await allCases(login, { figure: Figure.parse(figure) })
      assert.equal(overview[name as 'overdue'], rows.length, `${login}: ${figure}`)
      sums.set(figure, (sums.get(figure) ?? 0) + rows.length)
    }
    const plain = [
      [overview.burning, { active: true, minSeverity: 4 }],
      [overview.open, { active: true }],
      [overview.answered, { state: 'answered' }],
      [overview.overdue, { overdue: true }],
    ] as const
    for (const [figure, filter] of plain)
      assert.equal(figure, (await allCases(login, filter)).length, `${login}: ${JSON.stringify(filter)}`)
    for (const row of overview.ranking) {
      const rows = await allCases(login, { unitId: row.unit.id, active: true })
      const late = await allCases(login, { unitId: row.unit.id, overdue: true })
      assert.deepEqual([row.open, row.overdue], [rows.length, late.length], `${login}: ${row.unit.code}`)
    }
  }
  for (const [figure, sum] of sums) assert.ok(sum > 0, `${figure} was never put to the test`)
})

test('a case that is not closed is in exactly one figure of its turn; the turns are told apart and lead to their rows', async () => {
  const apart = ['overdue', 'unacknowledged', 'due_soon', 'handling', 'answered'] as const
  const seen = { mine: 0, below: 0, above: 0, none: 0 }
  for (const login of [...tiers, 'hq.reader']) {
    const overview = await as(login)['response.get_overview']({})
    const open = await allCases(login, { active: true })
    const placed = (await Promise.all(apart.map((figure) => allCases(login, { figure })))).flat().map(({ id }) => id)
    assert.deepEqual(placed.toSorted(byNumber), open.map(({ id }) => id).toSorted(byNumber), `${login}: once each`)
    for (const whose of ['mine', 'below'] as const) {
      const { dueSoon: due_soon, ...figures } = overview[whose]
      for (const [figure, count] of Object.entries({ ...figures, due_soon })) {
        const rows = await allCases(login, { figure: Figure.parse(figure), whose })
        assert.equal(count, rows.length, `${login}: ${whose} ${figure}`)
        assert.ok(rows.every((row) => row.whose === whose))
      }
    }
    for (const { whose } of open) seen[whose] += 1
    assert.equal(overview.handles, login !== 'hq.reader')
    if (login === 'hq.reader') assert.deepEqual([overview.mine.open, overview.below.open], [0, 0])
  }
  assert.ok(seen.mine > 0 && seen.below > 0 && seen.none > 0, JSON.stringify(seen))
})

test('a limit that was missed is a mark, and overdue is only what is past its present limit', async () => {
  const [missed] = (await allCases('guangzhou.duty', { unitId: unit('guangzhou') })).filter(({ escalations }) => escalations > 0)
  assert.ok(missed && Date.parse(missed.dueAt ?? '') > Date.parse(missed.updatedAt))
  assert.deepEqual([missed.missed, missed.state], [true, 'open'])
  const late = (await allCases('guangzhou.duty', { figure: 'overdue' })).map(({ id }) => id)
  assert.equal(late.includes(missed.id), false)
  assert.equal(late.length, 1)
})

test('every figure of mentions is the number of rows that it leads to', async () => {
  for (const login of tiers) {
    const overview = await as(login)['response.get_overview']({ days: 7 })
    const count = async (filter: object) => (await scene.as(login, monitoring)['monitoring.count_mentions'](filter)).count
    assert.equal(overview.mentionsShown, true)
    assert.equal(overview.mentionsToday, await count({ since: overview.today }))
    assert.equal(overview.negativeToday, await count({ since: overview.today, sentiment: 'negative' }))
    assert.ok(overview.mentionsToday > 0 || login === 'south.coordinator')
    for (const { unit: at, mentions, negative } of overview.ranking) {
      assert.equal(mentions, await count({ since: overview.since, unitId: at.id }))
      assert.equal(negative, await count({ since: overview.since, unitId: at.id, sentiment: 'negative' }))
    }
    const listed = await scene.as(login, monitoring)['monitoring.list_mentions']({ sentiment: 'negative', limit: 8 })
    assert.deepEqual(
      overview.latest.map(({ id }) => id),
      listed.mentions.map(({ id }) => id),
    )
  }
})

test('the ranking holds the branches in reach: one’s own, one’s region’s, all thirty', async () => {
  const codes = async (login: string) => (await as(login)['response.get_overview']({})).ranking.map((row) => row.unit.code)
  assert.deepEqual(await codes('hangzhou.duty'), ['hangzhou'])
  assert.deepEqual((await codes('east.coordinator')).toSorted(), [
    'hangzhou',
    'hefei',
    'jinan',
    'nanjing',
    'ningbo',
    'suzhou',
    'xiamen',
  ])
  assert.equal((await codes('hq.publicity')).length, 30)
  assert.deepEqual((await codes('hq.publicity')).slice(0, 2), ['ningbo', 'guangzhou'], 'the most trouble first')
})

test('the median counts from alert to acknowledgement over the days asked for', async () => {
  await scene.admin(
    `update response.case set opened_at = first_acknowledged_at - interval '10 minutes'
    where branch_id = $1 and first_acknowledged_at > now() - interval '1 day'`,
    [unit('hangzhou')],
  )
  await scene.admin(
    `update response.case set opened_at = first_acknowledged_at - interval '100 minutes'
    where branch_id = $1 and first_acknowledged_at < now() - interval '1 day'`,
    [unit('hangzhou')],
  )
  const median = async (days: number) => (await as('hangzhou.duty')['response.get_overview']({ days })).medianAcknowledgeMinutes
  assert.equal(await median(1), 10)
  assert.equal(await median(30), 10)
  assert.equal(
    (await as('south.coordinator')['response.get_overview']({ days: 1 })).ranking.find(({ unit: at }) => at.code === 'foshan')
      ?.medianAcknowledgeMinutes,
    null,
  )
})

test('urgent is the crises, the own tier’s before others’, then what runs out first; the list in that order loses none', async () => {
  for (const login of tiers) {
    const { urgent, mine } = await as(login)['response.get_overview']({})
    const listed = await allCases(login, { order: 'urgent', active: true })
    const order = (one: (typeof listed)[number]) =>
      (one.severity === 4 ? 0 : 2) + (one.whose === 'mine' ? 0 : 1) + Date.parse(one.dueAt ?? '9000-01-01') / 1e15
    assert.deepEqual(listed.map(order), listed.map(order).toSorted(byNumber), login)
    const waiting = listed.filter(({ dueAt, severity }) => dueAt || severity === 4)
    assert.deepEqual(
      urgent.map(({ id }) => id),
      waiting.filter(({ severity }, place) => place < 8 || severity === 4).map(({ id }) => id),
    )
    assert.equal(waiting.filter(({ whose }) => whose === 'mine').length >= mine.overdue, true)
  }
  const all = await allCases('hq.publicity', {})
  assert.equal(all.length, plan.length)
  assert.deepEqual(
    (await allCases('hq.publicity', { order: 'due' })).map(({ id }) => id).toSorted(),
    all.map(({ id }) => id).toSorted(),
  )
  assert.deepEqual(
    all.map(({ openedAt }) => openedAt),
    all
      .map(({ openedAt }) => openedAt)
      .toSorted()
      .toReversed(),
  )
  assert.equal((await allCases('hq.publicity', { unitId: unit('hq') })).length, plan.length, 'headquarters stands for all')
  assert.equal(
    (await allCases('hq.publicity', { unitId: unit('east') })).length,
    plan.filter(([code]) => ['hangzhou', 'ningbo', 'east'].includes(code)).length,
  )
  assert.deepEqual(
    (await allCases('hangzhou.duty', { mine: true })).map(({ handler }) => handler?.name),
    ['汪学锋', '汪学锋', '汪学锋', '汪学锋', '汪学锋'],
  )
})

test('a case brings its mentions to who may read them there', async () => {
  const [first] = await allCases('hangzhou.duty', { state: 'open' })
  const { mentions } = await as('hangzhou.duty')['response.get_case']({ id: first?.id ?? 0 })
  assert.deepEqual(
    mentions.map((mention) => mention.unit.code),
    ['hangzhou'],
  )
  await scene.admin(
    `delete from access.role_right where "right" = 'monitoring.read' and role_id = (select id from access.role where code = 'duty_officer')`,
  )
  const without = await as('hangzhou.duty')['response.get_case']({ id: first?.id ?? 0 })
  assert.deepEqual(without.mentions, [])
  const overview = await as('hangzhou.duty')['response.get_overview']({})
  assert.deepEqual([overview.mentionsShown, overview.mentionsToday, overview.latest], [false, 0, []])
})

test('no crisis is cut away, however many cases wait before it', async () => {
  for (let n = 0; n < 9; n++) {
    const id = await scene.alone({ unit: 'nanning', severity: 2, category: 'access' })
    await scene.admin(`update response.case set due_at = now() - interval '1 hour' where id = $1`, [id])
  }
  const crises = [await scene.alone({ unit: 'nanning', severity: 4 }), await scene.alone({ unit: 'nanning', severity: 4 })]
  await as('nanning.duty')['response.take_case']({ id: crises[0] ?? 0 })
  await as('nanning.duty')['response.answer_case']({ id: crises[0] ?? 0, text: '已通报' })
  const { urgent } = await as('nanning.duty')['response.get_overview']({})
  assert.deepEqual(
    urgent.slice(0, 2).map(({ id }) => id),
    crises.toReversed(),
  )
})
