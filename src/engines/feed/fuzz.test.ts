import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countSteps } from '../steps.ts'
import { decodeBytes } from '../text/decode.ts'
import { htmlToText, parseDate, parseFeed } from './index.ts'
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

test('mutated feeds never throw and keep their promises', () => {
  fc.assert(
    fc.property(fc.constantFrom(...samples), fc.array(mutation, { minLength: 1, maxLength: 12 }), (sample, mutations) => {
      const source = mutations.reduce(mutate, sample)
      const feed = parseFeed(source, { now, url: 'http://x.example/feed' })
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

/** Steps for an input and for the doubled input: twice as many, and a little for what is done once. */
function assertLinear(name: string, make: (size: number) => string | Uint8Array): void {
  const stepsFor = (size: number) => {
    const source = make(size)
    return countSteps(() => void parseFeed(source, { now, url: 'http://x.example/feed' }))
  }
  const [once, twice] = [stepsFor(10_000), stepsFor(20_000)]
  assert.ok(twice <= once * 2.1 + 1000, `${name}: ${once} steps became ${twice}`)
}

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
    assertLinear(unit, (size) => unit.repeat(size))
    assertLinear(
      `${unit} as description`,
      (size) => `<rss><channel><item><description><![CDATA[${unit.repeat(size)}]]></description>`,
    )
    assertLinear(`${unit} as author`, (size) => `<rss><channel><item><author>${unit.repeat(size)}`)
  }
})

test('hostile structure stays linear: declarations, elements, depth, categories, items', () => {
  const repeat = (count: number, make: (at: number) => string) => Array.from({ length: count }, (_, at) => make(at)).join('')
  const declared = (count: number) => repeat(count, (at) => ` xmlns:p${at}="u${at}"`)
  const rss = (inside: string) => `<rss><channel>${inside}`
  const shapes: Record<string, (size: number) => string> = {
    'declarations on every level and below': (size) =>
      rss(repeat(20, () => `<d${declared(size / 100)}>`) + '<a xmlns:b="c"/>'.repeat(size / 10)),
    'a long namespace of many elements': (size) => rss(`<d xmlns:l="${'n'.repeat(size)}">${'<l:a/>'.repeat(size)}`),
    'nested namespaces with children at the deepest': (size) =>
      rss(repeat(100, (at) => `<d xmlns:p${at}="u">`) + '<x:a xmlns:x="y"></x:a>'.repeat(size)),
    elements: (size) => rss(`<item>${'<a/>'.repeat(size)}</item>`),
    'elements that nobody closes': (size) => rss('<a>'.repeat(size)),
    'end tags that nobody opened': (size) => rss(`${'<a>'.repeat(100)}${'</b>'.repeat(size)}`),
    categories: (size) => rss(`<item>${repeat(size, (at) => `<category>c${at}</category>`)}</item>`),
    authors: (size) => rss(`<item>${repeat(size, (at) => `<author>a${at}</author>`)}</item>`),
    links: (size) => rss(`<item>${repeat(size, () => '<link/>')}</item>`),
    items: (size) => rss(repeat(size, (at) => `<item><guid>${at}</guid></item>`)),
    'items inside items': (size) => rss('<item>'.repeat(size)),
    attributes: (size) => rss(`<a${repeat(size, (at) => ` a${at}="b"`)}/>`),
    'markup nested in a description': (size) => rss(`<item><description>${'<b>'.repeat(100)}${'<i>x</i>'.repeat(size)}`),
    'base addresses on every level': (size) =>
      rss(`<a xml:base="${'b/'.repeat(50)}">`.repeat(100) + '<a xml:base="c/"/>'.repeat(size)),
    'JSON items': (size) => `{"version":"jsonfeed","items":[${repeat(size, (at) => `{"id":${at}},`)}{}]}`,
  }
  for (const [name, make] of Object.entries(shapes)) assertLinear(name, make)
})
