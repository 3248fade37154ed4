import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { projectRoot } from '../src/base/config.ts'
import { monitoring } from '../src/monitoring/contract.ts'
import { takeIn } from '../src/monitoring/index.ts'
import { readJsonLines } from '../src/words/lines.ts'
import { openHouse } from './harness.ts'

// The reports of what users of other programs met, tried as a file that is taken in (test/reports/README.md).

interface Case {
  readonly id: string
  readonly file: string
  readonly word: string
  readonly kind: string
  readonly expect: string | Readonly<Record<string, string | number>>
}
interface Given {
  readonly text: string
  readonly platform?: string
  readonly published_at?: unknown
  readonly engagement?: { readonly likes?: unknown }
}

const folder = join(projectRoot, 'test/reports')
const cases = (await readFile(join(folder, 'expectations.jsonl'), 'utf8'))
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case)
const house = await openHouse()
const boss = house.as('hq.publicity', monitoring)
const own = await mkdtemp(join(tmpdir(), 'anlan-reports-'))
after(() => rm(own, { recursive: true, force: true }))

const found = async (search: string) => (await boss['monitoring.list_mentions']({ search })).mentions.length
async function readAll(file: string): Promise<Given[]> {
  const items: Given[] = []
  for await (const { value, fault } of readJsonLines(file)) {
    assert.equal(fault, null)
    items.push(value as Given)
  }
  return items
}
const postOf = async ({ text }: Given) => {
  const [row] = await house.admin<{ likes: number; platform: string; published_at: string; taken_in_at: string }>(
    'select likes, platform, published_at, taken_in_at from monitoring.post where text = $1',
    [text],
  )
  assert.ok(row, text)
  return row
}

const dayBefore = (now: number) => new Date(now + 8 * 3_600_000 - 86_400_000).toISOString().slice(0, 10)
function assertMoment(expected: string | number | undefined, post: { published_at: string; taken_in_at: string }, what: string) {
  const taken = Date.parse(post.taken_in_at)
  if (expected === 'now') assert.ok(Math.abs(Date.parse(post.published_at) - taken) < 60_000, `${what}: ${post.published_at}`)
  else if (expected === 'yesterday') assert.equal(post.published_at, `${dayBefore(taken)}T01:12:00.000Z`, what)
  else if (expected === 'nov20') assert.match(post.published_at, /^\d{4}-11-19T16:00:00/, what)
  else assert.equal(post.published_at, expected, what)
}

for (const { id, file, kind, expect } of cases.filter((one) => one.word === 'intake'))
  test(`${id}: ${typeof expect === 'string' ? expect : kind}`, async () => {
    const items = await readAll(join(folder, file))
    const taken = await takeIn(house.db, items, { sourceId: null })
    assert.deepEqual(taken.refused, [])
    if (typeof expect === 'string') {
      for (const word of expect.replace('each found once: ', '').split(' ')) assert.equal(await found(word), 1, word)
      return
    }
    for (const item of items) {
      const post = await postOf(item).catch(() => undefined)
      if (kind === 'count') assert.equal(post?.likes, expect[String(item.engagement?.likes)], String(item.engagement?.likes))
      if (kind === 'platform') assert.equal(post?.platform, expect[item.platform ?? ''], item.platform)
      if (kind === 'date') {
        const written = JSON.stringify(item.published_at)
        assert.ok(post && expect[written] !== undefined, written)
        assertMoment(expect[written], post, written)
      }
    }
    if (kind === 'count' || kind === 'platform' || kind === 'date') return
    for (const [word, count] of Object.entries(expect)) assert.equal(word === 'new' ? taken.new : await found(word), count, word)
  })

test('variations: what tables round, entities, controls and odd halves in every field', async () => {
  const file = join(own, 'odd.csv')
  await writeFile(
    file,
    '\ufeff帖子ID,平台,正文,点赞数\r\n7.30123E+18,微信视频号,杭州衡川医院&#26143;期三停诊&amp;quot;记号vaa&amp;quot;,1.1万\r\n' +
      '7.30123E+18,快手App,杭州衡川医院周四停诊记号vab,两万3千\r\n',
  )
  const items = await readAll(file)
  const taken = await takeIn(house.db, items, { sourceId: null })
  assert.deepEqual([taken.new, taken.noted.map(({ code }) => code)], [2, ['id_rounded', 'id_rounded']])
  const rows = await house.admin<{ text: string; platform: string; likes: number }>(
    `select text, platform, likes from monitoring.post where text like '%记号va_%' order by text`,
  )
  assert.deepEqual(rows, [
    { text: '杭州衡川医院周四停诊记号vab', platform: 'kuaishou', likes: 23_000 },
    { text: '杭州衡川医院星期三停诊"记号vaa"', platform: 'wechat', likes: 11_000 },
  ])
  const odd = '\u0000\ud800\u0007'
  const item = Object.fromEntries(
    ['id', 'platform', 'kind', 'author', 'title', 'url', 'published_at'].map((name) => [name, `${odd}${name}${odd}`]),
  )
  const again = await takeIn(house.db, [{ ...item, text: `杭州衡川医院停车难记号vac${odd}` }], { sourceId: null })
  assert.equal(again.new, 1)
  assert.equal(await found('记号vac'), 1)
})

test('a long text is cut, and its beginning judged and found', async () => {
  const text = `杭州衡川医院急诊太慢，记号vlong。${'这里排队。'.repeat(30_000)}`
  const taken = await takeIn(house.db, [{ id: 'vlong', text }], { sourceId: null })
  assert.deepEqual([taken.new, taken.noted.map(({ code }) => code)], [1, ['text_cut']])
  assert.equal(await found('记号vlong'), 1)
})

test('old news raises nothing by default, and everything when it is said so', async () => {
  const grave = (id: string, days: number) => ({
    id,
    platform: 'heimao',
    published_at: new Date(Date.now() - days * 86_400_000).toISOString(),
    text: `南昌衡川医院红谷滩院区误诊差点出了人命,要求赔偿并书面答复,编号${id}`,
  })
  const alerted = async () =>
    (
      await house.admin<{ n: number }>(
        `select coalesce(sum(json_array_length(payload -> 'payload' -> 'mentionIds')), 0)::int as n
         from graphile_worker._private_jobs where payload ->> 'fact' = 'monitoring.mentions_stored'`,
      )
    )[0]?.n ?? 0
  const raised = async (items: object[], alert?: 'all' | 'recent' | 'none') => {
    const before = await alerted()
    await boss['monitoring.take_in']({ items, ...(alert && { alert }) })
    return (await alerted()) - before
  }
  await house.admin(
    `insert into access.role_right select id, 'monitoring.intake' from access.role where code = 'publicity' on conflict do nothing`,
  )
  assert.equal(await raised([grave('on1', 1), grave('on2', 30)]), 1)
  assert.equal(await raised([grave('on3', 1), grave('on4', 30)], 'none'), 0)
  assert.equal(await raised([grave('on5', 1), grave('on6', 30)], 'all'), 2)
})
