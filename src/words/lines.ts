import { createReadStream } from 'node:fs'
import { parseJson } from '../base/json.ts'
import { decodeBytes } from '../engines/index.ts'
import { itemOf } from '../engines/table/index.ts'
import { readFileAside } from '../monitoring/index.ts'
import { say, UsageFault } from './talk.ts'

export interface Line {
  /** Line of the file, or place in its list, from 1. */
  readonly line: number
  readonly value: unknown
  /** What is wrong with the line, or null. */
  readonly fault: string | null
}

const headBytes = 256 * 1024
const largestWhole = 200 * 1024 * 1024

/**
 * The items of a file (`-` for standard input): one JSON object a line, of any length; or a JSON array, CSV or Excel. Decoded by its bytes.
 * Throws a `UsageFault` when it cannot be read.
 */
export async function* readJsonLines(file: string): AsyncGenerator<Line> {
  const chunks = read(file)
  const head = await gather(chunks)
  if (looksLikeLines(head)) return yield* linesOf(head, chunks)
  let size = head.length
  const parts = [head]
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > largestWhole)
      throw new UsageFault(`文件超过 200 MB，请改为每行一条的 JSON / too large: one JSON object a line, please: ${file}`)
    parts.push(chunk)
  }
  const whole = await readFileAside(Buffer.concat(parts))
  if (whole.kind === 'unreadable')
    throw new UsageFault(`无法读取 ${file}：${whole.why.zh} / cannot read ${file}: ${whole.why.en}`)
  for (const { zh, en } of whole.notes) say(`${zh} / ${en}`)
  if (whole.kind === 'items') {
    for (const line of whole.broken) yield { line, value: null, fault: 'JSON' }
    for (const { line, value } of whole.items) yield { line, value, fault: null }
    return
  }
  const named = Object.entries(whole.map).map(([field, at]) => `${whole.columns[at]} → ${field}`)
  if (whole.map.text === undefined && whole.map.title === undefined)
    throw new UsageFault(
      `表格中没有“标题”或“正文”列，表头为 / no column for title or text; the head is: ${whole.columns.join('、').slice(0, 300)}`,
    )
  say(`列 columns：${named.join('，')}`)
  for (const { line, cells } of whole.rows) yield { line, value: itemOf(cells, whole.map), fault: null }
}

async function* read(file: string): AsyncGenerator<Buffer> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  try {
    for await (const chunk of input as AsyncIterable<Buffer | string>) yield Buffer.from(chunk as Buffer)
  } catch (error) {
    throw new UsageFault(`无法读取 ${file} / cannot read ${file}: ${(error as Error).message}`)
  }
}

/** The beginning, enough to tell the encoding by. */
async function gather(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  while (size < headBytes) {
    const next = await chunks.next()
    if (next.done) break
    parts.push(next.value)
    size += next.value.length
  }
  return Buffer.concat(parts)
}

/** One object a line, of which the first is whole. */
function looksLikeLines(head: Buffer): boolean {
  const { text } = decodeBytes(head)
  const line = text.trimStart().split('\n', 1)[0] ?? ''
  return line.startsWith('{') && (line.trimEnd().endsWith('}') || !text.includes('\n'))
}

async function* linesOf(head: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Line> {
  // A character that the end of the head cuts in two says nothing of the encoding.
  const { encoding } = decodeBytes(head.subarray(0, Math.max(head.lastIndexOf(10) + 1, 0) || head.length))
  const decoder = new TextDecoder(encoding === '' ? 'utf-8' : encoding)
  let kept = ''
  let line = 0
  const cut = function* (text: string): Generator<Line> {
    const lines = (kept + text).split('\n')
    kept = lines.pop() ?? ''
    for (const one of lines) yield* lineOf(one, ++line)
  }
  yield* cut(decoder.decode(head, { stream: true }))
  for await (const chunk of rest) yield* cut(decoder.decode(chunk, { stream: true }))
  yield* cut(decoder.decode())
  yield* lineOf(kept, line + 1)
}

function* lineOf(text: string, line: number): Generator<Line> {
  if (text.trim() === '') return
  try {
    yield { line, value: parseJson(text), fault: null }
  } catch (error) {
    yield { line, value: null, fault: error instanceof Error ? error.message : String(error) }
  }
}
