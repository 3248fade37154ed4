import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { monitoring } from './contract.ts'
import { takeIn } from './index.ts'

const folder = new URL('../../test/reports/', import.meta.url)
const linesOf = (name: string): string[] => readFileSync(new URL(name, folder), 'utf8').split('\n').filter(Boolean)
const house = await openHouse()

interface Case {
  readonly id: string
  readonly file: string | null
  readonly word: string
  readonly expect: unknown
}
const cases = linesOf('expectations.jsonl')
  .map((line) => JSON.parse(line) as Case)
  .filter(({ word, file }) => word === 'search' && file !== null)

/** What the group's publicity officer finds, by the numbers that the posts brought along. */
async function find(input: object): Promise<string[]> {
  const publicity = house.as('hq.publicity', monitoring)
  const { mentions } = await publicity['monitoring.list_mentions']({ limit: 100, ...input })
  const rows = await house.admin<{ id: number; author: string }>('select mention.id, mention.author from monitoring.mention')
  const authors = new Map(rows.map(({ id, author }) => [Number(id), author]))
  const found = mentions.map(({ id }) => String(authors.get(id)).replace('读者', ''))
  const { count } = await publicity['monitoring.count_mentions'](input)
  assert.equal(count, found.length, 'the count says the same')
  return found.sort()
}

test('what users report of search', async () => {
  const items = cases.flatMap(({ file }) => linesOf(file ?? '').map((line) => JSON.parse(line) as object))
  await takeIn(house.db, items, { sourceId: null })
  for (const { id, expect } of cases)
    for (const [query, want] of Object.entries(expect as Record<string, string | string[]>)) {
      const input = query.startsWith('{') ? (JSON.parse(query) as object) : { search: query }
      if (Array.isArray(want)) assert.deepEqual(await find(input), want, `${id}: ${query}`)
      else await find(input).catch((error: unknown) => assert.equal((error as { entry?: { status: number } }).entry?.status, 422))
    }
})

test('further queries of the same kinds', async () => {
  const said: readonly [author: string, text: string][] = [
    ['x1', '杭州衡川医院门诊楼【电梯】坏了，等了40分钟'],
    ['x2', '杭州衡川医院门诊楼换新电梯，表扬'],
    ['x3', '杭州衡川医院招F#程序员，住院率85%，编号B-27'],
    ['x4', '杭州衡川医院招F级护工，床位850张'],
    ['x5', '杭州衡川医院😷口罩不够用'],
  ]
  await takeIn(
    house.db,
    said.map(([author, text]) => ({ id: author, author: `读者${author}`, text, platform: 'forum' })),
    { sourceId: null },
  )
  const further: readonly [query: string, found: readonly string[]][] = [
    ['门诊楼 电梯', ['x1', 'x2']],
    ['门诊楼 电梯 -表扬', ['x1']],
    ['门诊楼 电梯 －表扬', ['x1']],
    ['门诊楼 !表扬', ['x1']],
    ['电梯 非 表扬', ['x1']],
    ['电梯 NOT “坏了”', ['x2']],
    ['-表扬', []],
    ['门诊楼电梯坏了等了40分钟', ['x1']],
    ['门诊楼、电梯！坏了', ['x1']],
    ['“门诊楼电梯”', ['x1']],
    ['F#程序员', ['x3']],
    ['85%', ['x3']],
    ['B27', ['x3']],
    ['B-27', ['x3']],
    ['😷', ['x5']],
    ['😷口罩', ['x5']],
    ['口罩\u200b不够', ['x5']],
    ['？！', []],
    ['--', []],
    ['“”', []],
  ]
  for (const [query, want] of further) assert.deepEqual(await find({ search: query }), want, query)
})
