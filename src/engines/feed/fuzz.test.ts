import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBytes, htmlToText, parseDate, parseFeed } from './index.ts'
import { sanitizeHtml } from './sanitize.ts'

const samples = [
  `<?xml version="1.0" encoding="gbk"?><!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>院报 &amp; x</title>
   <item><title><![CDATA[<b>粗</b>]]></title><link>http://x.example/?a=1&amp;b=2</link><guid>1</guid><pubDate>Fri, 20 Nov 2026 09:12:00 +0800</pubDate>
   <content:encoded>&lt;p style="color: red"&gt;文&lt;script&gt;x&lt;/script&gt;</content:encoded></item><!-- c --><item/></channel></rss>`,
  `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/"><entry><id>1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">题<br/></div></title>
   <content type="application/octet-stream">5L2g5aW9</content><link href="b" rel='alternate'/><updated>昨天 08:00</updated></entry></feed>`,
  '{"version":"https://jsonfeed.org/version/1","items":[{"id":1,"content_html":"<p>a","date_published":"2026","authors":[{"name":null}],"tags":[1,{}]},null,3]}',
].map((text) => new TextEncoder().encode(text))

const pieces = [
  '<',
  '>',
  '"',
  "'",
  '&',
  ';',
  '</',
  '/>',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<?',
  '?>',
  '<!DOCTYPE [',
  '&#x',
  '\0',
  '\ufeff',
  '<item>',
  '</item>',
  '<script>',
  ' xmlns="',
  '\u202e',
  '{',
  '[',
  '前',
  '\ud800',
]
const mutation = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('cut', 'drop', 'insert', 'byte', 'repeat'),
  piece: fc.constantFrom(...pieces),
  byte: fc.nat(255),
})

function mutate(
  bytes: Uint8Array,
  { at, kind, piece, byte }: { at: number; kind: string; piece: string; byte: number },
): Uint8Array {
  const place = bytes.length === 0 ? 0 : at % bytes.length
  const [before, after] = [bytes.subarray(0, place), bytes.subarray(place)]
  if (kind === 'cut') return byte < 32 ? before : bytes
  if (kind === 'drop') return Buffer.concat([before, after.subarray(byte % 16)])
  if (kind === 'byte') return Buffer.concat([before, Uint8Array.of(byte), after.subarray(1)])
  return Buffer.concat([before, Buffer.from(kind === 'repeat' ? piece.repeat(byte) : piece), after])
}

const now = '2026-11-22T10:00:00+08:00'

test('mutated feeds never throw, keep their promises and take no time', () => {
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 12 }), (sample, mutations) => {
      const source = mutations.reduce(mutate, sample)
      const started = performance.now()
      const feed = parseFeed(source, { now, url: 'http://x.example/feed' })
      assert.ok(performance.now() - started < 1000)
      for (const entry of feed.entries) {
        assert.ok(entry.id !== '')
        assert.ok(entry.url === '' || /^https?:/.test(entry.url), entry.url)
        assert.ok(
          !/<script|javascript:|\son\w+=/i.test(
            entry.html.replace(/"[^"]*"/g, (value) => (/javascript:/i.test(value) ? value : '""')),
          ),
          entry.html,
        )
        for (const line of [entry.title, entry.author]) assert.ok(!/[\n\u200b\u202e]/.test(line) && line.isWellFormed())
        assert.ok(entry.publishedAt === null || !Number.isNaN(Date.parse(entry.publishedAt)))
      }
    }),
    { numRuns: 3000, seed: 20261120 },
  )
})

test('any bytes, text and date never throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void [parseFeed(bytes), decodeBytes(bytes)]),
    { numRuns: 1500, seed: 1 },
  )
  const soup = fc
    .array(fc.oneof(fc.constantFrom(...pieces, '年', '月', '12', '上周', '点', ':', '-', 'Nov', ' '), fc.string()), {
      maxLength: 30,
    })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(soup, (text) => void [parseFeed(text), htmlToText(text), sanitizeHtml(text, ''), parseDate(text, { now })]),
    { numRuns: 3000, seed: 2 },
  )
})

test('hostile repetition stays linear', () => {
  const units = [
    '<',
    '<a',
    '<b>',
    '</b>',
    '<a b="',
    `<a b='"`,
    '<!--',
    '<![CDATA[',
    '<?',
    '<!DOCTYPE x [',
    '&',
    '&#',
    '&nbsp;',
    ' ',
    '\n ',
    '<item>',
    '<script>',
    '<title>',
    '<svg>',
    '[',
    '\u200b',
    '👨\u200d',
  ]
  for (const unit of units) {
    const text = unit.repeat(100_000)
    const started = performance.now()
    parseFeed(text)
    parseFeed(`<rss><channel><item><description><![CDATA[${text}]]></description></item></channel></rss>`)
    parseFeed(`<rss><channel><item><author>${text}`)
    parseDate(text, { now })
    assert.ok(performance.now() - started < 2000, `${JSON.stringify(unit)} took ${Math.round(performance.now() - started)} ms`)
  }
})
