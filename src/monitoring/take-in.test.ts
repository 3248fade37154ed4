import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { openHouse, type Refused } from '../../test/harness.ts'
import { loadActor } from '../access/index.ts'
import { ThreadFault } from '../base/thread.ts'
import { monitoring } from './contract.ts'
import { takeIn } from './index.ts'
import { reading } from './lane.ts'

const house = await openHouse()
const as = (login: string) => house.as(login, monitoring)
// A role that takes items in, held at a branch and at a region.
await house.admin(`with clerk as (insert into access.role (code, name, name_en) values ('clerk', '录入员', 'Clerk') returning id),
  rights as (insert into access.role_right select id, 'monitoring.intake' from clerk)
  insert into access.grant (person_id, role_id, unit_id) select person.id, clerk.id, unit.id from clerk, access.person, access.unit
    where (person.login, unit.code) in (('hangzhou.duty', 'hangzhou'), ('ningbo.duty', 'ningbo'), ('east.coordinator', 'east'))`)

const hangzhou = { id: 'c1', platform: 'weibo', text: '杭州衡川医院西溪院区窗口排队太久,没有人管' }
const ningbo = { id: 'c2', platform: 'weibo', text: '宁波衡川医院东钱湖院区窗口排队太久,没有人管' }
const both = { id: 'c3', platform: 'weibo', text: '杭州衡川医院和宁波衡川医院窗口都排队太久' }
const take = (login: string, ...items: unknown[]) => as(login)['monitoring.take_in']({ items })
const brief = ({ refused, noted: _, updated: __, ...counts }: Awaited<ReturnType<typeof take>>) => ({
  ...counts,
  refused: refused.map(({ at, code }) => [at, code]),
})

test('a person takes in for the units held; what concerns others is refused and not stored', async () => {
  const taken = await take('hangzhou.duty', hangzhou, ningbo, both, 7, { id: 'c4', text: '今天的晚霞很美' })
  assert.deepEqual(brief(taken), {
    new: 1,
    repeated: 0,
    irrelevant: 1,
    refused: [
      [1, 'outside_scope'],
      [2, 'outside_scope'],
      [3, 'not_an_object'],
    ],
  })
  assert.equal((await as('hq.publicity')['monitoring.count_mentions']({})).count, 1)
  assert.deepEqual(brief(await take('hangzhou.duty', hangzhou, { id: 'c4', text: '今天的晚霞很美' })), {
    new: 0,
    repeated: 2,
    irrelevant: 0,
    refused: [],
  })
  assert.deepEqual(brief(await take('east.coordinator', both, ningbo)), { new: 2, repeated: 0, irrelevant: 0, refused: [] })
  await assert.rejects(take('hangzhou.reader', hangzhou), (error: Refused) => error.code === 'forbidden')
})

test('what is long or hides something long is read beside the thread that answers people, and what is stopped is said', async () => {
  const preview = (...items: unknown[]) => as('hangzhou.duty')['monitoring.try_items']({ items })
  const run = mock.method(reading, 'run')
  const aside = async (...items: unknown[]) => {
    run.mock.resetCalls()
    await preview(...items)
    return run.mock.callCount()
  }
  const long = '排'.repeat(6000)
  assert.equal(await aside(hangzhou), 0)
  for (const hiding of [
    { text: long },
    { engagement: { likes: long } },
    { published_at: long },
    { more: { deep: { in: long } } },
  ])
    assert.equal(await aside({ ...hangzhou, ...hiding }), 1, Object.keys(hiding)[0])
  assert.equal(await aside(...Array.from({ length: 21 }, () => hangzhou)), 1)
  for (const [reason, code] of [
    ['slow', 'items_stopped'],
    ['busy', 'busy'],
  ] as const) {
    run.mock.mockImplementationOnce(() => Promise.reject(new ThreadFault(reason, 'readAll')))
    await assert.rejects(preview({ ...hangzhou, text: long }), (error: Refused) => error.code === code)
    run.mock.mockImplementationOnce(() => Promise.reject(new ThreadFault(reason, 'readAll')))
    await assert.rejects(take('hangzhou.duty', { ...hangzhou, text: long }), (error: Refused) => error.code === code)
  }
  run.mock.restore()
})

test('whether a post is here already is told only to those who see it', async () => {
  const secret = { id: 's1', platform: 'weibo', text: '宁波衡川医院东钱湖院区食堂很贵' }
  assert.equal((await takeIn(house.db, [secret], { sourceId: null })).new, 1)
  // The same number with words about one's own unit: new to whoever does not see the other post.
  assert.equal((await take('hangzhou.duty', { ...secret, text: '杭州衡川医院西溪院区食堂很贵' })).new, 1)
  assert.equal((await take('ningbo.duty', secret)).repeated, 1)
})

test('the database itself refuses a batch for a unit outside the scope, and any batch under another right', async () => {
  const [person] = await house.admin<{ id: number }>(`select id from access.person where login = 'hangzhou.duty'`)
  const actor = await house.db.door((tx) => loadActor(tx, person?.id ?? 0))
  const [unit] = await house.admin<{ id: number }>(`select id from access.unit where code = 'ningbo'`)
  assert.ok(actor)
  const item = { key: '0'.repeat(32), text_key: '1'.repeat(32), units: [unit?.id], mentions: [] as object[] }
  const mentioned = { ...item, mentions: [{ branch_id: unit?.id, severity: 4, rules: [] }] }
  const store = (right: string, batch: object[]) =>
    house.db.write(actor, right, (tx) =>
      tx
        .selectNoFrom((of) =>
          of.fn('monitoring.store', [of.val(JSON.stringify(batch)), of.val(null), of.val(false)]).as('stored'),
        )
        .execute(),
    )
  await assert.rejects(store('monitoring.intake', [mentioned]), { code: '42501' })
  // Its units alone would raise the heat of what others were told of.
  await assert.rejects(store('monitoring.intake', [item]), { code: '42501' })
  await assert.rejects(store('monitoring.correct', []), { code: '42501' })
})

test('a file that would fill an answer beyond measure is refused and says by how much', async () => {
  const rows = (count: number) => Array.from({ length: count }, (_, at) => `路人${at},"${'长'.repeat(30)}"`).join('\n')
  const read = (text: string) => as('hangzhou.duty')['monitoring.read_file']({ base64: Buffer.from(text).toString('base64') })
  assert.equal((await read(`作者,正文\n${rows(50_000)}`)).rows.length, 50_000)
  const more = (error: Refused) => error.code === 'file_unreadable' && /100,002 个单元格/.test(error.body.zh)
  await assert.rejects(read(`作者,正文\n${rows(50_001)}`), more)
  const item = (values: number) => JSON.stringify([{ text: '好', many: Array.from({ length: values - 3 }, () => 0) }])
  assert.equal((await read(item(100_000))).items.length, 1)
  await assert.rejects(read(item(100_001)), /100,001/)
})
