import { parseArgs } from 'node:util'

/** Bad usage of a word: said in one sentence, exit status 2. */
export class UsageFault extends Error {
  override name = 'UsageFault'
}

type Options = Readonly<Record<string, { type: 'boolean' | 'string'; short?: string }>>

/** Reads a word's options. `--help` prints `usage` and returns null; what does not fit throws a `UsageFault` that shows it. */
export function readArgs<const O extends Options>(args: string[], usage: string, options: O) {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    })
    if ((values as { help?: boolean }).help) {
      process.stdout.write(`${usage}\n`)
      return null
    }
    return { values: values as { readonly [K in keyof O]?: O[K]['type'] extends 'boolean' ? boolean : string }, positionals }
  } catch (error) {
    throw new UsageFault(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

// Whoever reads our output may have read enough (`| head`): that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// A terminal that was closed takes no more words; the program ends in order all the same.
process.stderr.on('error', () => undefined)

/** Talk goes to standard error, data to standard output. */
export const say = (line = ''): void => void process.stderr.write(`${line}\n`)
export const print = (row: unknown): void => void process.stdout.write(`${JSON.stringify(row)}\n`)

/** A bar on a terminal, a line every few seconds elsewhere. `total` 0 means unknown. */
export function progress(total: number, unit: { readonly zh: string; readonly en: string }) {
  const started = performance.now()
  let shown = 0
  const draw = (done: number, end: string) => {
    const seconds = (performance.now() - started) / 1000
    const rate = Math.round(done / Math.max(seconds, 0.001))
    const share = total > 0 ? Math.min(1, done / total) : 0
    const bar = total > 0 ? `${'█'.repeat(Math.round(share * 24)).padEnd(24, '░')} ${(share * 100).toFixed(0).padStart(3)}% ` : ''
    process.stderr.write(
      `${process.stderr.isTTY ? '\r' : ''}${bar}${done}${total > 0 ? `/${total}` : ''} ${unit.zh} · ${rate}/s${end}`,
    )
  }
  return {
    at(done: number): void {
      const now = performance.now()
      if (now - shown < (process.stderr.isTTY ? 80 : 3000)) return
      shown = now
      draw(done, process.stderr.isTTY ? '' : '\n')
    },
    end(done: number): void {
      draw(done, '\n')
    },
  }
}
