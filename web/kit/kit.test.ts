import assert from 'node:assert/strict'
import { test } from 'node:test'
import { en } from '../i18n/en/index.ts'
import type { Text } from '../i18n/index.ts'
import { zh } from '../i18n/zh/index.ts'
import { readFilters, writeFilters } from './filters.ts'
import { dayStart, sinceOf, stepAfter } from './period.ts'
import { labelStep, ticksUpTo } from './scale.ts'
import { pieces, spansOf } from './spans.ts'
import { exactTime, saySpan, sayTime, urgencyOf } from './time.ts'
import { tokens } from './tokens.ts'

/** The texts without the machinery: enough for keys of one level and their facts. */
const speak =
  (words: { common: { time: Record<string, string> } }): Text =>
  (key, facts = {}) =>
    (words.common.time[key.split('.')[1] ?? ''] ?? key).replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(facts[name]))
const chinese = speak(zh)
const english = speak(en)
const now = new Date('2026-03-10T09:30:00+08:00')

test('a moment is said as people say it, in the time of the group', () => {
  const said: [string, string][] = [
    ['2026-03-10T09:29:40+08:00', '刚刚'],
    ['2026-03-10T09:25:00+08:00', '5 分钟前'],
    ['2026-03-10T06:30:00+08:00', '3 小时前'],
    ['2026-03-10T00:10:00+08:00', '今天 00:10'],
    ['2026-03-09T21:15:00+08:00', '昨天 21:15'],
    ['2026-03-08T09:30:00+08:00', '03-08 09:30'],
    ['2025-12-31T23:59:00+08:00', '2025-12-31 23:59'],
    ['2026-03-10T09:30:20+08:00', '刚刚'],
    ['2026-03-10T09:45:00+08:00', '15 分钟后'],
    ['2026-03-11T08:00:00+08:00', '明天 08:00'],
  ]
  for (const [at, words] of said) assert.equal(sayTime(new Date(at), now, chinese), words)
  assert.equal(sayTime(new Date('2026-03-09T13:15:00Z'), now, english), 'yesterday 21:15')
  assert.equal(exactTime(new Date('2026-03-09T16:00:00Z')), '2026-03-10 00:00:00')
})

test('a length of time is said in its largest units, without empty ones', () => {
  assert.equal(saySpan(0, chinese), '0 秒')
  assert.equal(saySpan(45_000, chinese), '45 秒')
  assert.equal(saySpan(300_000, chinese), '5 分')
  assert.equal(saySpan(252_000, chinese), '4 分 12 秒')
  assert.equal(saySpan(7_500_000, chinese), '2 小时 5 分')
  assert.equal(saySpan(86_400_000, english), '1 d')
})

test('a deadline is calm, then due soon in its last quarter, then overdue', () => {
  const from = 0
  const due = 3_600_000
  assert.equal(urgencyOf(due, 1_000_000, from), 'calm')
  assert.equal(urgencyOf(due, 2_800_000, from), 'soon_due')
  assert.equal(urgencyOf(due, due, from), 'overdue')
})

test('marks survive spans that overlap, repeat, come unsorted or lie outside', () => {
  const text = '护士态度恶劣,要求道歉'
  const marked = (spans: { start: number; end: number }[]) =>
    pieces(text, spans)
      .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
      .join('')
  assert.equal(marked([]), text)
  assert.equal(
    marked([
      { start: 2, end: 6 },
      { start: 0, end: 4 },
    ]),
    '[护士态度][恶劣],要求道歉',
  )
  assert.equal(
    marked([
      { start: 9, end: 99 },
      { start: 5, end: 5 },
    ]),
    '护士态度恶劣,要求[道歉]',
  )
  assert.deepEqual(spansOf('APP 里 app 崩了', ['App']), [
    { start: 0, end: 3 },
    { start: 6, end: 9 },
  ])
  assert.deepEqual(spansOf('text', ['', '  ']), [])
})

test('filters go into the address and come back the same', () => {
  const defaults = { period: '7d', search: '', platform: [] as readonly string[] }
  const written = writeFilters(new URLSearchParams('tab=a'), defaults, {
    search: '停车 & 收费',
    platform: ['weibo', 'douyin'],
    period: '7d',
  })
  assert.equal(written.get('period'), null)
  assert.equal(written.get('tab'), 'a')
  assert.deepEqual(readFilters(written, defaults), { period: '7d', search: '停车 & 收费', platform: ['weibo', 'douyin'] })
  assert.deepEqual(readFilters(writeFilters(written, defaults, { search: '', platform: [] }), defaults), defaults)
})

test('a day begins at midnight in Beijing, whatever the clock of the device', () => {
  assert.equal(dayStart(0, Date.parse('2026-03-09T16:30:00Z')), '2026-03-10T00:00:00+08:00')
  assert.equal(dayStart(6, Date.parse('2026-03-09T15:30:00Z')), '2026-03-03T00:00:00+08:00')
  assert.equal(sinceOf('all'), undefined)
  assert.equal(stepAfter('2026-03-10T00:00:00+08:00', 'day'), '2026-03-10T16:00:00.000Z')
})

test('ticks are round and reach the largest value', () => {
  assert.deepEqual(ticksUpTo(0), [0, 1])
  assert.deepEqual(ticksUpTo(3), [0, 1, 2, 3])
  assert.deepEqual(ticksUpTo(34), [0, 10, 20, 30, 40])
  for (const most of [1, 7, 99, 101, 4999, 123_456]) {
    const ticks = ticksUpTo(most)
    assert.ok((ticks.at(-1) ?? 0) >= most && ticks.length <= 6, String(most))
  }
  assert.equal(labelStep(['11-18', '11-19'], 100), 1)
  assert.equal(labelStep(['11-18', '11-19'], 20), 3)
})

test('text can be read on every ground, in both schemes', () => {
  const luminance = (hex: string) => {
    const parts = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    const [r = 0, g = 0, b = 0] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string) => {
    const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
    return (light + 0.05) / (dark + 0.05)
  }
  for (const [scheme, c] of Object.entries(tokens)) {
    for (const ground of ['paper', 'surface', 'raised', 'hover'] as const)
      for (const ink of ['ink', 'ink-2', 'ink-3', 'accent', 'burn', 'warn', 'good'] as const)
        assert.ok(
          contrast(c[ink], c[ground]) >= 4.5,
          `${scheme}: ${ink} on ${ground} is ${contrast(c[ink], c[ground]).toFixed(2)}`,
        )
    assert.ok(contrast(c['on-accent'], c.accent) >= 4.5, `${scheme}: on-accent`)
    assert.ok(contrast(c['rail-ink-2'], c.rail) >= 4.5, `${scheme}: rail-ink-2`)
    assert.ok(contrast(c.burn, c['burn-soft']) >= 4.5, `${scheme}: burn on burn-soft`)
    assert.ok(contrast(c.warn, c['warn-soft']) >= 4.5, `${scheme}: warn on warn-soft`)
    assert.ok(contrast(c.ink, c.mark) >= 4.5, `${scheme}: ink on mark`)
  }
})
