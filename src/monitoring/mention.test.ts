import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { openHouse, type Refused } from '../../test/harness.ts'
import { loadActor } from '../access/index.ts'
import { monitoring } from './contract.ts'
import { takeIn } from './index.ts'

const house = await openHouse()
const as = (login: string) => house.as(login, monitoring)
const refused = (code: string) => (error: Refused) => error.code === code

const posts = [
  {
    id: 'h1',
    text: '杭州衡川医院西溪院区重复收费,多收我八百元检查费,找医保办没人管,要求退费和书面答复。',
    platform: 'heimao',
    url: 'https://heimao.example/1',
  },
  { id: 'h2', text: '杭州衡川医院护士站的姐姐很温柔,谢谢你们照顾我妈妈,祝大家平安。', platform: 'weibo', author: '小满' },
  { id: 'n1', text: '宁波衡川医院食堂的饭又凉又贵,说了几次都没有人管。', platform: 'weibo' },
  { id: 'g1', text: '广州衡川医院天河院区排队三小时,挂号系统又坏了。', platform: 'weibo' },
  { id: 'b1', text: '杭州衡川医院和宁波衡川医院两家都重复收费,西溪院区和那边的收费处都不解释,要求退费。', platform: 'weibo' },
  { id: 'hq', text: '衡川集团今年又要扩张,听说总部的人只看报表,不管病人。', platform: 'zhihu' },
]

before(() => takeIn(house.db, posts, { sourceId: null }))

const unitsSeen = async (login: string) => {
  const { mentions } = await as(login)['monitoring.list_mentions']({})
  return mentions.map(({ unit, excerpt }) => `${unit.code} ${posts.find(({ text }) => text.startsWith(excerpt))?.id}`).sort()
}

test('each tier sees its own truth of the same minute', async () => {
  const hangzhou = ['hangzhou b1', 'hangzhou h1', 'hangzhou h2']
  const ningbo = ['ningbo b1', 'ningbo n1']
  assert.deepEqual(await unitsSeen('hangzhou.duty'), hangzhou)
  assert.deepEqual(await unitsSeen('ningbo.duty'), ningbo)
  assert.deepEqual(await unitsSeen('several.delta'), [...hangzhou, ...ningbo])
  assert.deepEqual(await unitsSeen('east.coordinator'), [...hangzhou, ...ningbo])
  assert.deepEqual(await unitsSeen('south.coordinator'), ['guangzhou g1'])
  assert.deepEqual(await unitsSeen('hq.publicity'), ['guangzhou g1', ...hangzhou, 'hq hq', ...ningbo])
})

test('counts, searches, trends and shares are of what one sees', async () => {
  const range = { since: new Date(Date.now() - 86_400_000).toISOString(), until: new Date(Date.now() + 3_600_000).toISOString() }
  for (const [login, count, fees] of [
    ['hangzhou.duty', 3, 2],
    ['ningbo.duty', 2, 1],
    ['east.coordinator', 5, 3],
    ['south.coordinator', 1, 0],
    ['hq.publicity', 7, 3],
  ] as const) {
    const ask = as(login)
    assert.deepEqual(await ask['monitoring.count_mentions']({}), { count, bounded: false }, login)
    assert.deepEqual(await ask['monitoring.count_mentions']({ search: '重复收费' }), { count: fees, bounded: false }, login)
    assert.equal((await ask['monitoring.list_mentions']({ search: '重复收费' })).mentions.length, fees, login)
    const sum = (buckets: readonly { negative: number; neutral: number; positive: number }[]) =>
      buckets.reduce((all, one) => all + one.negative + one.neutral + one.positive, 0)
    assert.equal(sum(await ask['monitoring.get_trend']({ ...range, grain: 'hour' })), count, login)
    for (const by of ['unit', 'platform', 'category'] as const)
      assert.equal(sum(await ask['monitoring.get_shares']({ ...range, by })), count, `${login} ${by}`)
  }
})

test('a filter by a unit out of sight shows nothing, and a region stands for its branches', async () => {
  const units = await house.admin<{ id: number; code: string }>('select id, code from access.unit')
  const id = (code: string) => units.find((unit) => unit.code === code)?.id ?? 0
  const count = async (login: string, code: string) => (await as(login)['monitoring.count_mentions']({ unitId: id(code) })).count
  assert.equal(await count('hq.publicity', 'east'), 5)
  assert.equal(await count('hq.publicity', 'hq'), 7)
  assert.equal(await count('hq.publicity', 'hangzhou'), 3)
  assert.equal(await count('east.coordinator', 'guangzhou'), 0)
  assert.equal(await count('hangzhou.duty', 'ningbo'), 0)
  assert.equal(await count('hangzhou.duty', 'east'), 3)
})

