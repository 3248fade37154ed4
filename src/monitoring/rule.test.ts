import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, type Refused } from '../../test/harness.ts'
import { monitoring } from './contract.ts'
import { takeIn } from './index.ts'

const house = await openHouse()
const as = (login: string) => house.as(login, monitoring)
const refused = (code: string) => (error: Refused) => error.code === code
const unitId = async (code: string) =>
  (await house.admin<{ id: number }>('select id from access.unit where code = $1', [code]))[0]?.id ?? 0
const take = (...items: object[]) => takeIn(house.db, items, { sourceId: null })
const only = async (login: string, search: string) => {
  const { mentions } = await as(login)['monitoring.list_mentions']({ search })
  assert.equal(mentions.length, 1, `${login} ${search}`)
  return mentions[0] as NonNullable<(typeof mentions)[0]>
}

test('a rule looks at its unit and those below; its name and matches are seen where the rule is', async () => {
  const rule = { expression: '记者 AND (暗访 OR 曝光)', severityFloor: 3 }
  const own = await as('hangzhou.lead')['monitoring.save_rule']({ ...rule, name: '杭州媒体', unitId: await unitId('hangzhou') })
  await as('east.coordinator')['monitoring.save_rule']({ name: '华东停车', expression: '停车', unitId: await unitId('east') })
  const above = await as('hq.publicity')['monitoring.save_rule']({
    name: '集团媒体',
    expression: '记者',
    unitId: await unitId('hq'),
  })
  await as('hq.publicity')['monitoring.save_rule']({
    name: '停用',
    expression: '医院',
    unitId: await unitId('hq'),
    enabled: false,
  })
  await take(
    { id: 1, text: '杭州衡川医院西溪院区今天有记者来暗访,还看了停车场' },
    { id: 2, text: '宁波衡川医院东钱湖院区今天有记者来暗访,还看了停车场' },
    { id: 3, text: '广州衡川医院天河院区今天有记者来暗访,还看了停车场' },
  )
  assert.deepEqual((await only('hangzhou.duty', '暗访')).rules, ['杭州媒体'])
  assert.deepEqual((await only('ningbo.duty', '暗访')).rules, [])
  const inEast = (await as('east.coordinator')['monitoring.list_mentions']({ search: '暗访' })).mentions
  assert.deepEqual(inEast.map(({ unit, rules }) => [unit.code, rules.toSorted()]).sort(), [
    ['hangzhou', ['华东停车', '杭州媒体']],
    ['ningbo', ['华东停车']],
  ])
  const all = (await as('hq.publicity')['monitoring.list_mentions']({ search: '暗访' })).mentions
  assert.deepEqual(all.map(({ unit, rules }) => [unit.code, rules.toSorted()]).sort(), [
    ['guangzhou', ['集团媒体']],
    ['hangzhou', ['华东停车', '杭州媒体', '集团媒体']],
    ['ningbo', ['华东停车', '集团媒体']],
  ])
  const seen = async (login: string) =>
    (await as(login)['monitoring.list_rules']({})).map(({ name, matched, abilities }) => [name, matched, abilities.edit])
  assert.deepEqual(await seen('hangzhou.duty'), [['杭州媒体', 1, false]])
  assert.deepEqual(await seen('ningbo.duty'), [])
  assert.deepEqual(await seen('hangzhou.lead'), [['杭州媒体', 1, true]])
  assert.deepEqual((await seen('hq.publicity')).map(([, matched]) => matched).sort(), [0, 1, 2, 3])
  const count = async (login: string) => (await as(login)['monitoring.count_mentions']({ ruleId: own.id })).count
  assert.deepEqual([await count('hangzhou.duty'), await count('ningbo.duty'), await count('hq.publicity')], [1, 0, 1])
  // What headquarters watches the branch for is not told by its number: it finds what a rule that is not there finds.
  for (const ruleId of [above.id, 99_999]) {
    const filter = { ruleId, search: '暗访' }
    assert.equal((await as('hangzhou.duty')['monitoring.count_mentions'](filter)).count, 0)
    assert.deepEqual((await as('hangzhou.duty')['monitoring.list_mentions'](filter)).mentions, [])
    assert.deepEqual((await as('hangzhou.duty')['monitoring.list_mentions']({ ruleId })).mentions, [])
  }
  assert.equal((await as('hq.publicity')['monitoring.list_mentions']({ ruleId: above.id, search: '暗访' })).mentions.length, 3)
})

test('a rule raises the severity, says so, and what it made severe is told on whatever its mood', async () => {
  const mention = await only('hangzhou.duty', '暗访')
  assert.equal(mention.severity, 3)
  const detail = await as('hangzhou.duty')['monitoring.get_mention']({ id: mention.id })
  assert.ok(detail.reasons.some(({ code }) => code === 'rule_floor'))
  assert.deepEqual(
    detail.spans.map(({ rule, field, start, end }) => [rule, field, detail.text.slice(start, end)]),
    [
      ['杭州媒体', 'text', '记者'],
      ['杭州媒体', 'text', '暗访'],
    ],
  )
  const facts = await house.admin<{
    ids: number[]
  }>(`select payload -> 'payload' -> 'mentionIds' as ids from graphile_worker._private_jobs
    where payload ->> 'fact' = 'monitoring.mentions_stored'`)
  assert.ok(facts.some(({ ids }) => ids.includes(mention.id)))
})

