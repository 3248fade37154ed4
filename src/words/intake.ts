import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { takeIn } from '../monitoring/index.ts'
import { recordWord } from '../privacy/index.ts'
import { readJsonLines } from './lines.ts'
import { openSystem } from './open.ts'
import { print, progress, readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan intake FILE [--history | --alert]  (- 表示标准输入 / - reads standard input)
  把信息导入正在运行的系统：Excel（.xlsx）、CSV、JSON 数组或每行一条的 JSON（.jsonl），UTF-8、GBK、UTF-16 均可。
  JSON 字段 fields: {id, platform, kind, author, published_at, title, text, url, engagement}；表格按表头识别。
  三天前发布的信息只入库、不触发预警；--history 全部不触发，--alert 全部可触发。
  Takes items into the running system and says how many were new, repeated, updated, refused and why. Safe to repeat.
  What was published more than three days ago raises no alerts; --history raises none at all, --alert for whatever is severe.`

const batchSize = 2000

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { history: { type: 'boolean' }, alert: { type: 'boolean' } })
  if (!given) return 0
  const file = given.positionals[0]
  if (file === undefined || given.positionals.length !== 1) throw new UsageFault(usage)
  if (file !== '-' && !statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new UsageFault(`没有这个文件 / no such file: ${file}`)
  const total = await countLines(file)
  const { db, close } = await openSystem('intake')
  const sum = { new: 0, repeated: 0, updated: 0, irrelevant: 0, refused: 0 }
  const alert = given.values.history === true ? 'none' : given.values.alert === true ? 'all' : 'recent'
  const reasons = new Map<string, Reason>()
  const notes = new Map<string, Reason>()
  const refuse = (line: number, code: string, zh: string, en: string) => {
    sum.refused += 1
    collect(reasons, code, { count: 1, lines: [line], zh, en })
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
      {
        sourceId: null,
        alert,
        alongside: async (tx, { new: added, updated }) => {
          if (added + updated > 0) await recordWord(tx, 'intake', `${file === '-' ? '-' : basename(file)}: +${added} ~${updated}`)
        },
      },
    )
    sum.new += done.new
    sum.repeated += done.repeated
    sum.updated += done.updated
    sum.irrelevant += done.irrelevant
    for (const { at, code, zh, en } of done.refused) refuse(items[at]?.line ?? 0, code, zh, en)
    for (const { at, code, zh, en } of done.noted) collect(notes, code, { count: 1, lines: [items[at]?.line ?? 0], zh, en })
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
  for (const reason of reasons.values()) say(`拒收 refused ${sentence(reason)}`)
  for (const note of notes.values()) say(`已收录，但 taken in, but ${sentence(note)}`)
  print(sum)
  return sum.refused > 0 ? 1 : 0
}

interface Reason {
  readonly count: number
  /** The first lines that had it. */
  readonly lines: readonly number[]
  readonly zh: string
  readonly en: string
}
const shownLines = 10

function collect(reasons: Map<string, Reason>, code: string, one: Reason): void {
  const known = reasons.get(code)
  reasons.set(
    code,
    known ? { ...known, count: known.count + 1, lines: [...known.lines, ...one.lines].slice(0, shownLines) } : one,
  )
}

const sentence = ({ count, lines, zh, en }: Reason): string => {
  const more = count > lines.length ? '…' : ''
  return `${count}：${zh} / ${en}（第 ${lines.join('、')}${more} 行 line ${lines.join(', ')}${more}）`
}

async function countLines(file: string): Promise<number> {
  if (file === '-') return 0
  let lines = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) for (const byte of chunk) if (byte === 10) lines += 1
  return lines
}
