import type { Log } from './log.ts'

/** Unexpected errors of this process's background loops since it began, by loop. What operators see in /metrics. */
const counted = new Map<string, number>()
/** Errors in a row by loop: a database that is away for an hour must not write a log line a second. */
const inRow = new Map<string, number>()

export const loopErrors = (): Readonly<Record<string, number>> => Object.fromEntries(counted)

let heard: (loop: string) => void = () => undefined
/** Says of each error of a loop, in a process that shows its figures to nobody. */
export function noteLoopsTo(listener: (loop: string) => void): void {
  heard = listener
}

/** Counts what went wrong in a loop that goes on, and logs it: the first of a row, and then less and less often. */
export function noteLoopError(log: Log, loop: string, error: unknown): void {
  counted.set(loop, (counted.get(loop) ?? 0) + 1)
  heard(loop)
  const row = (inRow.get(loop) ?? 0) + 1
  inRow.set(loop, row)
  if ((row & (row - 1)) === 0) log.error({ err: error, loop, inRow: row }, 'loop')
}

/** The loop works again. */
export function noteLoopWell(loop: string): void {
  inRow.delete(loop)
}

/**
 * Does something again and again until the program ends. Whatever it throws is counted and logged, and the loop goes on.
 * `step` answers whether there is more to do at once.
 */
export async function keepDoing(
  loop: string,
  { everyMs, log, signal }: { readonly everyMs: number; readonly log: Log; readonly signal: AbortSignal },
  step: () => Promise<boolean>,
): Promise<void> {
  while (!signal.aborted) {
    let more = false
    try {
      more = await step()
      noteLoopWell(loop)
    } catch (error) {
      if (!signal.aborted) noteLoopError(log, loop, error)
    }
    if (!more) await pause(everyMs, signal)
  }
}

/** Waits, or returns at once when the program ends. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done()
    const timer = setTimeout(finish, ms)
    function finish() {
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      done()
    }
    signal.addEventListener('abort', finish)
  })
}

/** What a lost connection looks like: the server went away, is starting, was told to end, or the line broke. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isConnectionLost)
  // The socket of a server that is away is no file, and one whose queue is full takes nobody.
  const away = ['ENOENT', 'EAGAIN'].includes(code) && 'syscall' in error && error.syscall === 'connect'
  return (
    away ||
    /^(57P0[1-5]|08...|53300|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/.test(code) ||
    /Connection terminated|connection error and is not queryable|timeout exceeded when trying to connect|Connection ended unexpectedly/.test(
      error.message,
    )
  )
}
