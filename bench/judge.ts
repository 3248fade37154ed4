import { join } from 'node:path'
import { readGroupFile } from '../src/access/index.ts'
import { projectRoot } from '../src/base/config.ts'
import { createJudge } from '../src/engines/index.ts'
import { writtenPosts } from './posts.ts'
import { type Row, round } from './row.ts'

/** How many items one core judges a second, over the posts written for this project. */
export function* benchJudge(): Generator<Row> {
  const group = readGroupFile(join(projectRoot, 'demo/group.json'))
  const started = performance.now()
  const judge = createJudge(group)
  yield { name: 'judge.ready', value: round(performance.now() - started, 1), unit: 'ms' }
  const items = writtenPosts()
  for (const item of items) judge.judge(item)
  const rates: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    const from = performance.now()
    for (const item of items) judge.judge(item)
    rates.push((items.length / (performance.now() - from)) * 1000)
  }
  rates.sort((a, b) => a - b)
  yield { name: 'judge.rate', value: Math.round(rates[2] ?? 0), unit: 'items/s', against: 'one core, median of 5', bar: '≥ 5000' }
}
