import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { monitoring } from './contract.ts'
import { takeIn } from './index.ts'

const house = await openHouse()
const duty = house.as('hangzhou.duty', monitoring)
const take = (items: unknown[], more: object = {}) => takeIn(house.db, items, { sourceId: null, ...more })
const counts = ({ new: fresh, repeated, updated, irrelevant }: Awaited<ReturnType<typeof take>>) => [
  fresh,
  repeated,
  updated,
  irrelevant,
]
const found = async (search: string) => (await duty['monitoring.list_mentions']({ search })).mentions
const facts = (name: string) =>
  house.admin<{ ids: number[] }>(
    `select payload -> 'payload' -> 'mentionIds' as ids from graphile_worker._private_jobs where payload ->> 'fact' = $1 order by id`,
    [name],
  )
const day = '2026-11-20T08:00:00+08:00'
const article = (id: string, title: string, text: string, url = `https://news.example.cn/${id}`) => ({
  ...{ id, platform: 'news', author: '演示日报', published_at: day, title, text, url },
})

test('a corrected article is one post: judged again, alerted when it grew worse, with what it said before', async () => {
  const mild = article('v1', '杭州衡川医院夜间门诊通知', '杭州衡川医院夜间门诊改到二号楼，请市民留意。')
  const grave = {
    ...mild,
    title: '杭州衡川医院夜间门诊更正',
    text: '杭州衡川医院误诊差点出了人命,要求赔偿并书面答复,三人受伤',
  }
  assert.deepEqual(counts(await take([mild])), [1, 0, 0, 0])
  const [before] = await found('改到二号楼')
  const alerts = (await facts('monitoring.mentions_stored')).length
  assert.deepEqual(counts(await take([grave])), [0, 0, 1, 0])
  const [after] = await found('三人受伤')
  assert.ok(before && after && after.id === before.id)
  assert.ok(after.severity > before.severity, `${before.severity} → ${after.severity}`)
  assert.equal((await found('改到二号楼')).length, 0)
  assert.deepEqual((await facts('monitoring.mentions_stored')).slice(alerts), [{ ids: [after.id] }])
  assert.deepEqual((await facts('monitoring.mentions_changed')).at(-1), { ids: [after.id] })
  const detail = await duty['monitoring.get_mention']({ id: after.id })
  assert.deepEqual(
    detail.wordings.map(({ title, text }) => [title, text]),
    [[mild.title, mild.text]],
  )
  assert.deepEqual(detail.corrections, [])
  // Either wording said again is nothing new, and the newest stays.
  assert.deepEqual(counts(await take([mild, grave, mild])), [0, 3, 0, 0])
  assert.equal((await found('三人受伤')).length, 1)
  const [volume] = await house.admin<{ hours: number; mentions: number }>(
    `select (select sum(negative + neutral + positive)::int from monitoring.volume_hour) as hours, (select count(*)::int from monitoring.mention) as mentions`,
  )
  assert.equal(volume?.hours, volume?.mentions)
})

test('one number with other title, text and link is another post, side by side or later', async () => {
  const a = { ...article('blog', '杭州衡川医院夜间门诊', '杭州衡川医院夜间门诊人太多，记号sga', 'https://b.example.cn/a') }
  const b = { ...a, title: '杭州衡川医院停车难', text: '杭州衡川医院停车场排到马路上，记号sgb', url: 'https://b.example.cn/b' }
  const c = { ...a, title: '杭州衡川医院食堂', text: '杭州衡川医院食堂换了菜单，记号sgc', url: 'https://b.example.cn/c' }
  assert.deepEqual(counts(await take([a, b], { sideBySide: true })), [2, 0, 0, 0])
  assert.deepEqual(counts(await take([c])), [1, 0, 0, 0])
  assert.deepEqual(counts(await take([a, b, c])), [0, 3, 0, 0])
  for (const mark of ['记号sga', '记号sgb', '记号sgc']) assert.equal((await found(mark)).length, 1, mark)
  // Of the three it is the second that was corrected.
  assert.deepEqual(counts(await take([{ ...b, text: '杭州衡川医院停车场排到马路上两公里，记号sgb' }])), [0, 0, 1, 0])
  assert.deepEqual(
    (await found('记号sgb')).map(({ title }) => title),
    [b.title],
  )
})

