import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { openHouse } from '../../test/harness.ts'
import { projectRoot } from '../base/config.ts'
import { monitoring } from './contract.ts'
import { takeIn } from './index.ts'

const house = await openHouse()
const folder = await mkdtemp(join(tmpdir(), 'anlan-intake-'))
after(() => rm(folder, { recursive: true, force: true }))
const take = (...items: unknown[]) => takeIn(house.db, items, { sourceId: null })
const nothing = { new: 0, repeated: 0, updated: 0, irrelevant: 0, refused: [], noted: [] }
const latest = async (login = 'hq.publicity') =>
  (await house.as(login, monitoring)['monitoring.list_mentions']({ limit: 1 })).mentions[0]
const facts = (name: string) =>
  house.admin<{ payload: { mentionIds: number[]; heat: number } }>(
    `select payload -> 'payload' as payload from graphile_worker._private_jobs where payload ->> 'fact' = $1 order by id`,
    [name],
  )

test('items come as they are written: ids, dates, markup, counts', async () => {
  const text = (said: string) => `杭州衡川医院西溪院区${said}`
  const at = async (item: object) => {
    assert.equal((await take(item)).new, 1, JSON.stringify(item))
    const [row] = await house.admin<{ published_at: string; text: string; platform: string; likes: number; url: string | null }>(
      'select published_at, text, platform, likes, url from monitoring.post order by id desc limit 1',
    )
    return row as NonNullable<typeof row>
  }
  assert.equal(
    (await at({ id: 17, text: text('挂号要排队三小时'), published_at: 1_767_225_600 })).published_at,
    '2026-01-01T00:00:00.000Z',
  )
  assert.equal(
    (await at({ id: '18', text: text('停车场太小'), published_at: 1_767_225_600_123 })).published_at,
    '2026-01-01T00:00:00.123Z',
  )
  assert.equal(
    (await at({ text: text('食堂很贵'), published_at: '2026年1月3日 09:05' })).published_at,
    '2026-01-03T01:05:00.000Z',
  )
  const html = await at({
    text: `<p>${text('退费没人管')}</p><script>alert(1)</script>\u0000\ud800`,
    platform: '小红书',
    engagement: { likes: '1.2万' },
  })
  assert.equal(html.text, `${text('退费没人管')}\n\n\ufffd`.trim())
  assert.deepEqual([html.platform, html.likes], ['xiaohongshu', 12_000])
  const odd = await at({
    text: text('a<b 的检查单看不懂,医生不解释'),
    url: 'javascript:alert(1)',
    platform: { no: 1 },
    kind: [],
    author: 5,
    engagement: 'no',
  })
  assert.deepEqual([odd.text, odd.platform, odd.url], [text('a<b 的检查单看不懂,医生不解释'), 'other', null])
})

test('a date in the future counts as now and says so; a bad one too; what says nothing is refused, the others are taken', async () => {
  const begun = Date.now()
  const future = new Date(begun + 5 * 86_400_000).toISOString()
  const taken = await take(
    { id: 'f1', text: '宁波衡川医院下周停电通知是真的吗,谁来回答一下', published_at: future },
    { id: 'f2', text: '宁波衡川医院东门堵车', published_at: '明年再说吧' },
    { id: 'f3', text: '宁波衡川医院西门堵车', published_at: '1971-01-01' },
    { id: 'f4', title: ' ', text: '\u0000' },
    { id: 'f5', text: '宁波衡川医院'.repeat(20_000) },
    null,
    'text',
    { id: 'f6', text: '宁波衡川医院的护士很好,谢谢你们一直照顾老人' },
  )
  assert.equal(taken.new, 5)
  const brief = (problems: typeof taken.refused) => problems.map(({ at, code }) => [at, code])
  assert.deepEqual(brief(taken.refused), [
    [3, 'nothing_said'],
    [5, 'not_an_object'],
    [6, 'not_an_object'],
  ])
  assert.deepEqual(brief(taken.noted), [
    [0, 'date_in_future'],
    [1, 'date_unreadable'],
    [2, 'date_says_nothing'],
    [4, 'text_cut'],
  ])
  for (const problem of [...taken.refused, ...taken.noted]) assert.ok(problem.zh && problem.en)
  const [mention] = (await house.as('ningbo.duty', monitoring)['monitoring.list_mentions']({ search: '停电通知' })).mentions
  assert.ok(mention && Date.parse(mention.publishedAt) >= begun && Date.parse(mention.publishedAt) <= Date.now())
  const { reasons } = await house.as('ningbo.duty', monitoring)['monitoring.get_mention']({ id: mention.id })
  assert.ok(reasons.some(({ code }) => code === 'date_in_future'))
})

