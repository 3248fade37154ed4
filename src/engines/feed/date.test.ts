import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Precision, parseDate } from './index.ts'

/** A Sunday; its week began on Monday the 16th. */
const now = '2026-11-22T10:00:00+08:00'
const shanghai = (at: string) => new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 19)

function reads(cases: readonly (readonly [text: string, local: string, precision: Precision])[]) {
  for (const [text, local, precision] of cases) {
    test(text, () => {
      const found = parseDate(text, { now })
      assert.ok(found, 'was not read')
      assert.deepEqual([shanghai(found.at), found.precision], [local, precision])
    })
  }
}

describe('dates of Chinese pages, seen from Sunday 22 November 2026', () => {
  reads([
    ['刚刚', '2026-11-22T10:00:00', 'minute'],
    ['剛剛', '2026-11-22T10:00:00', 'minute'],
    ['30秒前', '2026-11-22T09:59:30', 'second'],
    ['5分钟前', '2026-11-22T09:55:00', 'minute'],
    ['十分钟前', '2026-11-22T09:50:00', 'minute'],
    ['半小时前', '2026-11-22T09:30:00', 'minute'],
    ['2个半小时前', '2026-11-22T07:30:00', 'minute'],
    ['兩小時前', '2026-11-22T08:00:00', 'hour'],
    ['3天前', '2026-11-19T10:00:00', 'day'],
    ['一周前', '2026-11-15T10:00:00', 'day'],
    ['2个月前', '2026-09-22T10:00:00', 'month'],
    ['1年前', '2025-11-22T10:00:00', 'year'],
    ['今天 08:00', '2026-11-22T08:00:00', 'minute'],
    ['昨天 21:15', '2026-11-21T21:15:00', 'minute'],
    ['昨天21:15 来自iPhone', '2026-11-21T21:15:00', 'minute'],
    ['昨晚9点', '2026-11-21T21:00:00', 'hour'],
    ['昨天下午', '2026-11-21T00:00:00', 'day'],
    ['昨天凌晨1:30', '2026-11-21T01:30:00', 'minute'],
    ['前天', '2026-11-20T00:00:00', 'day'],
    ['上周五', '2026-11-13T00:00:00', 'day'],
    ['本周一', '2026-11-16T00:00:00', 'day'],
    ['週五 12:00', '2026-11-20T12:00:00', 'minute'],
    ['星期天', '2026-11-22T00:00:00', 'day'],
    ['去年12月', '2025-12-01T00:00:00', 'month'],
    ['上个月20日', '2026-10-20T00:00:00', 'day'],
    ['11-20 09:12', '2026-11-20T09:12:00', 'minute'],
    ['11月20日 09:12', '2026-11-20T09:12:00', 'minute'],
    ['12-25 08:00', '2025-12-25T08:00:00', 'minute'],
    ['2月29日', '2024-02-29T00:00:00', 'day'],
    ['23:00', '2026-11-21T23:00:00', 'minute'],
    ['2026/11/20 9:12', '2026-11-20T09:12:00', 'minute'],
    ['2026年11月20日 09:12', '2026-11-20T09:12:00', 'minute'],
    ['2026年11月20日 星期五 下午3点半', '2026-11-20T15:30:00', 'minute'],
    ['二〇二六年十一月二十日', '2026-11-20T00:00:00', 'day'],
    ['发布时间:2026-11-20 09:12:33', '2026-11-20T09:12:33', 'second'],
    ['2026-11-20 09:12', '2026-11-20T09:12:00', 'minute'],
  ])
})

describe('dates of feeds', () => {
  reads([
    ['2026-11-20T01:12:00Z', '2026-11-20T09:12:00', 'second'],
    ['2026-11-20T09:12+08:00', '2026-11-20T09:12:00', 'minute'],
    ['2026-11-20T01:12:00.123456Z', '2026-11-20T09:12:00', 'second'],
    ['20261120T011200Z', '2026-11-20T09:12:00', 'second'],
    ['2026-11-20', '2026-11-20T00:00:00', 'day'],
    ['2026-324', '2026-11-20T00:00:00', 'day'],
    ['2026-11', '2026-11-01T00:00:00', 'month'],
    ['2026', '2026-01-01T00:00:00', 'year'],
    ['Fri, 20 Nov 2026 09:12:00 +0800', '2026-11-20T09:12:00', 'second'],
    ['Fri, 20 Nov 26 01:12:00 GMT', '2026-11-20T09:12:00', 'second'],
    ['20 Nov 2026 01:12 UT', '2026-11-20T09:12:00', 'minute'],
    ['Thu, 19 Nov 2026 20:12:00 EST', '2026-11-20T09:12:00', 'second'],
    ['Friday, 20-Nov-26 01:12:00 GMT', '2026-11-20T09:12:00', 'second'],
    ['Fri Nov 20 09:12:00 2026', '2026-11-20T09:12:00', 'second'],
    ['Fri Nov 20 09:12:00 CST 2026', '2026-11-20T09:12:00', 'second'],
    ['Nov 20, 2026 9:12 PM', '2026-11-20T21:12:00', 'minute'],
    ['1795137120', '2026-11-20T09:12:00', 'second'],
    ['5 minutes ago', '2026-11-22T09:55:00', 'minute'],
  ])

  test('what is no date is none', () => {
    for (const text of [
      '',
      'soon',
      '2026-02-30',
      '2026-13-01',
      '25:61',
      '99',
      'Fri, 32 Nov 2026 09:12:00 GMT',
      '明年再说',
      '-',
      '/',
      'x'.repeat(9999),
    ]) {
      assert.equal(parseDate(text, { now }), null, text)
    }
  })

  test('without now nothing is read from it', () => {
    for (const text of ['刚刚', '昨天', '11-20 09:12', '5 minutes ago']) assert.equal(parseDate(text), null)
  })

  test('the zone counts where the date names none, also across a clock change', () => {
    assert.equal(parseDate('2026-11-20 09:12', { zone: 'UTC' })?.at, '2026-11-20T09:12:00.000Z')
    assert.equal(parseDate('2026-07-01 09:12', { zone: 'Europe/Berlin' })?.at, '2026-07-01T07:12:00.000Z')
    assert.equal(parseDate('2026-12-01 09:12', { zone: 'Europe/Berlin' })?.at, '2026-12-01T08:12:00.000Z')
    assert.equal(parseDate('2026-11-20 09:12', { zone: 'No/Where' })?.at, '2026-11-20T01:12:00.000Z')
  })
})
