import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { projectRoot } from '../base/config.ts'
import type { JobContext } from '../base/job.ts'
import { openLog } from '../base/log.ts'
import { monitoring } from './contract.ts'
import { fetchDue } from './jobs.ts'

// What users report of feed servers, byte for byte (test/reports/README.md), from the socket to what people find.

interface Case {
  readonly id: string
  readonly file: string | null
  readonly word: string
  readonly fetches?: number
  readonly expect: string
}
const folder = join(projectRoot, 'test/reports')
const cases = readFileSync(join(folder, 'expectations.jsonl'), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case)
  .filter(({ id }) => id.startsWith('h-'))

const house = await openHouse()
const boss = house.as('hq.publicity', monitoring)
const given: JobContext = { db: house.db, log: openLog('silent'), signal: new AbortController().signal }

const pages = new Map<string, Buffer | ((request: string) => Buffer)>()
const requests: string[] = []
const site = createServer((socket: Socket) => {
  socket.on('error', () => undefined)
  let request = ''
  socket.on('data', (part) => {
    request += part.toString('latin1')
    if (!request.includes('\r\n\r\n')) return
    requests.push(request)
    const page = pages.get(/^GET (\S+)/.exec(request)?.[1] ?? '')
    socket.end(typeof page === 'function' ? page(request) : (page ?? 'HTTP/1.1 404 Not found\r\ncontent-length: 0\r\n\r\n'))
  })
}).listen(0, '127.0.0.1')
await once(site, 'listening')
const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
process.env.ANLAN_FETCH_PRIVATE = origin.slice('http://'.length)
after(() => void site.close())

const unit = (await house.admin<{ id: number }>("select id from access.unit where code = 'hq'"))[0]?.id ?? 0
const add = async (path: string) =>
  (await boss['monitoring.save_source']({ name: path, kind: 'feed', url: origin + path, unitId: unit, platform: 'news' })).id
const fetchNow = async (id: number) => {
  await house.admin('update monitoring.source set next_fetch_at = now(), leased_until = null where id = $1', [id])
  await fetchDue(given)
}
const sourceOf = async (id: number) => {
  const found = (await boss['monitoring.list_sources']({})).find((source) => source.id === id)
  assert.ok(found)
  return found
}
const found = async (search: string) => (await boss['monitoring.list_mentions']({ search })).mentions
const answer = (body: string, ...heads: string[]) =>
  Buffer.from(['HTTP/1.1 200 OK', 'content-type: application/rss+xml', ...heads, '', body].join('\r\n'))
const feed = (items: string) =>
  `<rss version="2.0"><channel><title>t</title><link>http://a.example/</link>${items}</channel></rss>`
const entry = (guid: string, word: string, link: string) =>
  `<item><guid isPermaLink="false">${guid}</guid><link>${link}</link><title>杭州衡川医院夜间门诊${word}</title>` +
  `<description>杭州衡川医院的夜间门诊人太多，等了很久没人管，记号${word}</description></item>`