test('a feed that gives every entry its home page for a number and a link loses none of them', async () => {
  const home = 'https://home.example.cn/'
  const entry = (said: string) => ({ id: home, url: home, title: `院报${said}`, text: `杭州衡川医院${said}` })
  assert.deepEqual(
    counts(await take([entry('急诊人满，记号hma'), entry('急诊人少，记号hmb')], { sideBySide: true })),
    [2, 0, 0, 0],
  )
  assert.deepEqual(counts(await take([entry('体检中心搬到河东，记号hmc')], { sideBySide: true })), [1, 0, 0, 0])
  for (const mark of ['记号hma', '记号hmb', '记号hmc']) assert.equal((await found(mark)).length, 1, mark)
})

test('what a person corrected stays when the words change, unless they grow worse', async () => {
  const said = article('corr', '杭州衡川医院停车', '杭州衡川医院停车场收费太贵，一小时十元。')
  await take([said])
  const [mention] = await found('一小时十元')
  assert.ok(mention)
  const boss = house.as('hq.publicity', monitoring)
  await boss['monitoring.correct_mention']({ id: mention.id, sentiment: 'positive', severity: 1 })
  const corrections = async () => (await duty['monitoring.get_mention']({ id: mention.id })).corrections.length
  const corrected = await corrections()
  await take([{ ...said, text: '杭州衡川医院停车场收费太贵，一小时十一元。' }])
  const [same] = await found('一小时十一元')
  assert.deepEqual([same?.id, same?.sentiment, same?.severity, same?.corrected], [mention.id, 'positive', 1, true])
  await take([{ ...said, text: '杭州衡川医院停车场收费太贵，一小时十一元，误诊差点出了人命,要求赔偿并书面答复' }])
  const worse = (await found('要求赔偿并书面答复')).find(({ id }) => id === mention.id)
  assert.ok(worse && worse.sentiment === 'positive' && worse.severity > 1)
  assert.equal(await corrections(), corrected)
})

test('a wording that names another unit gives that unit its mention; the former keeps its own', async () => {
  const said = article('move', '衡川医院扩建', '杭州衡川医院扩建门诊楼，记号mva。')
  await take([said])
  await take([{ ...said, text: '更正：宁波衡川医院扩建门诊楼，记号mva。' }])
  const rows = await house.admin<{ code: string; excerpt: string }>(
    `select unit.code, excerpt from monitoring.mention join access.unit on unit.id = mention.branch_id where excerpt like '%记号mva%' order by 1`,
  )
  assert.deepEqual(
    rows.map(({ code, excerpt }) => [code, excerpt.slice(0, 2)]),
    [
      ['hangzhou', '更正'],
      ['ningbo', '更正'],
    ],
  )
})

test('a repeat that is edited becomes a post of its own, and the heat follows', async () => {
  const words = '杭州衡川医院的检查费收了两遍，窗口说系统就是这样，记号htr'
  await take([{ id: 'h1', platform: 'weibo', author: '甲', text: words }])
  await take([{ id: 'h2', platform: 'weibo', author: '乙', text: words }])
  assert.deepEqual(
    (await found('记号htr')).map(({ heat }) => heat),
    [2],
  )
  assert.deepEqual(counts(await take([{ id: 'h2', platform: 'weibo', author: '乙', text: `${words}，后来退了` }])), [0, 0, 1, 0])
  assert.deepEqual(
    (await found('记号htr')).map(({ heat }) => heat),
    [1, 1],
  )
  // And in one go it comes out the same.
  const other = words.replaceAll('htr', 'htx')
  const posts = ['甲', '乙'].map((author, at) => ({ id: `x${at}`, platform: 'weibo', author, text: other }))
  assert.deepEqual(counts(await take([...posts, { ...posts[1], text: `${other}，后来退了` }])), [1, 1, 1, 0])
  assert.deepEqual(
    (await found('记号htx')).map(({ heat }) => heat),
    [1, 1],
  )
})

