import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { openHouse, type Refused } from '../../test/harness.ts'
import type { JobContext } from '../base/job.ts'
import { openLog } from '../base/log.ts'
import { monitoring } from './contract.ts'
import { claimDue } from './fetch.ts'
import { saveDemoSource } from './index.ts'
import { fetchDue } from './jobs.ts'

const house = await openHouse()
const given: JobContext = { db: house.db, log: openLog('silent'), signal: new AbortController().signal }
const boss = house.as('hq.publicity', monitoring)
const refused = (code: string) => (error: Refused) => error.code === code

type Answer = (request: IncomingMessage, response: ServerResponse) => void
const pages = new Map<string, Answer>()
const asked: { path: string; etag: string | undefined }[] = []
const site = createServer((request, response) => {
  asked.push({ path: request.url ?? '', etag: request.headers['if-none-match'] })
  pages.get(request.url ?? '')?.(request, response)
})
await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
process.env.ANLAN_FETCH_PRIVATE = origin.slice('http://'.length)
after(() => {
  site.close()
  site.closeAllConnections()
})

const unitId = async (code: string) =>
  (await house.admin<{ id: number }>('select id from access.unit where code = $1', [code]))[0]?.id ?? 0
const send =
  (body: string | Buffer, type = 'application/rss+xml', headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': type, ...headers }).end(body)
const rss = (items: string, encoding = 'UTF-8') =>
  `<?xml version="1.0" encoding="${encoding}"?><rss version="2.0"><channel><title>t</title><link>http://a.example/</link>${items}</channel></rss>`
const entry = (guid: string, text: string, date = 'Mon, 01 Jun 2026 09:00:00 +0800') =>
  `<item><guid>${guid}</guid><title>${text.slice(0, 12)}</title><description>${text}</description><pubDate>${date}</pubDate></item>`
async function add(path: string, more: object = {}) {
  const { id } = await boss['monitoring.save_source']({
    name: path,
    kind: 'feed',
    url: origin + path,
    unitId: await unitId('hq'),
    ...more,
  })
  return id
}
const sourceOf = async (id: number) => {
  const found = (await boss['monitoring.list_sources']({})).find((source) => source.id === id)
  assert.ok(found)
  return found
}
const dueAgain = (id: number) =>
  house.admin('update monitoring.source set next_fetch_at = now(), leased_until = null where id = $1', [id])
const found = async (search: string) => (await boss['monitoring.list_mentions']({ search })).mentions

test('a feed is fetched when due, asked with its validators, and not asked again until it is due', async () => {
  const body = rss(entry('1', '宁波衡川医院东钱湖院区的新食堂很贵') + entry('2', '宁波衡川医院东钱湖院区护士很温柔,谢谢你们'))
  pages.set('/a.xml', ({ headers }, response) => {
    if (headers['if-none-match'] === '"v1"') response.writeHead(304, { etag: '"v1"' }).end()
    else response.writeHead(200, { 'content-type': 'application/rss+xml', etag: '"v1"' }).end(body)
  })
  const id = await add('/a.xml', { platform: 'news' })
  assert.equal((await sourceOf(id)).state, 'waiting')
  assert.equal(await fetchDue(given), 1)
  const source = await sourceOf(id)
  assert.deepEqual(
    [source.state, source.taken, source.problem],
    ['healthy', { new: 2, repeated: 0, updated: 0, irrelevant: 0, refused: 0 }, null],
  )
  const [mention] = await found('新食堂')
  assert.deepEqual([mention?.platform, mention?.unit.code, mention?.publishedAt], ['news', 'ningbo', '2026-06-01T01:00:00.000Z'])
  assert.equal((await boss['monitoring.get_mention']({ id: mention?.id ?? 0 })).source, '/a.xml')
  assert.equal(await fetchDue(given), 0)
  await dueAgain(id)
  asked.length = 0
  assert.equal(await fetchDue(given), 1)
  assert.deepEqual(asked, [{ path: '/a.xml', etag: '"v1"' }])
  assert.deepEqual((await sourceOf(id)).taken, { new: 2, repeated: 0, updated: 0, irrelevant: 0, refused: 0 })
})

test('feeds in GBK called gb2312, in UTF-16, cut short, without ids or dates, with scripts: all are read', async () => {
  const gbk = Buffer.concat([
    Buffer.from(
      '<?xml version="1.0" encoding="gb2312"?><rss version="2.0"><channel><title>t</title><item><guid>g</guid><title></title><description>',
    ),
    // 苏州衡川医院停车难 in GBK
    Buffer.from('cbd5d6ddbae2b4a8d2bdd4bacda3b3b5c4d1a3acc5c5b6d3c8fdd0a1cab1', 'hex'),
    Buffer.from('</description></item></channel></rss>'),
  ])
  pages.set('/gbk.xml', send(gbk, 'text/xml; charset=gb2312'))
  const utf16 = Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    Buffer.from(rss(entry('u', '南京衡川医院仙林院区空调坏了三天'), 'UTF-16'), 'utf16le'),
  ])
  pages.set('/utf16.xml', send(utf16, 'text/xml'))
  pages.set('/cut.xml', send(rss(entry('c', '合肥衡川医院滨湖院区电梯坏了没人修')).slice(0, -40)))
  pages.set(
    '/bare.xml',
    send(
      rss(
        '<item><description>济南衡川医院泉城院区&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;挂号难&lt;/b&gt;</description></item>',
      ),
    ),
  )
  const ids = []
  for (const path of ['/gbk.xml', '/utf16.xml', '/cut.xml', '/bare.xml']) ids.push(await add(path))
  assert.equal(await fetchDue(given), 4)
  for (const [search, code] of [
    ['停车难', 'suzhou'],
    ['空调坏了', 'nanjing'],
    ['电梯坏了', 'hefei'],
    ['挂号难', 'jinan'],
  ] as const)
    assert.deepEqual(
      (await found(search)).map(({ unit }) => unit.code),
      [code],
      search,
    )
  assert.doesNotMatch((await found('挂号难'))[0]?.excerpt ?? '', /script|alert/)
  for (const id of ids) await dueAgain(id)
  await house.admin('update monitoring.source set content_hash = null')
  await fetchDue(given)
  for (const id of ids) assert.equal((await sourceOf(id)).taken.new, 1)
})

