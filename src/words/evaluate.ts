import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { evaluateJudge } from '../../evaluate/judge.ts'
import { projectRoot } from '../base/config.ts'
import { print, readArgs, say } from './talk.ts'

const usage = `npm run evaluate [-- DEV.jsonl GROUP.json]
  评测研判质量；默认使用随项目同放的开发集。退出码 1 表示有指标未达标。
  Evaluates the judgement on the labelled development set; exit 1 when a figure falls short.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, {})
  if (!given) return 0
  const [held = join(projectRoot, '../shared/fixtures/opinion-dev.jsonl'), group = join(projectRoot, 'demo/group.json')] =
    given.positionals
  if (!existsSync(held)) say(`没有评测集，只做交叉验证 / no such set, cross-validation only: ${held}`)
  const training = globSync('demo/training/*.jsonl', { cwd: projectRoot }).map((file) => join(projectRoot, file))
  const figures = evaluateJudge({ group, training: training.sort(), ...(existsSync(held) && { held }) })
  for (const figure of figures) print(figure)
  return figures.some(({ name, value, bar }) => bar !== undefined && name !== 'judge/start' && value < bar) ? 1 : 0
}