test('without a number, whoever says other words, or at another moment, has said something else', async () => {
  const url = 'https://bbs.example.cn/thread/9'
  const base = { platform: 'forum', author: '网友', url, text: '杭州衡川医院急诊太慢', published_at: day }
  const others = [
    { ...base, author: '别人' },
    { ...base, text: '杭州衡川医院急诊太快' },
    { ...base, published_at: '2026-11-21' },
    { ...base, url: `${url}#post-2` },
    { ...base, url: `${url}?source=2` },
  ]
  assert.deepEqual(counts(await take([base, ...others])), [6, 0, 0, 0])
  assert.deepEqual(counts(await take([{ ...base, url: `${url}?utm_source=a&spm=1#top` }, ...others])), [0, 6, 0, 0])
})

test('what differs in a number, a person, a feeling or the title is no repeat; marks, script and width are', async () => {
  const text = (said: string) => ({ platform: 'weibo', text: `杭州衡川医院${said}，材料已经寄给纪委，请大家转发关注` })
  const pairs: [object, object][] = [
    [text('收了3.5万元'), text('收了35万元')],
    [text('在8:30停诊'), text('在830停诊')],
    [text('体温-5度'), text('体温5度')],
    [text('报销10%'), text('报销10‰')],
    [text(' @陆砚清 收红包'), text(' @傅若川 收红包')],
    [text('态度👍'), text('态度👎')],
    [
      { ...text('声明'), title: '手术室起火' },
      { ...text('声明'), title: '食堂换菜' },
    ],
  ]
  for (const [at, [one, other]] of pairs.entries()) {
    const taken = await take([
      { ...one, id: `p${at}a`, author: '甲' },
      { ...other, id: `p${at}b`, author: '乙' },
    ])
    assert.deepEqual(counts(taken), [2, 0, 0, 0], JSON.stringify(one))
  }
  const same = text('挂号难，窗口少')
  const again = [
    { ...same, text: same.text.replaceAll('，', ',') },
    { ...same, text: `${same.text}！！` },
    { ...same, text: `转发微博 //@小王: ${same.text}` },
    { ...same, title: same.text.slice(0, 12) },
    { ...same, text: same.text.replace('医', '醫') },
  ]
  assert.deepEqual(
    counts(await take([same, ...again].map((item, at) => ({ ...item, id: `q${at}`, author: `丙${at}` })))),
    [1, 5, 0, 0],
  )
})

test('a branch clerk can neither rewrite nor heat what concerns others', async () => {
  await house.admin(`with clerk as (insert into access.role (code, name, name_en) values ('clerk', '录入员', 'Clerk') returning id),
    rights as (insert into access.role_right select id, 'monitoring.intake' from clerk)
    insert into access.grant (person_id, role_id, unit_id) select person.id, clerk.id, unit.id from clerk, access.person, access.unit
      where (person.login, unit.code) = ('hangzhou.duty', 'hangzhou')`)
  const said = article('both', '两院通报', '杭州衡川医院和宁波衡川医院联合通报停诊安排，记号bth。')
  await take([said])
  const forged = { ...said, text: '杭州衡川医院联合通报停诊安排，一切正常，记号bth。' }
  const taken = await duty['monitoring.take_in']({ items: [forged] })
  assert.deepEqual([taken.new, taken.updated], [1, 0])
  const kept = await house.admin(`select from monitoring.mention where excerpt like '%和宁波%记号bth%'`)
  assert.equal(kept.length, 2)
})