test('a guessed number opens nothing: what is out of sight and what does not exist answer alike', async () => {
  const [foreign] = (await as('ningbo.duty')['monitoring.list_mentions']({ search: '食堂' })).mentions
  assert.ok(foreign)
  assert.equal((await as('ningbo.duty')['monitoring.get_mention']({ id: foreign.id })).text, posts[2]?.text)
  const hidden = await as('hangzhou.duty')
    ['monitoring.get_mention']({ id: foreign.id })
    .catch((error: Refused) => error.body)
  const absent = await as('hangzhou.duty')
    ['monitoring.get_mention']({ id: 999_999 })
    .catch((error: Refused) => error.body)
  assert.equal((hidden as Refused['body']).code, 'not_found')
  assert.deepEqual({ ...hidden, trace: 0 }, { ...absent, trace: 0 })
  await assert.rejects(as('hangzhou.duty')['monitoring.correct_mention']({ id: foreign.id, severity: 0 }), refused('not_found'))
})

test('a post of two units shows each the other only where both are in sight', async () => {
  const siblings = async (login: string) => {
    const [mention] = (await as(login)['monitoring.list_mentions']({ search: '两家都重复' })).mentions
    assert.ok(mention)
    return (await as(login)['monitoring.get_mention']({ id: mention.id })).siblings.map(({ unit }) => unit.code)
  }
  assert.deepEqual(await siblings('hangzhou.duty'), [])
  assert.deepEqual(await siblings('ningbo.duty'), [])
  assert.equal((await siblings('several.delta')).length, 1)
  assert.equal((await siblings('east.coordinator')).length, 1)
})

test('the text of a post is in sight only with a mention of it', async () => {
  const [person] = await house.admin<{ id: number }>(`select id from access.person where login = 'hangzhou.duty'`)
  const actor = await house.db.door((tx) => loadActor(tx, person?.id ?? 0))
  assert.ok(actor)
  const texts = await house.db.read(actor, 'monitoring.read', (tx) => tx.selectFrom('monitoring.post').select('text').execute())
  assert.deepEqual(texts.map(({ text }) => posts.find((post) => post.text === text)?.id).sort(), ['b1', 'h1', 'h2'])
})

test('pages follow one another without gap or repeat, also among equal moments', async () => {
  const at = new Date(Date.now() - 3_600_000).toISOString()
  const many = Array.from({ length: 23 }, (_, n) => ({
    id: `page${n}`,
    platform: 'forum',
    published_at: at,
    text: `成都衡川医院锦城院区第${n}次排队,体检中心很慢,等了又等。`,
  }))
  await takeIn(house.db, many, { sourceId: null })
  for (const input of [{}, { search: '体检中心' }]) {
    const seen: number[] = []
    let before: string | undefined
    for (let page = 0; page < 10; page++) {
      const got = await as('chengdu.duty')['monitoring.list_mentions']({ ...input, limit: 5, ...(before && { before }) })
      seen.push(...got.mentions.map(({ id }) => id))
      if (!got.next) break
      before = got.next
    }
    assert.equal(seen.length, 23)
    assert.equal(new Set(seen).size, 23)
  }
})

test('a correction is kept with who and when; the judgement of intake stays', async () => {
  const find = async () => (await as('hangzhou.lead')['monitoring.list_mentions']({ search: '八百元' })).mentions[0]
  const before = await find()
  assert.ok(before)
  await as('hangzhou.lead')['monitoring.correct_mention']({ id: before.id, category: 'dispute', severity: 3 })
  const after = await as('hangzhou.duty')['monitoring.get_mention']({ id: before.id })
  assert.deepEqual([after.category, after.severity, after.sentiment, after.corrected], ['dispute', 3, before.sentiment, true])
  const said = after.corrections.map(({ person, field, from, to }) => [person, field, from, to])
  assert.deepEqual(said, [
    ['尹秀英', 'severity', String(before.severity), '3'],
    ['尹秀英', 'category', before.category, 'dispute'],
  ])
  const [post] = await house.admin<{ category: string }>(
    `select judgement ->> 'category' as category from monitoring.post where id = $1`,
    [before.postId],
  )
  assert.equal(post?.category, before.category)
  assert.ok(after.abilities.correct)
  assert.equal((await as('hangzhou.reader')['monitoring.get_mention']({ id: before.id })).abilities.correct, false)
  await assert.rejects(as('hangzhou.reader')['monitoring.correct_mention']({ id: before.id, severity: 0 }), refused('forbidden'))
})

test('a mention corrected to a complaint that wants an answer is told on, once', async () => {
  const facts = () =>
    house.admin(`select from graphile_worker._private_jobs where payload ->> 'fact' = 'monitoring.mentions_stored'`)
  const [thanks] = (await as('hangzhou.lead')['monitoring.list_mentions']({ search: '很温柔' })).mentions
  assert.ok(thanks)
  const count = (await facts()).length
  await as('hangzhou.lead')['monitoring.correct_mention']({ id: thanks.id, sentiment: 'negative' })
  assert.equal((await facts()).length, count)
  await as('hangzhou.lead')['monitoring.correct_mention']({ id: thanks.id, severity: 2 })
  assert.equal((await facts()).length, count + 1)
  await as('hangzhou.lead')['monitoring.correct_mention']({ id: thanks.id, severity: 3 })
  assert.equal((await facts()).length, count + 1)
})
