import { createReadStream, statSync } from 'node:fs'
import { takeIn } from '../monitoring/index.ts'
import { readJsonLines } from './lines.ts'
import { openSystem } from './open.ts'
import { print, progress, readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan intake FILE.jsonl [--history]  (- 表示标准输入 / - reads standard input)
  把信息导入正在运行的系统。每行一条:
  {id, platform, kind, author, published_at, title, text, url, engagement}
  --history：导入往期信息，不触发预警。 --history takes old news in without raising alerts.
  Takes items into the running system and says how many were new, repeated, refused and why. Safe to repeat.`

const batchSize = 2000

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { history: { type: 'boolean' } })
  if (!given) return 0
  const file = given.positionals[0]
  if (file === undefined || given.positionals.length !== 1) throw new UsageFault(usage)
  if (file !== '-' && !statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new UsageFault(`没有这个文件 / no such file: ${file}`)
  const total = await countLines(file)
  const { db, close } = await openSystem('intake')
  const sum = { new: 0, repeated: 0, irrelevant: 0, refused: 0 }
  const reasons = new Map<string, { count: number; first: number; zh: string; en: string }>()
  const refuse = (line: number, code: string, zh: string, en: string) => {
    sum.refused += 1
    const known = reasons.get(code)
    reasons.set(code, known ? { ...known, count: known.count + 1 } : { count: 1, first: line, zh, en })
  }
  const bar = progress(total, { zh: '条', en: 'items' })
  let seen = 0
  // One batch is judged while the database writes the one before; a killed intake is simply said again.
  let writing: Promise<void> = Promise.resolve()
  let batch: { line: number; value: unknown }[] = []
  const store = async (items: { line: number; value: unknown }[]) => {
    const done = await takeIn(
      db,
      items.map(({ value }) => value),
      { sourceId: null, alert: given.values.history === true ? 'none' : 'recent' },
    )
    sum.new += done.new
    sum.repeated += done.repeated
    sum.irrelevant += done.irrelevant
    for (const { at, code, zh, en } of done.refused) refuse(items[at]?.line ?? 0, code, zh, en)
    seen += items.length
    bar.at(seen)
  }
  const flush = async () => {
    const items = batch
    batch = []
    const before = writing
    writing = Promise.all([before, store(items)]).then(() => undefined)
    writing.catch(() => undefined)
    await before
  }
  try {
    for await (const { line, value, fault } of readJsonLines(file)) {
      if (fault !== null) {
        seen += 1
        refuse(line, 'not_json', '不是有效的 JSON', 'not valid JSON')
        continue
      }
      batch.push({ line, value })
      if (batch.length >= batchSize) await flush()
    }
    await flush()
    await writing
    bar.end(seen)
  } finally {
    await close()
  }
  for (const { count, first, zh, en } of reasons.values())
    say(`拒收 refused ${count}:${zh} / ${en}(首见于第 ${first} 行 first at line ${first})`)
  print(sum)
  return sum.refused > 0 ? 1 : 0
}

async function countLines(file: string): Promise<number> {
  if (file === '-') return 0
  let lines = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) for (const byte of chunk) if (byte === 10) lines += 1
  return lines
}
