import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseDate, parseFeed, saysUnknown } from './index.ts'

const folder = join(import.meta.dirname, '../../../test/reports')

interface Case {
  readonly id: string
  readonly file: string | null
  readonly word: string
  readonly expect: unknown
}

const cases = readFileSync(join(folder, 'expectations.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Case)

const read = (file: string) => {
  const { title, entries, problems } = parseFeed(readFileSync(join(folder, file)))
  return {
    title,
    entries: entries.map(({ id, title: name, url, author, publishedAt, html }) => ({
      ...{ id, title: name, url, author, published_at: publishedAt, html },
    })),
    problems,
  }
}

/** A string between slashes is a regular expression; of objects the named fields count. */
function agrees(got: unknown, wanted: unknown, at: string): void {
  if (typeof wanted === 'string' && /^\/[\s\S]+\/$/.test(wanted))
    assert.match(String(got), new RegExp(wanted.slice(1, -1), 'u'), at)
  else if (Array.isArray(wanted)) for (const [i, one] of wanted.entries()) agrees((got as unknown[])[i], one, `${at}[${i}]`)
  else if (typeof wanted === 'object' && wanted !== null) {
    for (const [key, value] of Object.entries(wanted)) agrees((got as Record<string, unknown>)[key], value, `${at}.${key}`)
  } else assert.equal(got, wanted, at)
}

/** Decided otherwise: docs/decisions/0008-feed-choices.md. */
const decided: Readonly<Record<string, unknown>> = {
  'f-title-atom-text': { entries: [{ title: '网页的 <meta> 与 <b>粗体</b> 写法' }, { title: '默认类型：粗体 写法' }] },
}

describe('what users report of feeds', () => {
  for (const { id, file, expect: usual } of cases.filter(({ word }) => word === 'feed')) {
    test(id, () => {
      const feed = read(file ?? '')
      const expect = decided[id] ?? usual
      if (typeof expect !== 'string') return agrees(feed, expect, id)
      const ids = feed.entries.map((entry) => entry.id)
      if (/two different ids/.test(expect)) assert.equal(new Set(ids).size, 2)
      else assert.ok(ids.includes('k1005') && feed.problems.some(({ code }) => code === 'too_many_entries'))
    })
  }

  const dates = cases.find(({ id }) => id === 'i-dates')?.expect as Record<string, string>
  for (const [written, wanted] of Object.entries(dates)) {
    test(`the date ${written}`, () => {
      const value = JSON.parse(written) as string | number
      const found = parseDate(value, { now: '2026-11-25T00:00:00Z' })
      if (wanted === 'now') assert.ok(found === null && saysUnknown(String(value)))
      else if (wanted === 'nov20') assert.equal(found?.at, '2026-11-19T16:00:00.000Z')
      else assert.equal(found?.at, wanted === 'yesterday' ? '2026-11-24T01:12:00.000Z' : wanted)
    })
  }
})

const rss = (channel: string) => parseFeed(`<rss version="2.0"><channel><title>院报</title>${channel}</channel></rss>`)
const codes = (feed: { problems: readonly { code: string }[] }) => feed.problems.map(({ code }) => code)

describe('further cases of the same kinds', () => {
  test('an emoji in references of any kind, in text, CDATA and escaped twice; half of one is nothing', () => {
    const written = [
      '&#55357;&#56911;',
      '&#xD83D;&#xDE4F;',
      '&#xd83d;&#56911;',
      '&amp;#55357;&amp;#56911;',
      '<![CDATA[&#55357;&#56911;]]>',
    ]
    for (const emoji of written) {
      const [entry] = rss(`<item><title>谢谢${emoji}</title><description>好${emoji}了</description></item>`).entries
      assert.deepEqual([entry?.title, entry?.text], ['谢谢🙏', '好🙏了'], emoji)
    }
    assert.equal(rss('<item><title>谢谢&#55357;好</title></item>').entries[0]?.title, '谢谢好')
  })

  test('the first construct that has text', () => {
    for (const blank of [
      '<p></p>',
      '<div>&nbsp;</div>',
      '<![CDATA[<p><br/></p>]]>',
      ' ',
      '&lt;p&gt;&lt;/p&gt;',
      '&lt;img src="http://a.example/1.jpg"&gt;',
      '\u3164',
      '…',
    ]) {
      const [entry] = rss(`<item><content:encoded>${blank}</content:encoded><description>夜间门诊</description></item>`).entries
      assert.equal(entry?.text, '夜间门诊', blank)
    }
    const [picture] = rss(
      '<item><content:encoded>&lt;img src="http://a.example/1.jpg"&gt;</content:encoded><description>&amp;#8203;</description></item>',
    ).entries
    assert.match(picture?.html ?? '', /img/)
    const json = parseFeed(
      '{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","content_html":"<p></p>","content_text":"夜间门诊"}]}',
    )
    assert.equal(json.entries[0]?.text, '夜间门诊')
  })

  test('long ids that begin alike stay two, also by their last character', () => {
    const start = 'https://www.example.cn/p?x='.padEnd(3000, 'a')
    const feed = rss(`<item><guid>${start}1</guid></item><item><guid>${start}2</guid></item>`)
    assert.equal(new Set(feed.entries.map(({ id }) => id)).size, 2)
    assert.ok(feed.entries.every(({ id }) => id.length <= 1000) && codes(feed).includes('id_shortened'))
  })

  test('of a long feed the newest are read, at whichever end and in whichever order they stand', () => {
    const item = (n: number) =>
      `<item><guid>k${n}</guid><title>${n}</title><pubDate>${new Date(Date.UTC(2020, 0, 1) + n * 3_600_000).toUTCString()}</pubDate></item>`
    const numbers = Array.from({ length: 1500 }, (_, index) => index)
    for (const order of [numbers, numbers.toReversed(), numbers.map((n) => (n * 7) % 1500)]) {
      const ids = new Set(rss(order.map(item).join('')).entries.map(({ id }) => id))
      assert.equal(ids.size, 1000)
      assert.ok(numbers.slice(500).every((n) => ids.has(`k${n}`)))
    }
    const undated = rss(numbers.map((n) => `<item><guid>k${n}</guid></item>`).join('')).entries.map(({ id }) => id)
    assert.ok(undated.includes('k0') && undated.includes('k1499'))
  })

  test('relative links resolve against xml:base, then the page of the channel, then the address of the feed', () => {
    const url = 'https://feeds.example.net/rss/1.xml'
    const one = (xml: string) => parseFeed(xml, { url }).entries[0]
    assert.equal(
      one('<rss><channel><link>https://www.example.cn/news/</link><item><link>a/1.html</link></item></channel></rss>')?.url,
      'https://www.example.cn/news/a/1.html',
    )
    assert.equal(
      one('<rss><channel><link>/news/</link><item><link>a/1.html</link></item></channel></rss>')?.url,
      'https://feeds.example.net/news/a/1.html',
    )
    assert.equal(
      one('<rss><channel><item><link>/a/1.html</link></item></channel></rss>')?.url,
      'https://feeds.example.net/a/1.html',
    )
    assert.equal(
      one(
        '<rss xml:base="https://b.example/"><channel><link>https://www.example.cn/</link><item><link>1.html</link></item></channel></rss>',
      )?.url,
      'https://b.example/1.html',
    )
  })

  test('a page for people is named as one, with the address of its feed when it announces one', () => {
    const page = (head: string) =>
      parseFeed(`<!doctype html><html><head>${head}</head><body><p>动态</body></html>`, { url: 'https://www.example.cn/news/' })
        .problems
    assert.deepEqual(
      page('').map(({ code }) => code),
      ['web_page'],
    )
    for (const link of [
      '<link rel="alternate" type="application/rss+xml" href="/feed.xml">',
      "<LINK HREF='../feed.xml' TYPE='application/atom+xml' REL='alternate'>",
      '<base href="https://www.example.cn/"><link rel=alternate type=application/feed+json href=feed.xml>',
      '<link rel="alternate" type="application/rss+xml" title="评论" href="/comments.xml"><link rel="alternate" type="application/rss+xml" href="/feed.xml">',
    ])
      assert.deepEqual(
        page(link).map(({ code, at }) => [code, at]),
        [['feed_elsewhere', 'https://www.example.cn/feed.xml']],
        link,
      )
    assert.deepEqual(
      page('<link rel="alternate" hreflang="en" href="/en/">').map(({ code }) => code),
      ['web_page'],
    )
  })

  test('every guess about a date is a problem', () => {
    const dated = (date: string) => codes(rss(`<item><guid>1</guid><title>x</title><pubDate>${date}</pubDate></item>`))
    assert.deepEqual(dated('Fri, 20 Nov 2026 09:12:00 XYZ'), ['date_zone_unknown'])
    assert.deepEqual(dated('05/06/2026 09:12'), ['date_ambiguous'])
    assert.deepEqual(dated('Thu, 01 Jan 1970 00:00:00 GMT'), ['date_unknown'])
    assert.deepEqual(dated('Invalid Date'), ['date_unknown'])
    assert.deepEqual(dated('some day'), ['date_unreadable'])
  })
})
