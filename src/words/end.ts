import { readFileSync } from 'node:fs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Told twice within this is told once: Ctrl-C on a terminal reaches a program and its launcher, which passes it on. */
const sameMs = 1_000

export interface Told {
  /** Aborts once the program is told to end (Ctrl-C, a service manager, or the launcher that went away). */
  readonly signal: AbortSignal
  readonly happened: Promise<void>
}

/**
 * Listens from now on to whoever tells this program to end. Told again after a moment, it ends at once.
 */
export function listenForEnd(): Told {
  const ending = new AbortController()
  const { promise: happened, resolve } = Promise.withResolvers<void>()
  let first: number | null = null
  const tell = () => {
    const now = performance.now()
    if (first === null) {
      first = now
      ending.abort()
      // The launcher's channel would keep this process alive.
      if (process.connected) process.disconnect()
      resolve()
    } else if (now - first > sameMs) process.exit(130)
  }
  for (const signal of signals) process.on(signal, tell)
  watchNpm(ending.signal, tell)
  process.once('disconnect', tell)
  // Hearing of it must not keep a program that is done.
  process.channel?.unref()
  return { signal: ending.signal, happened }
}

/**
 * npm runs a script in a shell and passes what it is told to that shell alone, which passes on nothing: whoever npm started has to
 * notice by itself that npm went away. Tells then, unless `signal` was aborted before.
 */
function watchNpm(signal: AbortSignal, tell: () => void): void {
  const first = wayToNpm()
  if (first === null) return
  const timer = setInterval(() => {
    if (wayToNpm() === first) return
    clearInterval(timer)
    tell()
  }, 500).unref()
  signal.addEventListener('abort', () => clearInterval(timer))
}

/** The processes from the one above this one up to npm; null when no npm started it, or where that cannot be seen. */
function wayToNpm(): string | null {
  if (process.env.npm_lifecycle_event === undefined) return null
  const way: number[] = []
  try {
    for (let pid = process.ppid; pid > 1 && way.length < 6; ) {
      way.push(pid)
      const [, name = '', parent] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
      if (/^(npm|npx|pnpm|yarn)/.test(name)) return way.join(' ')
      pid = Number(parent)
    }
  } catch {
    // One of them ended just now, or the system shows no processes.
  }
  return null
}

/** How something is closed, and the milliseconds that it may take. */
export interface Step {
  readonly within: number
  readonly close: () => Promise<unknown>
}

/** Does the steps one after the other, the last one first, each within its time: what does not end is left. */
export async function closeAll(steps: readonly Step[], onFault: (error: unknown) => void): Promise<void> {
  for (const { within, close } of steps.toReversed()) {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const timer = setTimeout(() => reject(new Error(`did not close within ${within} ms`)), within)
    await Promise.race([close(), late]).catch(onFault)
    clearTimeout(timer)
  }
}
