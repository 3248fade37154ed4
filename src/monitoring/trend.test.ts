import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { openHouse, type Refused } from '../../test/harness.ts'
import { monitoring } from './contract.ts'
import { takeIn } from './index.ts'

const house = await openHouse()
const names = ['杭州衡川医院', '宁波衡川医院', '广州衡川医院', '成都衡川医院', '衡川集团']
const said = ['收费乱,退费没人管', '护士很温柔,谢谢', '停车场要排队', '听说出了医疗事故', '招聘护士若干名']
const platforms = ['weibo', 'wechat', 'heimao']
let seed = 7
const random = (below: number) => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed % below
}
const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T

/** Rolled up anew from the rows, by SQL that shares nothing with the triggers. */
async function assertEqualToRows(what: string) {
  const counts = `count(*) filter (where sentiment = 'negative')::int as negative, count(*) filter (where sentiment = 'neutral')::int as neutral,
    count(*) filter (where sentiment = 'positive')::int as positive`
  const kept = 'where negative <> 0 or neutral <> 0 or positive <> 0'
  const hours = await house.admin(
    `select branch_id, region_id, at, negative, neutral, positive from monitoring.volume_hour ${kept} order by 1, 3`,
  )
  assert.deepEqual(
    hours,
    await house.admin(
      `select branch_id, region_id, date_trunc('hour', published_at) as at, ${counts} from monitoring.mention group by 1, 2, 3 order by 1, 3`,
    ),
    what,
  )
  const days = await house.admin(
    `select branch_id, region_id, day::text, facet, key, negative, neutral, positive from monitoring.volume_day ${kept} order by 1, 4, 3, 5`,
  )
  const one = (
    facet: string,
    key: string,
  ) => `select branch_id, region_id, (published_at at time zone 'Asia/Shanghai')::date::text as day,
    '${facet}' as facet, ${key} as key, ${counts} from monitoring.mention group by 1, 2, 3, 5`
  assert.deepEqual(
    days,
    await house.admin(
      `${one('all', `''`)} union all ${one('platform', 'platform')} union all ${one('category', 'category')} order by 1, 4, 3, 5`,
    ),
    what,
  )
}

let taken = 0
const some = (count: number) =>
  Array.from({ length: count }, () => ({
    id: `t${taken++}`,
    platform: pick(platforms),
    text: `${pick(names)}${random(3) === 0 ? `和${pick(names)}` : ''}:${pick(said)},第${random(9)}次`,
    published_at: 1_767_225_600 + random(40 * 86_400),
  }))

before(async () => {
  await takeIn(house.db, some(400), { sourceId: null })
})

test('roll-ups equal the rows after intake, side by side too', async () => {
  await assertEqualToRows('after one intake')
  await Promise.all([takeIn(house.db, some(200), { sourceId: null }), takeIn(house.db, some(200), { sourceId: null })])
  await assertEqualToRows('after two at once')
})

test('roll-ups follow corrections, deletions and a branch that moves', async () => {
  const lead = house.as('hq.publicity', monitoring)
  const { mentions } = await lead['monitoring.list_mentions']({ limit: 60 })
  for (const { id } of mentions)
    await lead['monitoring.correct_mention']({
      id,
      sentiment: pick(['negative', 'neutral', 'positive']),
      category: pick(['fees', 'praise', 'staff']),
    })
  await assertEqualToRows('after corrections')
  await Promise.all(
    mentions
      .slice(0, 20)
      .map(({ id }, at) => lead['monitoring.correct_mention']({ id, sentiment: at % 2 ? 'neutral' : 'negative' })),
  )
  await assertEqualToRows('after corrections at once')
  await house.admin(`delete from monitoring.mention where id % 7 = 0`)
  await assertEqualToRows('after deletions')
  await house.admin(`update access.unit set parent_id = (select id from access.unit where code = 'south') where code = 'ningbo'`)
  await assertEqualToRows('after a move')
  await house.admin(`update access.unit set parent_id = (select id from access.unit where code = 'east') where code = 'ningbo'`)
})

test('each bar of trend and shares counts exactly the mentions that its range lists', async () => {
  for (const login of ['hangzhou.duty', 'several.delta', 'east.coordinator', 'hq.publicity']) {
    const ask = house.as(login, monitoring)
    const count = async (filter: object) => (await ask['monitoring.count_mentions'](filter)).count
    const range = { since: '2026-01-05T03:20:10+08:00', until: '2026-01-20T17:45:00+08:00' }
    const trend = await ask['monitoring.get_trend']({ ...range, grain: 'day' })
    assert.equal(trend.length, 16)
    assert.equal(trend[0]?.at, '2026-01-04T16:00:00.000Z')
    for (const { at, negative } of trend.slice(0, 4)) {
      const until = new Date(Date.parse(at) + 86_400_000).toISOString()
      assert.equal(await count({ since: at, until, sentiment: 'negative' }), negative, `${login} ${at}`)
    }
    const hours = await ask['monitoring.get_trend']({ since: range.since, until: '2026-01-05T09:00:00+08:00', grain: 'hour' })
    assert.equal(hours.length, 6)
    for (const by of ['platform', 'category'] as const)
      for (const { key, negative, total } of await ask['monitoring.get_shares']({ ...range, by })) {
        assert.equal(await count({ ...range, [by]: key }), total, `${login} ${by} ${key}`)
        assert.equal(await count({ ...range, [by]: key, sentiment: 'negative' }), negative, `${login} ${by} ${key}`)
      }
    const shares = await ask['monitoring.get_shares']({ ...range, by: 'unit' })
    assert.equal(
      shares.reduce((sum, { total }) => sum + total, 0),
      await count(range),
      login,
    )
    const short = { since: '2026-01-06T03:20:10+08:00', until: '2026-01-06T03:50:00+08:00' }
    const inShort = await ask['monitoring.get_shares']({ ...short, by: 'unit' })
    assert.equal(
      inShort.reduce((sum, { total }) => sum + total, 0),
      await count(short),
      login,
    )
  }
})

test('a trend too long to draw is refused, an empty one is zeros', async () => {
  const ask = house.as('hangzhou.duty', monitoring)
  await assert.rejects(
    ask['monitoring.get_trend']({ since: '2025-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z', grain: 'hour' }),
    (error: Refused) => error.code === 'range_too_long',
  )
  const empty = await ask['monitoring.get_trend']({
    since: '2020-01-01T00:00:00+08:00',
    until: '2020-01-03T00:00:00+08:00',
    grain: 'day',
  })
  assert.deepEqual(
    empty.map(({ negative, neutral, positive }) => negative + neutral + positive),
    [0, 0],
  )
})
