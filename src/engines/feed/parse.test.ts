import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Feed, type FeedOptions, parseFeed } from './index.ts'

const codes = (feed: Feed) => feed.problems.map((problem) => problem.code)
const rss = (
  items: string,
  channel = '',
) => `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>院报</title>${channel}${items}</channel></rss>`
const only = (source: string, options: FeedOptions = {}) => {
  const feed = parseFeed(source, options)
  assert.equal(feed.entries.length, 1, JSON.stringify(feed.problems))
  return feed.entries[0]!
}

describe('feeds', () => {
  test('RSS 2.0', () => {
    const feed = parseFeed(
      rss(
        `<item><title>门诊&amp;急诊</title><link>/a/1</link><guid isPermaLink="false">n1</guid><author>li@x.cn (李记者)</author>
         <pubDate>Fri, 20 Nov 2026 09:12:00 +0800</pubDate><category>医疗</category><dc:subject>服务</dc:subject><category>医疗</category>
         <description>摘要</description><content:encoded><![CDATA[<p>正文 <a href="b">链接</a></p><script>x</script>]]></content:encoded></item>`,
        '<link>http://news.example/</link><ttl>30</ttl>',
      ),
      { url: 'http://news.example/feed.xml' },
    )
    assert.deepEqual(feed, {
      kind: 'rss',
      title: '院报',
      link: 'http://news.example/',
      ttlMinutes: 30,
      entries: [
        {
          id: 'n1',
          title: '门诊&急诊',
          url: 'http://news.example/a/1',
          author: '李记者',
          publishedAt: '2026-11-20T01:12:00.000Z',
          updatedAt: null,
          html: '<p>正文 <a href="http://news.example/b">链接</a></p>',
          text: '正文 链接',
          categories: ['医疗', '服务'],
        },
      ],
      problems: [],
    })
  })

  test('Atom 1.0 with every type of content', () => {
    const source = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/x/"><title type="html">A &amp;amp; B</title>
      <link rel="self" href="self"/><link href="home"/><author><name>编辑部</name></author>
      <entry><id>t:1</id><title>文</title><link rel="enclosure" href="e"/><link href="1"/><published>2026-11-20T01:00:00Z</published><updated>2026-11-21T01:00:00Z</updated><content>1 &lt; 2</content></entry>
      <entry><id>t:2</id><title type="html">&lt;b&gt;粗&lt;/b&gt;</title><updated>2026-11-21T01:00:00Z</updated><content type="html">&lt;p&gt;段&lt;/p&gt;</content></entry>
      <entry xml:base="sub/"><id>t:3</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><i>斜</i></div></title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x <a href="y">z</a></p></div></content></entry>
      <entry><id>t:4</id><title>b</title><content type="application/octet-stream">${Buffer.from('你好').toString('base64')}</content></entry>
      <entry><id>t:5</id><title>s</title><content src="http://a.example/movie.mp4" type="video/mp4"/><summary>片</summary></entry></feed>`
    const feed = parseFeed(source)
    assert.deepEqual([feed.kind, feed.title, feed.link], ['atom', 'A & B', 'http://a.example/x/home'])
    const [plain, html, xhtml, base64, src] = feed.entries
    assert.deepEqual(
      [plain?.url, plain?.text, plain?.html, plain?.author],
      ['http://a.example/x/1', '1 < 2', '1 &lt; 2', '编辑部'],
    )
    assert.deepEqual([plain?.publishedAt, plain?.updatedAt], ['2026-11-20T01:00:00.000Z', '2026-11-21T01:00:00.000Z'])
    assert.deepEqual([html?.title, html?.text, html?.publishedAt], ['粗', '段', '2026-11-21T01:00:00.000Z'])
    assert.deepEqual([xhtml?.title, xhtml?.html], ['斜', '<p>x <a href="http://a.example/x/sub/y">z</a></p>'])
    assert.equal(base64?.text, '你好')
    assert.deepEqual([src?.url, src?.text], ['http://a.example/movie.mp4', '片'])
  })

  test('RDF', () => {
    const feed =
      parseFeed(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
      <channel rdf:about="http://r.example/"><title>R</title><link>http://r.example/</link></channel>
      <item rdf:about="http://r.example/1"><title>一</title><dc:creator>甲</dc:creator><dc:date>2026-11-20</dc:date></item></rdf:RDF>`)
    const [entry] = feed.entries
    assert.deepEqual(
      [feed.kind, entry?.id, entry?.url, entry?.author, entry?.publishedAt],
      ['rdf', 'http://r.example/1', 'http://r.example/1', '甲', '2026-11-19T16:00:00.000Z'],
    )
  })

  test('JSON Feed', () => {
    const feed = parseFeed(
      JSON.stringify({
        version: 'https://jsonfeed.org/version/1.1',
        title: 'J',
        home_page_url: 'https://j.example/',
        items: [
          {
            id: 7,
            url: '/7',
            title: 'T',
            content_html: '<p>一</p>',
            authors: [{ name: '甲' }, { name: '乙' }],
            tags: ['a'],
            date_published: '2026-11-20T01:00:00Z',
          },
          { id: 'x', content_text: '1 < 2', date_modified: '2026-11-20T01:00:00Z' },
        ],
      }),
    )
    const [first, second] = feed.entries
    assert.deepEqual(
      [feed.kind, feed.link, first?.id, first?.url, first?.author, first?.text],
      ['json', 'https://j.example/', '7', 'https://j.example/7', '甲, 乙', '一'],
    )
    assert.deepEqual([second?.html, second?.text, second?.publishedAt], ['1 &lt; 2', '1 < 2', '2026-11-20T01:00:00.000Z'])
    assert.deepEqual(codes(parseFeed('{"items": [')), ['json_invalid', 'not_a_feed'])
    assert.deepEqual(codes(parseFeed('{"a": 1}')), ['not_a_feed'])
  })

  test('bytes in GBK under a wrong label', () => {
    const title = Buffer.from('c4cfc9bdd2bdd4bad4bab1a8bbb6d3adc4fa', 'hex')
    const feed = parseFeed(
      Buffer.concat([
        Buffer.from('<?xml version="1.0" encoding="utf-8"?><rss><channel><title>'),
        title,
        Buffer.from('</title></channel></rss>'),
      ]),
    )
    assert.equal(feed.title, '南山医院院报欢迎您')
    assert.ok(codes(feed).includes('encoding_label_wrong'))
  })
})

