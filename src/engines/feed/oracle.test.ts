import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { type Feed, htmlToText, parseDate, parseFeed } from './index.ts'

const archive = join(import.meta.dirname, '../../../../shared/data/feeds/feedparser.tar.gz')

/** A Python string literal as text; undefined when the expression is more than one. */
function literal(source: string): string | undefined {
  const found = /^u?('''|"""|'|")([\s\S]*)\1$/.exec(source.trim())
  if (!found) return undefined
  const [, quote = '', inside = ''] = found
  if (quote.length === 1 && new RegExp(`(?<!\\\\)(?:\\\\\\\\)*${quote}`).test(inside)) return undefined
  return inside.replace(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[\s\S])/gi, (_, escaped: string) => {
    if (/^[xuU][0-9a-fA-F]+$/.test(escaped) && escaped.length > 2)
      return String.fromCodePoint(Number.parseInt(escaped.slice(1), 16))
    return { n: '\n', t: '\t', r: '\r' }[escaped] ?? escaped
  })
}

/** What we output for a key of that parser: several when it keeps apart what we join. Undefined for what we do not output. */
function ours(key: string, feed: Feed): { kind: 'line' | 'html' | 'exact' | 'date'; values: (string | null)[] } | undefined {
  const entry = feed.entries[0]
  const got = (kind: 'line' | 'html' | 'exact' | 'date', ...values: (string | null | undefined)[]) => ({
    kind,
    values: values.map((v) => v ?? null),
  })
  if (/^feed\.title(_detail\.value)?$/.test(key)) return got('line', feed.title)
  if (key === 'feed.link') return got('exact', feed.link)
  if (/^entries\.0\.title(_detail\.value)?$/.test(key)) return got('line', entry?.title)
  if (/^entries\.0\.(id|guid)$/.test(key)) return got('exact', entry?.id)
  if (key === 'entries.0.link') return got('exact', entry?.url)
  if (key === 'entries.0.author') return got('exact', entry?.author)
  if (/^entries\.0\.(content\.0\.value|description|summary|summary_detail\.value)$/.test(key)) return got('html', entry?.html)
  const tag = /^entries\.0\.tags\.(\d)\.term$/.exec(key)
  if (tag || key === 'entries.0.category') return got('exact', entry?.categories[Number(tag?.[1] ?? 0)])
  if (/^entries\.0\.(published|updated|created)(_parsed)?$/.test(key)) return got('date', entry?.publishedAt, entry?.updatedAt)
  return undefined
}

function agrees(kind: 'line' | 'html' | 'exact' | 'date', values: readonly (string | null)[], expected: string): boolean {
  const flat = (text: string) => text.replaceAll('&gt;', '>').replace(/\s+/g, ' ').trim()
  if (kind === 'exact') return values[0] === expected
  if (kind === 'date') {
    const tuple = /^\((\d+), (\d+), (\d+), (\d+), (\d+), (\d+),/.exec(expected)
    const at = tuple
      ? new Date(
          Date.UTC(Number(tuple[1]), Number(tuple[2]) - 1, ...(tuple.slice(3).map(Number) as [number, number, number, number])),
        ).toISOString()
      : parseDate(expected, { zone: 'UTC' })?.at
    return at !== undefined && values.includes(at)
  }
  const value = values[0]
  if (value === null || value === undefined) return false
  // Titles are text with us and markup there; a plain text there is escaped in our markup.
  if (kind === 'line') return value === flat(expected) || value === flat(htmlToText(expected))
  return flat(value) === flat(expected) || (!value.includes('<') && flat(htmlToText(value)) === flat(expected))
}

test('agrees with the expectations of an independent parser, and never throws', {
  skip: existsSync(archive) ? false : 'no ../shared/data/feeds',
}, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'feeds-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  execFileSync('tar', ['xzf', archive, '-C', folder])
  const root = join(folder, 'feedparser')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const missed: string[] = []
  let compared = 0
  for (const file of files) {
    const path = join(file.parentPath, file.name)
    const bytes = readFileSync(path)
    const head = bytes.toString('latin1')
    const header = (name: string) => new RegExp(`^\\s*Header:\\s*${name}:\\s*(.+)$`, 'im').exec(head)?.[1]?.trim()
    // As in that parser's own tests: a file is served, and so has an address, when it says so.
    const location = header('Content-Location') ?? ''
    const served =
      /^\s*Header:/m.test(head) || file.name.startsWith('http_') ? `http://127.0.0.1:8097/tests/${relative(root, path)}` : ''
    const address = served === '' ? '' : new URL(/^[a-z]+:(?!\/\/)/i.test(location) ? '' : location, served).href
    const feed = parseFeed(bytes, {
      contentType: header('Content-type'),
      url: address,
      zone: 'UTC',
    })
    const line = /^\s*Expect:\s*(?:(?:not )?bozo and )?((?:feed|entries)[^=\n]*?) == (.*)$/m.exec(head)
    if (!line) continue
    const [, left = '', right = ''] = line
    if (!/^(feed|entries)((\.\w+)|(\[\d+\])|(\['\w+'\]))+$/.test(left)) continue
    const key = left
      .replace(/\[?'?\]?\[?'?(\w+)?/g, (_, word?: string) => (word === undefined ? '' : `.${word}`))
      .replace(/\.+/g, '.')
      .replace(/^\./, '')
    const answer = ours(key, feed)
    const expected = answer?.kind === 'date' && right.startsWith('(') ? right : literal(right)
    if (!answer || expected === undefined) continue
    compared += 1
    if (!agrees(answer.kind, answer.values, expected))
      missed.push(`${relative(root, path)} ${key}: ${JSON.stringify(expected)} <> ${JSON.stringify(answer.values)}`)
  }
  const share = 1 - missed.length / compared
  t.diagnostic(
    `${files.length} files read, none threw; ${compared - missed.length} of ${compared} expectations met (${(share * 100).toFixed(1)} %)`,
  )
  if (process.env.FEED_MISSED) for (const miss of missed) t.diagnostic(miss.slice(0, 300))
  assert.ok(compared > 900, `only ${compared} expectations were recognised`)
  assert.ok(share >= 0.95, `${missed.length} of ${compared} missed:\n${missed.slice(0, 20).join('\n')}`)
})