test('hosts that are busy enough and sources that failed leave room for the others', async () => {
  const make = async (url: string, failures: number) =>
    (
      await house.admin<{ id: number }>(
        `insert into monitoring.source (name, kind, url, platform, branch_id, region_id, interval_seconds, next_fetch_at, failures)
         select $1, 'feed', $1, 'news', id, id, 600, now(), $2 from access.unit where kind = 'headquarters' returning id`,
        [url, failures],
      )
    )[0]?.id ?? 0
  const ids = [
    await make('http://Slow.example/1', 0),
    await make('http://slow.example/2', 0),
    await make('http://slow.example/3', 0),
    await make('http://dead.example/', 3),
    await make('http://well.example/', 0),
  ]
  const claim = async (shut: object) => {
    await house.admin('update monitoring.source set leased_until = null')
    const claimed = await claimDue(house.db, 100, { hosts: [], failing: false, ofOneHost: 2, ...shut })
    return claimed.map(({ id }) => ids.indexOf(id)).filter((nr) => nr >= 0)
  }
  assert.equal((await claim({})).filter((nr) => nr < 3).length, 2, 'two of one host at once')
  assert.deepEqual((await claim({ hosts: ['slow.example'], failing: true })).sort(), [4])
  assert.deepEqual((await claim({ hosts: ['slow.example'] })).sort(), [3, 4])
  await house.admin('delete from monitoring.source where id = any ($1)', [ids])
  await house.admin('update monitoring.source set leased_until = null')
})