test('a post is known by its number, its address without tracking, or its words', async () => {
  const said = '合肥衡川医院滨湖院区急诊等了四个小时没有人看'
  assert.equal((await take({ id: 'k1', platform: 'weibo', text: said })).new, 1)
  assert.equal((await take({ id: 'k1', platform: 'weibo', text: said, author: '后来才有的作者' })).repeated, 1)
  const address = 'https://news.example/a/1?id=5'
  assert.equal((await take({ text: '合肥衡川医院通报急诊', url: address })).new, 1)
  assert.equal((await take({ text: '合肥衡川医院通报急诊', url: `${address}&utm_source=x&spm=1#top` })).repeated, 1)
  assert.equal((await take({ text: '合肥衡川医院通报急诊', url: `${address}&from=2#post-2` })).new, 1)
  const bare = { text: '合肥衡川医院停车收费太贵,一天三十块', author: '路人甲' }
  assert.equal((await take(bare)).new, 1)
  assert.equal((await take(bare)).repeated, 1)
  assert.equal((await take(bare, bare)).repeated, 2)
})

test('what is said again is heat of the first, not a second mention; short words are not', async () => {
  const said = '苏州衡川医院的检查费收了两遍,窗口说系统就是这样'
  await take({ id: 'r0', platform: 'weibo', author: '甲', text: said })
  const told = (await facts('monitoring.mentions_heated')).length
  const again = await take(
    ...Array.from({ length: 10 }, (_, at) => ({
      id: `r${at + 1}`,
      platform: 'weibo',
      author: `乙${at}`,
      text: `${said}!!${'?'.repeat(at)}`,
    })),
  )
  assert.deepEqual([again.new, again.repeated], [0, 10])
  const { mentions } = await house.as('suzhou.duty', monitoring)['monitoring.list_mentions']({ search: '收了两遍' })
  assert.deepEqual(
    mentions.map(({ heat }) => heat),
    [11],
  )
  const detail = await house.as('suzhou.duty', monitoring)['monitoring.get_mention']({ id: mentions[0]?.id ?? 0 })
  assert.equal(detail.repeats.length, 10)
  const heated = await facts('monitoring.mentions_heated')
  assert.deepEqual(
    heated.slice(told).map(({ payload }) => payload),
    [{ mentionIds: [mentions[0]?.id], before: [1] }],
  )
  assert.equal((await take({ id: 'r30', platform: 'weibo', text: `${said}`, published_at: '2026-01-01' })).new, 1)
  assert.deepEqual(await take({ id: 's1', text: '苏州衡川医院真差' }, { id: 's2', text: '苏州衡川医院真差' }), {
    ...nothing,
    new: 2,
  })
  const far = { text: said, author: '丙', published_at: new Date(Date.now() - 90 * 86_400_000).toISOString() }
  assert.equal((await take({ id: 'old', platform: 'weibo', ...far })).new, 1)
})

test('the same post by another way is neither a second post nor heat', async () => {
  const post = {
    platform: 'news',
    author: '晚报',
    text: '厦门衡川医院湖里院区昨日开诊,市民可预约挂号',
    url: 'https://news.example/x/9',
  }
  assert.equal((await take({ id: 'way1', ...post })).new, 1)
  assert.deepEqual(await take({ id: 'way2', ...post }), { ...nothing, repeated: 1 })
  const [count] = await house.admin<{ count: number }>(`select count(*)::int as count from monitoring.post where url = $1`, [
    post.url,
  ])
  assert.equal(count?.count, 1)
})

test('what does not concern the group is kept unseen, so that it is not judged again', async () => {
  const item = { id: 'i1', platform: 'weibo', text: '今天的晚霞真好看,适合散步' }
  assert.deepEqual(await take(item), { ...nothing, irrelevant: 1 })
  assert.deepEqual(await take(item), { ...nothing, repeated: 1 })
  assert.equal((await house.as('hq.publicity', monitoring)['monitoring.count_mentions']({ search: '晚霞' })).count, 0)
})

test('complaints that want an answer become a fact in the same transaction; history does not', async () => {
  const severe = (id: string) => ({
    id,
    platform: 'heimao',
    text: `南昌衡川医院红谷滩院区误诊差点出了人命,要求赔偿并书面答复,编号${id}`,
  })
  const before = (await facts('monitoring.mentions_stored')).length
  await take(severe('a1'), severe('a2'), { id: 'a3', text: '南昌衡川医院的护士很温柔,谢谢大家' })
  const added = (await facts('monitoring.mentions_stored')).slice(before)
  assert.equal(added.length, 1)
  assert.equal(added[0]?.payload.mentionIds.length, 2)
  await takeIn(house.db, [severe('a4')], { sourceId: null, demo: true, alert: 'none' })
  assert.equal((await facts('monitoring.mentions_stored')).length, before + 1)
  assert.equal((await latest())?.demo, true)
})

