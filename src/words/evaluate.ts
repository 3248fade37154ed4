import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { evaluateJudge } from '../../evaluate/judge.ts'
import { projectRoot } from '../base/config.ts'
import { print, readArgs, say } from './talk.ts'

const usage = `npm run evaluate [-- DEV.jsonl GROUP.json]
  评测研判质量;默认使用随项目同放的开发集。Evaluates the judgement on the labelled development set.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, {})
  if (!given) return 0
  const [dev = join(projectRoot, '../shared/fixtures/opinion-dev.jsonl'), group = join(projectRoot, 'demo/group.json')] =
    given.positionals
  if (!existsSync(dev)) {
    say(`没有评测集 / no such set: ${dev}`)
    return 2
  }
  for (const row of evaluateJudge({ dev, group, training: join(projectRoot, 'demo/training') })) print(row)
  return 0
}
