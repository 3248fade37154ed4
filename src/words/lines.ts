import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { UsageFault } from './talk.ts'

export interface Line {
  /** Counted from 1. */
  readonly line: number
  readonly value: unknown
  /** What is wrong with the line, or null. */
  readonly fault: string | null
}

/** The lines of a JSON Lines file (`-` for standard input), empty ones left out. Throws a `UsageFault` when it cannot be read. */
export async function* readJsonLines(file: string): AsyncGenerator<Line> {
  const input = file === '-' ? process.stdin : createReadStream(file, { encoding: 'utf8' })
  const failed = new Promise<never>((_, reject) =>
    input.on('error', (error: Error) => reject(new UsageFault(`无法读取 ${file} / cannot read ${file}: ${error.message}`))),
  )
  failed.catch(() => undefined)
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  for (let line = 1; ; line++) {
    const next = await Promise.race([lines.next(), failed])
    if (next.done) return
    const text = line === 1 ? next.value.replace(/^\uFEFF/, '') : next.value
    if (text.trim() === '') continue
    try {
      yield { line, value: JSON.parse(text) as unknown, fault: null }
    } catch (error) {
      yield { line, value: null, fault: error instanceof Error ? error.message : String(error) }
    }
  }
}