test('whatever is thrown at it, intake never throws and never loses the good item beside it', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom('杭州衡川医院', '<b>衡川', '\ud800', '\u0000', 'a'.repeat(5000)),
  )
  const odd = fc.oneof(
    text,
    fc.jsonValue(),
    fc.integer(),
    fc.constant(undefined),
    fc.double(),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  )
  const fields = ['id', 'platform', 'kind', 'author', 'published_at', 'title', 'text', 'url', 'engagement'] as const
  const item = fc.oneof(
    fc.record(Object.fromEntries(fields.map((name) => [name, odd])), { requiredKeys: [] }),
    fc.jsonValue(),
    odd,
  )
  let good = 0
  await fc.assert(
    fc.asyncProperty(fc.array(item, { maxLength: 12 }), fc.nat(12), async (items, place) => {
      const id = `good${good++}`
      const among = items.toSpliced(place, 0, { id, platform: 'weibo', text: `杭州衡川医院好的那一条,编号${id}` })
      const taken = await take(...among)
      assert.equal(taken.new + taken.repeated + taken.updated + taken.irrelevant + taken.refused.length, among.length)
      const [kept] = await house.admin(`select from monitoring.mention where excerpt like $1`, [`%编号${id}`])
      assert.ok(kept)
    }),
    { numRuns: 60 },
  )
})

const lines = Array.from({ length: 2000 }, (_, at) => ({
  id: `k${at % 1900}`,
  platform: 'weibo',
  author: `路人${at % 700}`,
  published_at: 1_767_225_600 + at * 60,
  text:
    at % 5 === 0 ? `南京衡川医院的老话题,第${at % 40}回了,还是没有人管` : `南京衡川医院仙林院区收费处乱收费,单号${at},要求退费`,
}))

/** Runs `anlan intake` on this house's database; killed hard as soon as `killAt` posts are stored. */
function runIntake(file: string, adminUrl: string, killAt?: number): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [join(projectRoot, 'src/main.ts'), 'intake', file], {
    env: {
      ...process.env,
      DATABASE_URL: adminUrl,
      ANLAN_SECRET: house.secret,
      ANLAN_TEST_CLUSTER: undefined,
      ANLAN_TEST_SECRET: undefined,
      ANLAN_LOG: 'error',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  const ended = new Promise<{ code: number | null; said: string }>((done) => child.on('exit', (code) => done({ code, said })))
  const watch = async (): Promise<void> => {
    while (child.exitCode === null && child.signalCode === null) {
      const [row] = await house.admin<{ count: number }>('select count(*)::int as count from monitoring.post')
      if ((row?.count ?? 0) >= (killAt ?? Number.POSITIVE_INFINITY)) child.kill('SIGKILL')
      await sleep(5)
    }
  }
  return Promise.all([ended, watch()]).then(([result]) => result)
}

const state = async () => {
  const of = `platform = 'weibo' and published_at < '2026-01-05' and text like '南京衡川医院%'`
  const posts =
    await house.admin(`select author, text, published_at, (select o.text from monitoring.post o where o.id = p.repeat_of) as first,
    (select o.published_at from monitoring.post o where o.id = p.repeat_of) as first_at from monitoring.post p where p.${of.replaceAll(' and ', ' and p.')} order by published_at`)
  const mentions = await house.admin(
    `select excerpt, published_at, heat from monitoring.mention where published_at < '2026-01-05' and excerpt like '南京衡川医院%' order by published_at`,
  )
  const volume = await house.admin(
    `select at, sum(negative + neutral + positive) as n from monitoring.volume_hour where at < '2026-01-05' group by 1 having sum(negative + neutral + positive) > 0 order by 1`,
  )
  return { posts, mentions, volume }
}
const wipe = () =>
  house.admin(
    'truncate monitoring.post, monitoring.mention, monitoring.mention_rule, monitoring.correction, monitoring.volume_hour, monitoring.volume_day, monitoring.wording cascade',
  )

test('an intake killed at any moment and said again ends as if it had run once, and two at once store once', async () => {
  const file = join(folder, 'items.jsonl')
  await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  await wipe()
  const whole = await runIntake(file, house.adminUrl)
  assert.equal(whole.code, 0, whole.said)
  const clean = await state()
  assert.equal(clean.posts.length, 2000)

  await wipe()
  for (const killAt of [1, 1200]) assert.equal((await runIntake(file, house.adminUrl, killAt)).code, null)
  assert.equal((await runIntake(file, house.adminUrl)).code, 0)
  assert.deepEqual(await state(), clean)

  await wipe()
  const both = await Promise.all([runIntake(file, house.adminUrl), runIntake(file, house.adminUrl)])
  for (const { code, said } of both) assert.equal(code, 0, said)
  assert.deepEqual(await state(), clean)
})
