import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { sql } from 'kysely'
import { openHouse } from '../../test/harness.ts'
import { loadActor } from '../access/index.ts'
import { projectRoot } from '../base/config.ts'
import type { Actor } from '../base/db.ts'
import { containsQuery, readQuery } from '../engines/index.ts'
import { monitoring } from './contract.ts'
import { allOf, conditionsOf, type Wanted } from './filter.ts'
import { takeIn } from './index.ts'
import { filterOf } from './search.ts'

const house = await openHouse()
const people = [
  'hangzhou.duty',
  'guangzhou.duty',
  'several.delta',
  'several.capital',
  'east.coordinator',
  'south.coordinator',
  'hq.publicity',
]
const queries = [
  ...[
    '医院',
    '衡川',
    '收费',
    '退费',
    '投诉',
    '停车',
    '护士',
    '杭州衡川',
    '西溪院区',
    '挂号 医生',
    '醫院 收費',
    'ＣＴ',
    'ct检查',
    '12345',
  ],
  ...[
    '院',
    '!',
    '%',
    "'; drop table",
    '\\',
    '没有这样的话',
    '元',
    '检查费 退',
    '医*院',
    'a b',
    '衡川杭州医院官方',
    '衡川 -收费',
    '医院 NOT “护士”',
    '停车费，收费',
    '-医院',
  ],
]

before(async () => {
  const files = globSync('demo/training/*.jsonl', { cwd: projectRoot }).sort()
  const posts = files.flatMap((file) => readFileSync(join(projectRoot, file), 'utf8').split('\n').filter(Boolean))
  const items = posts
    .slice(0, 1100)
    .map((line, at) => ({ ...(JSON.parse(line) as object), published_at: 1_780_000_000 + Math.floor(at / 3) * 977 }))
  await takeIn(house.db, items, { sourceId: null })
  await house.admin('analyze monitoring.mention')
})

async function actorOf(login: string): Promise<Actor> {
  const [person] = await house.admin<{ id: number }>('select id from access.person where login = $1', [login])
  const actor = await house.db.door((tx) => loadActor(tx, person?.id ?? 0))
  assert.ok(actor)
  return actor
}

/** What the policies show, filtered by hand. */
const byPolicy = (actor: Actor, query: string, wanted: Wanted) =>
  house.db.read(actor, 'monitoring.read', async (tx) => {
    const { rows } = await sql<{ id: number; author: string; title: string; text: string }>`
      select mention.id, post.author, post.title, post.text from monitoring.mention join monitoring.post on post.id = mention.post_id
      where ${allOf(conditionsOf(wanted))} order by mention.published_at desc, mention.id desc`.execute(tx)
    return rows.filter((row) => containsQuery([row.author, row.title, row.text].join('\n\n\n'), query)).map(({ id }) => id)
  })

/** What the search shows. `lookedThrough` moves the border between the latest rows and the index; `plan` forces the index. */
const bySearch = (actor: Actor, query: string, wanted: Wanted, lookedThrough: number, plan: 'any' | 'index') =>
  house.db.read(actor, 'monitoring.read', async (tx) => {
    if (plan === 'index')
      await sql`select set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)`.execute(tx)
    const asked = readQuery(query)
    const { rows } = await sql<{
      id: number
    }>`select id from monitoring.search(${asked.wanted}::text[], ${asked.pairs}::text[],
      ${filterOf(wanted, asked.unwanted)}::jsonb, null, null, 100000, ${lookedThrough}::int)`.execute(tx)
    return rows.map(({ id }) => id)
  })

test('search shows exactly what the policies show, to every tier, by walking and by index', async () => {
  let hits = 0
  for (const login of people) {
    const actor = await actorOf(login)
    for (const query of queries) {
      const expected = await byPolicy(actor, query, {})
      for (const [lookedThrough, plan] of [
        [100_000, 'any'],
        [1, 'index'],
        [20, 'any'],
      ] as const)
        assert.deepEqual(
          await bySearch(actor, query, {}, lookedThrough, plan),
          expected,
          `${login} ${query} ${lookedThrough} ${plan}`,
        )
      hits += expected.length
    }
  }
  assert.ok(hits > 3000, `${hits} hits`)
})

test('every filter goes with a search', async () => {
  const units = await house.admin<{ id: number; code: string }>('select id, code from access.unit')
  const id = (code: string) => units.find((unit) => unit.code === code)?.id ?? 0
  const filters: Wanted[] = [
    { sentiment: 'negative' },
    { category: 'fees', minSeverity: 2 },
    { platform: 'weibo', triage: 'appeal' },
    { since: '2026-05-29T00:00:00Z', until: '2026-06-01T00:00:00+08:00' },
    { branchId: id('hangzhou') },
    { regionId: id('east'), sentiment: 'positive' },
    { branchId: id('guangzhou'), regionId: id('east') },
    { platform: `x' or true --` },
  ]
  for (const login of ['hangzhou.duty', 'several.delta', 'east.coordinator', 'hq.publicity']) {
    const actor = await actorOf(login)
    for (const wanted of filters)
      for (const query of ['医院', '收费'])
        assert.deepEqual(
          await bySearch(actor, query, wanted, 10, 'any'),
          await byPolicy(actor, query, wanted),
          `${login} ${query} ${JSON.stringify(wanted)}`,
        )
  }
})

test('a moved branch is found by its new region and no longer by the old', async () => {
  const count = async (login: string) =>
    (await house.as(login, monitoring)['monitoring.count_mentions']({ search: '宁波' })).count
  const [east, south] = [await count('east.coordinator'), await count('south.coordinator')]
  const [own] = await house.admin<{ count: number }>(`select count(*)::int from monitoring.mention where folded like '%宁波%'
    and branch_id = (select id from access.unit where code = 'ningbo')`)
  assert.ok(own && own.count > 0)
  await house.admin(`update access.unit set parent_id = (select id from access.unit where code = 'south') where code = 'ningbo'`)
  assert.equal(await count('east.coordinator'), east - own.count)
  assert.equal(await count('south.coordinator'), south + own.count)
})

test('without a signed context the search answers nothing', async () => {
  const { rows } = await house.db
    .pool('anlan_group')
    .query(`select * from monitoring.search('{医院}', '{医院}', '{}', null, null, 10)`)
  assert.deepEqual(rows, [])
})