describe('feeds that are not as they should be', () => {
  test('without an id one is derived, the same each time', () => {
    assert.equal(only(rss('<item><title>a</title><link>http://x.example/1</link></item>')).id, 'http://x.example/1')
    const source = rss('<item><title>a</title><description>b</description></item>')
    assert.match(only(source).id, /^hash:[0-9a-f]{32}$/)
    assert.equal(only(source).id, only(source).id)
    assert.notEqual(only(source).id, only(source.replace('<title>a</title>', '<title>c</title>')).id)
    assert.ok(codes(parseFeed(source)).includes('entry_without_id'))
  })

  test('dates that are missing, unreadable or in the future are reported', () => {
    const dated = (date: string) =>
      parseFeed(rss(`<item><guid>1</guid><title>a</title><pubDate>${date}</pubDate></item>`), { now: '2026-11-20T00:00:00Z' })
    assert.deepEqual(codes(dated('')), ['entry_without_date'])
    assert.deepEqual(codes(dated('someday')), ['date_unreadable'])
    assert.deepEqual(codes(dated('2026-11-21T00:00:00Z')), ['date_in_future'])
    assert.equal(dated('2026-11-21T00:00:00Z').entries[0]?.publishedAt, '2026-11-21T00:00:00.000Z')
    assert.equal(dated('昨天 08:00').entries[0]?.publishedAt, '2026-11-19T00:00:00.000Z')
  })

  test('tags that are not closed, crossed or cut off', () => {
    const cases = [
      '<rss><channel><item><title>a</title><item><title>b</title></channel></rss>',
      '<rss><channel><item><title>a</b></title></item><item><title>b</title>',
      '<rss><channel><item><title>a</title><description>x <b>y</description></item><item><title>b</title></item><item',
      '<item><title>a</title></item><item><title>b</title></item>',
      '<rss><channel><item><title>a</title><description>1 < 2 & 3</description></item>\n<item><title>b</title><link href=x&y></item></channel></rss>',
    ]
    for (const source of cases) {
      const feed = parseFeed(source)
      assert.deepEqual(
        feed.entries.map((entry) => entry.title),
        ['a', 'b'],
        source,
      )
    }
    assert.ok(codes(parseFeed(cases[2]!)).some((code) => code === 'xml_truncated' || code === 'xml_illformed'))
    assert.equal(parseFeed(cases[4]!).entries[0]?.text, '1 < 2 & 3')
  })

  test('naked markup in a description', () => {
    assert.equal(only(rss('<item><description>x<br>y <p>z</p></description></item>')).text, 'x\ny\n\nz')
  })

  test('undeclared prefixes', () => {
    const entry = only(
      '<rss><channel><item><dc:creator>甲</dc:creator><content:encoded>&lt;p&gt;文&lt;/p&gt;</content:encoded></item></channel></rss>',
    )
    assert.deepEqual([entry.author, entry.text], ['甲', '文'])
  })

  test('entities of its own are never expanded', () => {
    const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('')
    const feed = parseFeed(
      `<!DOCTYPE r [<!ENTITY l0 "lol">${lol}<!ENTITY f SYSTEM "file:///etc/passwd">]>${rss('<item><guid>1</guid><title>&l9;&f;</title></item>')}`,
    )
    assert.equal(feed.entries[0]?.title, '&l9;&f;')
    assert.ok(codes(feed).includes('xml_entity_declared'))
  })

  test('limits on entries and sizes', () => {
    const many = parseFeed(
      rss(
        Array.from(
          { length: 1200 },
          (_, i) => `<item><guid>${i}</guid><title>t</title><pubDate>2026-11-20</pubDate></item>`,
        ).join(''),
      ),
    )
    assert.deepEqual([many.entries.length, codes(many)], [1000, ['too_many_entries']])
    const long = parseFeed(
      rss(
        `<item><guid>1</guid><title>${'题'.repeat(5000)}</title><pubDate>2026-11-20</pubDate><description>${'文'.repeat(600_000)}</description></item>`,
      ),
    )
    assert.deepEqual(
      [long.entries[0]?.title.length, long.entries[0]?.text.length, codes(long)],
      [1000, 200_000, ['field_cut', 'field_cut']],
    )
  })

  test('ids that repeat, pages that are no feeds, nothing at all', () => {
    const twice = parseFeed(rss('<item><guid>1</guid><title>a</title><pubDate>2026-11-20</pubDate></item>'.repeat(2)))
    assert.deepEqual([twice.entries.length, codes(twice)], [2, ['id_repeated']])
    for (const source of ['<!doctype html><html><body>404</body></html>', 'plain', '<xml/>']) {
      const feed = parseFeed(source)
      assert.deepEqual([feed.kind, feed.entries.length], ['unknown', 0])
      assert.ok(codes(feed).includes(source.includes('html') ? 'web_page' : 'not_a_feed'))
    }
    assert.deepEqual(codes(parseFeed(new Uint8Array())), ['empty'])
  })

  test('an address that could run something is no link', () => {
    assert.equal(only(rss('<item><title>a</title><link>javascript:alert(1)</link></item>')).url, '')
  })
})
