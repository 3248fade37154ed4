import { readFileSync } from 'node:fs'
import { decodeBytes, readRuleFile } from '../engines/index.ts'
import { readJsonLines } from './lines.ts'
import { print, readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan match --rules rules.txt FILE.jsonl
  规则文件每行一条“名称: 表达式”。不用数据库，输出每条信息命中的规则与位置。
  One rule a line, "name: expression". Prints {id, rules: [{rule, spans}]} for each item.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { rules: { type: 'string', short: 'r' } })
  if (!given) return 0
  const { values, positionals } = given
  if (!values.rules || positionals.length !== 1) throw new UsageFault(usage)
  const read = readRuleFile(readText(values.rules))
  if (!read.ok) {
    for (const { line, position, message } of read.problems)
      say(`${values.rules}:${line}:${position + 1} ${message.zh} / ${message.en}`)
    return 1
  }
  let bad = 0
  for await (const { line, value, fault } of readJsonLines(positionals[0] ?? '')) {
    if (fault !== null || typeof value !== 'object' || value === null) {
      bad += 1
      say(`第 ${line} 行不是 JSON 对象，已跳过 / line ${line} is not a JSON object, skipped`)
      continue
    }
    const item = value as Record<string, unknown>
    const text = (name: string) => (typeof item[name] === 'string' ? item[name] : '')
    print({ id: item.id ?? null, rules: read.set.match({ title: text('title'), text: text('text'), author: text('author') }) })
  }
  return bad > 0 ? 1 : 0
}

/** A file in any encoding that can be told; one that cannot is refused. */
function readText(file: string): string {
  const { text, refused } = decodeBytes(readBytes(file))
  if (refused) throw new UsageFault(`无法读取 ${file}：${refused.zh} / cannot read ${file}: ${refused.en}`)
  return text
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UsageFault(`无法读取 ${file} / cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`)
  }
}