test('a rule that cannot be read is refused with place and reason; a unit above one’s own too', async () => {
  const save = (login: string, expression: string, unit: number) =>
    as(login)['monitoring.save_rule']({ name: 'x', expression, unitId: unit })
  const hangzhou = await unitId('hangzhou')
  await assert.rejects(save('hangzhou.lead', '收费 AND (', hangzhou), (error: Refused) => {
    assert.equal(error.code, 'rule_invalid')
    assert.equal(error.body.fields?.[0]?.path, 'expression')
    return /第 \d+ 个字符/.test(error.body.zh)
  })
  for (const unit of ['hq', 'east', 'ningbo'])
    await assert.rejects(save('hangzhou.lead', '收费', await unitId(unit)), refused('outside_units'))
  await assert.rejects(save('hangzhou.duty', '收费', hangzhou), refused('forbidden'))
  const [group] = (await as('hq.publicity')['monitoring.list_rules']({})).filter(({ name }) => name === '集团媒体')
  assert.ok(group)
  const theirs = as('hangzhou.lead')
  await assert.rejects(theirs['monitoring.delete_rule']({ id: group.id }), refused('not_found'))
  await assert.rejects(
    theirs['monitoring.save_rule']({ id: group.id, name: 'x', expression: 'x1', unitId: hangzhou }),
    refused('not_found'),
  )
})

test('two people who change one rule do not overwrite each other unseen', async () => {
  const unit = await unitId('hangzhou')
  const [one, other] = [as('hangzhou.lead'), as('hq.publicity')]
  const { id } = await one['monitoring.save_rule']({ name: '停水', expression: '停水', unitId: unit })
  const rule = async () => (await one['monitoring.list_rules']({})).find((found) => found.id === id)
  const seen = (await rule())?.updatedAt
  await other['monitoring.save_rule']({ id, name: '停水停电', expression: '停水 或 停电', unitId: unit, seen })
  const late = { id, name: '停水', expression: '停水 或 断水', unitId: unit }
  await assert.rejects(one['monitoring.save_rule']({ ...late, seen }), refused('conflict'))
  assert.equal((await rule())?.expression, '停水 或 停电')
  await one['monitoring.save_rule']({ ...late, seen: (await rule())?.updatedAt })
  assert.equal((await rule())?.expression, '停水 或 断水')
  await one['monitoring.delete_rule']({ id })
})

test('a trial shows what the rule finds among what one may see, and where', async () => {
  const long = `${'排队的人很多,'.repeat(40)}杭州衡川医院西溪院区的药房窗口关了一半`
  await take({ id: 'long', text: long })
  const tried = await as('hangzhou.duty')['monitoring.check_rule']({ expression: '药房窗口 或 暗访', days: 7 })
  assert.deepEqual([tried.fault, tried.examined, tried.matched], [null, 2, 2])
  for (const { excerpt, spans } of tried.examples)
    for (const { field, start, end } of spans) if (field === 'text') assert.match(excerpt.slice(start, end), /^(药房窗口|暗访)$/)
  assert.ok(tried.examples.some(({ excerpt }) => excerpt.startsWith('…') && excerpt.includes('药房窗口')))
  assert.equal((await as('ningbo.duty')['monitoring.check_rule']({ expression: '药房窗口', days: 7 })).matched, 0)
  const { fault } = await as('hangzhou.duty')['monitoring.check_rule']({ expression: '"药房', days: 7 })
  assert.deepEqual([fault?.code, fault?.position], ['rule_unclosed_quote', 0])
})

test('a deleted rule leaves its mentions, without its name', async () => {
  const [rule] = await as('hangzhou.lead')['monitoring.list_rules']({})
  assert.ok(rule)
  await as('hangzhou.lead')['monitoring.delete_rule']({ id: rule.id })
  const mention = await only('hangzhou.duty', '暗访')
  assert.deepEqual([mention.rules, mention.severity], [[], 3])
})

test('a rule that wants too much work on one text is stopped there and says so on its page; others match as ever', async () => {
  const expression = Array.from({ length: 55 }, (_, at) => '哈'.repeat(at + 1)).join(' OR ')
  const save = (name: string, written: string, unit: number, id?: number) =>
    as('hq.publicity')['monitoring.save_rule']({ name, expression: written, unitId: unit, ...(id !== undefined && { id }) })
  const { id } = await save('笑声', expression, await unitId('hangzhou'))
  const { id: elsewhere } = await save('别处的笑声', expression, await unitId('ningbo'))
  const { id: plain } = await save('电梯', '电梯', await unitId('hangzhou'))
  await take(
    { id: 'c1', text: `杭州衡川医院西溪院区电梯又停了,${'哈'.repeat(90_000)}` },
    { id: 'c2', text: '杭州衡川医院西溪院区电梯修好了,哈哈' },
  )
  const stopped = async () => {
    const rules = await as('hangzhou.lead')['monitoring.list_rules']({})
    return new Map(rules.map((rule) => [rule.id, rule.stopped]))
  }
  const all = new Map((await as('hq.publicity')['monitoring.list_rules']({})).map((rule) => [rule.id, rule]))
  assert.deepEqual([all.get(id)?.stopped, all.get(plain)?.stopped, all.get(elsewhere)?.stopped], [1, 0, 0])
  assert.notEqual(all.get(id)?.stoppedAt, null)
  assert.deepEqual([all.get(id)?.matched, all.get(plain)?.matched], [1, 2])
  assert.equal((await stopped()).get(id), 1)
  await save('笑声', expression, await unitId('hangzhou'), id)
  assert.equal((await stopped()).get(id), 1, 'the same words are no other rule')
  await save('笑声', '哈哈', await unitId('hangzhou'), id)
  assert.equal((await stopped()).get(id), 0)
})
