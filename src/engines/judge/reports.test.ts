import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectRoot } from '../../base/config.ts'
import { createJudge } from './engine.ts'
import type { Group, JudgeItem } from './types.ts'

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8')
const lines = <T>(file: string): T[] =>
  read(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as T)
interface Case {
  readonly id: string
  readonly file: string
  readonly word: string
  readonly choice?: boolean
  readonly expect: string | readonly { readonly text: string; readonly sentiment: string }[]
}

const judge = createJudge(JSON.parse(read('demo/group.json')) as Group)
const empty = { platform: '', kind: '', author: '', title: '', text: '' }
const judgeItem = (item: Partial<JudgeItem>) => judge.judge({ ...empty, ...item })

for (const { id, file, expect, choice } of lines<Case>('test/reports/expectations.jsonl').filter(
  ({ word }) => word === 'judge',
)) {
  const items = lines<Partial<JudgeItem>>(`test/reports/${file}`)
  if (typeof expect === 'string')
    test(`${id}: the same words in another dress are judged the same`, () => {
      // Marks written as references weigh as much as other marks do: what is said stays the same, not every shade of its triage.
      const [first, ...others] = items.map((item) => ({ ...judgeItem(item), reasons: [], ...(choice && { triage: '' }) }))
      for (const other of others) assert.deepEqual(other, first)
    })
  else
    test(`${id}: the sentiment is what people would say`, () => {
      for (const { text, sentiment } of expect)
        assert.match(judgeItem({ text }).sentiment, new RegExp(`^(?:${sentiment})$`), text)
    })
}

test('further negations, blame and contentment', () => {
  const wanted: readonly [string, RegExp][] = [
    ['宁波衡川的护士根本不负责，叫了三遍没人理', /negative/],
    ['南京衡川医院的挂号窗口谈不上方便', /negative/],
    ['青岛衡川这个大夫毫不尊重人', /negative/],
    ['在厦门衡川做的手术，没有任何怨言，护士都很好', /positive|neutral/],
    ['成都衡川不存在乱收费，我对过清单', /positive|neutral/],
    ['武汉衡川的食堂不算差', /positive|neutral/],
    ['昆明衡川的报告两小时就出来了，比上次快很多，值得表扬一下', /positive/],
    ['网传广州衡川出了事，现场拉了警戒线，求知情人爆料', /negative/],
  ]
  for (const [text, sentiment] of wanted) assert.match(judgeItem({ text }).sentiment, sentiment, text)
})
