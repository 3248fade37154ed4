import { GroupFault, readGroupFile } from '../access/index.ts'
import { createJudge } from '../engines/index.ts'
import { readJsonLines } from './lines.ts'
import { print, readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan judge --group group.json FILE.jsonl
  不用数据库，对每条信息给出研判：涉及机构、情感、类别、严重程度、定性和理由。
  Judges each item without a database: {id, relevant, units, sentiment, category, also, severity, triage, reasons}.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { group: { type: 'string', short: 'g' } })
  if (!given) return 0
  const { values, positionals } = given
  if (positionals.length !== 1) throw new UsageFault(usage)
  const judge = openJudge(values.group ?? 'demo/group.json')
  if (!judge) return 1
  let bad = 0
  for await (const { line, value, fault } of readJsonLines(positionals[0] ?? '')) {
    if (fault !== null || typeof value !== 'object' || value === null) {
      bad += 1
      say(`第 ${line} 行不是 JSON 对象，已跳过 / line ${line} is not a JSON object, skipped`)
      continue
    }
    const item = value as Record<string, unknown>
    const text = (name: string) => (typeof item[name] === 'string' ? item[name] : '')
    const judged = judge.judge({
      platform: text('platform'),
      kind: text('kind'),
      author: text('author'),
      title: text('title'),
      text: text('text'),
    })
    print({ id: item.id ?? null, ...judged })
  }
  return bad > 0 ? 1 : 0
}

/** A judge who knows this group; null when its file is faulty, which is told. */
function openJudge(file: string) {
  try {
    return createJudge(readGroupFile(file))
  } catch (error) {
    if (!(error instanceof GroupFault)) throw error
    for (const line of error.lines()) say(line)
    return null
  }
}