test('what goes wrong is said with the source, tried later and later, and forgotten when it works again', async () => {
  pages.set('/down.xml', (_, response) => void response.writeHead(503).end())
  const id = await add('/down.xml', { intervalSeconds: 60 })
  const wait = async () => {
    await dueAgain(id)
    await fetchDue(given)
    const { nextFetchAt, lastFetchedAt } = await sourceOf(id)
    return (Date.parse(nextFetchAt ?? '') - Date.parse(lastFetchedAt ?? '')) / 1000
  }
  const waits: number[] = []
  for (let turn = 0; turn < 4; turn++) waits.push(await wait())
  const failing = await sourceOf(id)
  assert.deepEqual([failing.state, failing.failures, failing.problem?.code], ['failing', 4, 'fetch_bad_status'])
  assert.match(failing.problem?.zh ?? '', /503/)
  for (const [turn, seconds] of waits.entries())
    assert.ok(seconds > 60 * 2 ** turn * 0.74 && seconds < 60 * 2 ** turn * 1.26, `${turn}: ${seconds}`)
  await house.admin('update monitoring.source set failures = 40 where id = $1', [id])
  assert.ok((await wait()) < 3600 * 1.26)
  pages.set('/down.xml', send(rss(entry('d', '厦门衡川医院集美院区排队太久'))))
  await dueAgain(id)
  await fetchDue(given)
  const well = await sourceOf(id)
  assert.deepEqual([well.state, well.failures, well.problem], ['healthy', 0, null])
  pages.set('/page.xml', send('<!doctype html><html><body>hello</body></html>', 'text/html'))
  const page = await add('/page.xml')
  await fetchDue(given)
  assert.equal((await sourceOf(page)).problem?.code, 'web_page')
})