/** Puts a case's answers on the pages that it names; the address of the feed is always /f. */
function put(file: string): void {
  pages.clear()
  const whole = readFileSync(join(folder, file)).toString('latin1')
  if (!file.endsWith('.http')) {
    // Its titles are numbers: each becomes a word that can be found.
    const told = readFileSync(join(folder, file), 'utf8').replace(/<title>(\d+)</g, '<title>杭州衡川医院的电梯又坏了asc$1<')
    return void pages.set('/f', answer(told))
  }
  for (const part of whole.split(/(?=^### GET )/m)) {
    const [, path = '', which = ''] = /^### GET (\S+?),? (\w+) answer\r?\n/.exec(part) ?? []
    if (which === 'first') pages.set(path, Buffer.from(part.slice(part.indexOf('\n') + 1), 'latin1'))
  }
}

/** What the same server answers later, or to who brings its cookie along: the files hold first answers only. */
const later: Readonly<Record<string, () => void>> = {
  'h-etag-not-ascii': () => pages.set('/f', answer(feed(entry('etag2', 'etag2', 'https://www.example.cn/a/etag2')))),
  'h-etag-unquoted': () => pages.set('/f', Buffer.from('HTTP/1.1 304 Not Modified\r\n\r\n')),
  'h-same-guid-later': () =>
    pages.set('/f', answer(feed(entry('https://blog2.example.cn/', 'sgl2', 'https://www.example.cn/a/sgl2')))),
  'h-updated': () => pages.set('/f', answer(feed(entry('upd', 'upd2', 'https://www.example.cn/upd')))),
}
const cookied: Readonly<Record<string, string>> = { 'h-cookie-redirect': 'cookie1', 'h-cookie-check-page': 'cookie2' }

describe('what users report of feed servers, through to what people find', () => {
  for (const { id, file, fetches = 1, expect } of cases)
    test(`${id}: ${expect}`, async () => {
      if (file) put(file)
      else pages.set('/f', answer(feed(entry(id, `longart。${'等了很久。'.repeat(21_600)}`, 'https://www.example.cn/a/longart'))))
      const word = cookied[id]
      const first = pages.get('/f') as Buffer
      if (word) {
        const whole = answer(feed(entry(word, word, `https://www.example.cn/a/${word}`)))
        pages.set('/f', (request) => (/^cookie: /im.test(request) ? whole : first))
      }
      const source = await add('/f')
      await fetchNow(source)
      if (fetches > 1) {
        requests.length = 0
        later[id]?.()
        await fetchNow(source)
        assert.equal(requests.length, 1, 'the second fetch reaches the server')
      }
      const { problem, failures, url } = await sourceOf(source)
      if (id === 'h-autodiscovery') assert.match(`${problem?.zh} ${problem?.en}`, /\/feed\.xml.*\/feed\.xml/)
      else {
        assert.equal(failures, 0, JSON.stringify(problem))
        const [words = '', fact] = expect.replace('each found once: ', '').split('; ')
        for (const one of words.split(' ')) {
          const mentions = await found(one)
          assert.equal(mentions.length, 1, one)
          if (fact?.startsWith('http')) assert.equal(mentions[0]?.url, fact)
          else if (fact) assert.equal(mentions[0]?.publishedAt, fact)
        }
      }
      if (id === 'h-308') assert.equal(url, `${origin}/f2`)
      await boss['monitoring.delete_source']({ id: source })
    })
})

describe('further servers of the same kinds', () => {
  const go = (status: number, to: string) =>
    Buffer.from(`HTTP/1.1 ${status} Moved\r\nlocation: ${to}\r\ncontent-length: 0\r\n\r\n`)
  const said = (word: string) => answer(feed(entry(word, word, `https://www.example.cn/a/${word}`)))

  test('an address is kept when everybody on the way said that it holds for good and a feed was read there', async () => {
    pages.clear()
    pages.set('/g1', go(301, '/g2'))
    pages.set('/g2', go(308, '/g3'))
    pages.set('/g3', said('mvone'))
    pages.set('/t1', go(302, '/t2'))
    pages.set('/t2', said('mvtwo'))
    pages.set('/p1', go(301, '/p2'))
    pages.set('/p2', answer('<!doctype html><html><head><title>动态</title></head><body>动态</body></html>'))
    const urls: [string, string][] = []
    for (const path of ['/g1', '/t1', '/p1']) {
      const id = await add(path)
      await fetchNow(id)
      urls.push([path, (await sourceOf(id)).url?.slice(origin.length) ?? ''])
    }
    const moved = await boss['monitoring.list_sources']({})
    assert.deepEqual(
      moved.filter(({ problem }) => problem?.code === 'feed_moved').map(({ problem, name }) => [name, problem?.at]),
      [['/g1', `${origin}/g1`]],
    )
    const { problems } = await boss['monitoring.list_problems']({ sourceId: moved.find(({ name }) => name === '/g1')?.id ?? 0 })
    assert.ok(problems.some(({ code, detail }) => code === 'feed_moved' && detail === `${origin}/g3`))
    assert.deepEqual(urls, [
      ['/g1', '/g3'],
      ['/t1', '/t1'],
      ['/p1', '/p1'],
    ])
  })

  test('an address that moved for good is kept although the feed says what it said before', async () => {
    pages.clear()
    pages.set('/same', said('mvsame'))
    const id = await add('/same')
    await fetchNow(id)
    pages.set('/same2', said('mvsame'))
    pages.set('/same', go(301, '/same2'))
    await fetchNow(id)
    const { url, problem } = await sourceOf(id)
    assert.deepEqual([url, problem?.code], [`${origin}/same2`, 'feed_moved'])
  })

  test('the address that a page for people announces comes with the problem, and is used like any other', async () => {
    put('h-autodiscovery.http')
    const id = await add('/f')
    await fetchNow(id)
    const { name, kind, platform, unit: at, intervalSeconds, problem } = await sourceOf(id)
    assert.deepEqual([problem?.code, problem?.at], ['feed_elsewhere', `${origin}/feed.xml`])
    await boss['monitoring.save_source']({ ...{ id, name, kind, platform, intervalSeconds }, url: problem?.at, unitId: at.id })
    await fetchNow(id)
    assert.equal((await sourceOf(id)).problem?.code, undefined)
    assert.equal((await found('autodis')).length, 1)
  })

  test('every guess about a feed stands among the problems of its source', async () => {
    pages.set(
      '/odd',
      answer(feed(entry('o1', 'oddone', 'https://www.example.cn/a/o1').replace('</item>', '<pubDate>0</pubDate></item>'))),
    )
    const id = await add('/odd')
    await fetchNow(id)
    const { counts } = await boss['monitoring.list_problems']({ sourceId: id })
    assert.deepEqual(
      counts.map(({ code }) => code),
      ['date_unknown'],
    )
  })

  test('one number, later with other words: by title or address the same post, else another', async () => {
    const later = async (path: string, first: string, second: string, words: readonly [string, number][]) => {
      pages.set(path, answer(feed(first)))
      const id = await add(path)
      await fetchNow(id)
      pages.set(path, answer(feed(second)))
      await fetchNow(id)
      for (const [word, count] of words) assert.equal((await found(word)).length, count, word)
    }
    const retold = entry('w', 'wone', 'https://www.example.cn/w').replace('记号wone', '记号wtwo')
    await later('/w1', entry('w', 'wone', 'http://www.example.cn/w'), retold, [
      ['记号wone', 0],
      ['记号wtwo', 1],
    ])
    await later('/w2', entry('v', 'vone', 'https://www.example.cn/v?id=1'), entry('v', 'vtwo', 'https://www.example.cn/v?id=2'), [
      ['记号vone', 1],
      ['记号vtwo', 1],
    ])
  })

  test('a picture, a script or blanks instead of the text: the description is found', async () => {
    const bodies = [
      '<img src="x.jpg">',
      '<script>a()</script>',
      '<p>&nbsp;&#8203;</p>',
      '<figure><img src="data:image/png;base64,AAAA"></figure>',
    ]
    const items = bodies.map(
      (body, n) =>
        `<item><guid>pic${n}</guid><title> </title><dc:title>今日要闻</dc:title><description>杭州衡川医院手术室起火，记号pic${n}x</description><content:encoded><![CDATA[${body}]]></content:encoded></item>`,
    )
    pages.set('/pic', answer(feed(items.join(''))))
    await fetchNow(await add('/pic'))
    for (const n of bodies.keys()) assert.equal((await found(`记号pic${n}x`))[0]?.title, '今日要闻')
  })
})