test('private addresses are refused at once, and when a page sends on to one', async () => {
  for (const url of ['http://127.0.0.1:1/a.xml', 'http://169.254.169.254/latest', 'file:///etc/passwd', 'not a url', null])
    await assert.rejects(
      boss['monitoring.save_source']({ name: 'x', kind: 'feed', url, unitId: await unitId('hq') }),
      (error: Refused) => error.code === 'invalid_input' && error.body.fields?.[0]?.path === 'url',
    )
  pages.set('/away.xml', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/secret' }).end())
  const id = await add('/away.xml')
  await fetchDue(given)
  assert.equal((await sourceOf(id)).problem?.code, 'fetch_private_address')
})

test('the demo may fetch its own loopback and marks what it brings', async () => {
  delete process.env.ANLAN_FETCH_PRIVATE
  const item = `<item><guid>demo1</guid><title></title><description>天津衡川医院海河院区收费窗口太少</description>
    <category>heimao</category><category>complaint</category></item>`
  pages.set('/demo.xml', send(rss(item)))
  const { id } = await house.db.work((tx) =>
    saveDemoSource(tx, { name: '演示信息源', url: `${origin}/demo.xml`, intervalSeconds: 10 }),
  )
  await fetchDue(given)
  process.env.ANLAN_FETCH_PRIVATE = origin.slice('http://'.length)
  const [mention] = await found('收费窗口太少')
  assert.deepEqual([mention?.demo, mention?.platform, mention?.kind], [true, 'heimao', 'complaint'])
  const again = await house.db.work((tx) =>
    saveDemoSource(tx, { name: '演示信息源', url: `${origin}/demo2.xml`, intervalSeconds: 10 }),
  )
  assert.equal(again.id, id)
  await house.admin('update monitoring.source set enabled = false where id = $1', [id])
})

test('at an address that a person wrote the demo’s source is like any other', async () => {
  const made = { name: '演示信息源', url: `${origin}/demo3.xml`, intervalSeconds: 10 }
  const { id } = await house.db.work((tx) => saveDemoSource(tx, made))
  const of = { id, name: '改了名', kind: 'feed' as const, platform: 'web', unitId: await unitId('hq'), enabled: false }
  delete process.env.ANLAN_FETCH_PRIVATE
  await boss['monitoring.save_source']({ ...of, url: made.url })
  assert.equal((await sourceOf(id)).demo, true, 'a name is no address')
  await assert.rejects(boss['monitoring.save_source']({ ...of, url: `${origin}/else.xml` }), refused('invalid_input'))
  process.env.ANLAN_FETCH_PRIVATE = origin.slice('http://'.length)
  await boss['monitoring.save_source']({ ...of, url: `${origin}/else.xml` })
  assert.equal((await sourceOf(id)).demo, false)
  const anew = await house.db.work((tx) => saveDemoSource(tx, made))
  assert.notEqual(anew.id, id)
  await house.admin('update monitoring.source set enabled = false where id = $1', [anew.id])
})

test('the demo’s source reaches its own port and no other, whoever sends it on', async () => {
  delete process.env.ANLAN_FETCH_PRIVATE
  pages.set('/demo4.xml', (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/secret' }).end())
  const { id } = await house.db.work((tx) =>
    saveDemoSource(tx, { name: '演示信息源', url: `${origin}/demo4.xml`, intervalSeconds: 10 }),
  )
  await fetchDue(given)
  process.env.ANLAN_FETCH_PRIVATE = origin.slice('http://'.length)
  assert.equal((await sourceOf(id)).problem?.code, 'fetch_private_address')
  await house.admin('update monitoring.source set enabled = false where id = $1', [id])
})

test('two people who change one source do not overwrite each other unseen, and fetching is no change', async () => {
  pages.set('/two.xml', send(rss(entry('two', '南京衡川医院的自助机坏了三台'))))
  const id = await add('/two.xml')
  const { updatedAt: seen } = await sourceOf(id)
  await dueAgain(id)
  assert.equal(await fetchDue(given), 1)
  const change = { id, kind: 'feed' as const, url: `${origin}/two.xml`, unitId: await unitId('hq') }
  await boss['monitoring.save_source']({ ...change, name: '第一位', seen })
  await assert.rejects(boss['monitoring.save_source']({ ...change, name: '第二位', seen }), refused('conflict'))
  assert.equal((await sourceOf(id)).name, '第一位')
  await boss['monitoring.save_source']({ ...change, name: '第二位', seen: (await sourceOf(id)).updatedAt })
  await boss['monitoring.delete_source']({ id })
})

test('a fetch that was killed is done again once its lease has run out', async () => {
  pages.set('/lease.xml', send(rss(entry('l', '太原衡川医院晋阳院区停车费太高'))))
  const id = await add('/lease.xml')
  await house.admin(`update monitoring.source set leased_until = now() + interval '60 seconds' where id = $1`, [id])
  assert.equal(await fetchDue(given), 0)
  await house.admin(`update monitoring.source set leased_until = now() - interval '1 second' where id = $1`, [id])
  assert.equal(await fetchDue(given), 1)
  assert.equal((await found('停车费太高')).length, 1)
})

test('a source reaches its own unit and those below, and is seen and changed where its unit is', async () => {
  await house.admin(`insert into access.grant (person_id, role_id, unit_id) select p.id, r.id, p.branch_id from access.person p, access.role r
    where p.login in ('hangzhou.reader', 'ningbo.reader') and r.code = 'system_administrator'`)
  const [own, other] = [house.as('hangzhou.reader', monitoring), house.as('ningbo.reader', monitoring)]
  const input = { name: '院报', kind: 'feed' as const, url: `${origin}/branch.xml`, unitId: await unitId('hangzhou') }
  await assert.rejects(other['monitoring.save_source'](input), refused('outside_units'))
  pages.set(
    '/branch.xml',
    send(rss(entry('x1', '杭州衡川医院和宁波衡川医院都在扩建门诊楼') + entry('x2', '宁波衡川医院扩建住院楼'))),
  )
  const { id, webhookSecret } = await own['monitoring.save_source'](input)
  assert.equal(webhookSecret, null)
  await fetchDue(given)
  assert.deepEqual(
    (await found('扩建')).map(({ unit }) => unit.code),
    ['hangzhou'],
  )
  assert.ok(!(await other['monitoring.list_sources']({})).some((source) => source.id === id))
  for (const ask of [() => other['monitoring.delete_source']({ id }), () => other['monitoring.fetch_source']({ id })])
    await assert.rejects(ask(), refused('not_found'))
  await assert.rejects(own['monitoring.save_source']({ ...input, id, unitId: await unitId('ningbo') }), refused('outside_units'))
  await assert.rejects(
    boss['monitoring.save_source']({ ...input, id, unitId: await unitId('ningbo') }),
    refused('source_unit_fixed'),
  )
  await own['monitoring.save_source']({ ...input, id, enabled: false })
  assert.equal((await sourceOf(id)).state, 'paused')
  await assert.rejects(own['monitoring.fetch_source']({ id }), refused('source_not_fetched'))
  await own['monitoring.delete_source']({ id })
  assert.equal((await found('扩建')).length, 1)
})
