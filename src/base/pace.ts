import { monitorEventLoopDelay } from 'node:perf_hooks'

const leastMs = 1000
const mostMs = 20_000

/** What a second of work looked like. */
export interface Second {
  /** How long the loop kept what was due waiting, 99 of 100 times. */
  readonly delayMs: number
  /** The mean time from ask to answer of what people asked themselves. */
  readonly askMs: number
}

/**
 * How long pages are to wait between two reads by themselves: longer at once when people have to wait for answers, shorter again as soon
 * as they do not, and as it was in between.
 */
export function nextPace(everyMs: number, { delayMs, askMs }: Second): number {
  if (delayMs > 80 || askMs > 100) return Math.min(everyMs * 1.4, mostMs)
  return delayMs < 40 && askMs < 60 ? Math.max(everyMs * 0.8, leastMs) : everyMs
}

/** Watches how loaded this process is and derives the pace of open pages from it. */
export function openPace() {
  const delays = monitorEventLoopDelay({ resolution: 10 })
  delays.enable()
  let everyMs = leastMs
  let asks = 0
  let askedMs = 0
  const timer = setInterval(() => {
    everyMs = nextPace(everyMs, { delayMs: delays.percentile(99) / 1e6 - 10, askMs: asks > 0 ? askedMs / asks : 0 })
    delays.reset()
    asks = 0
    askedMs = 0
  }, 1000)
  timer.unref()
  return {
    get everyMs() {
      return Math.round(everyMs)
    },
    asked(durationMs: number): void {
      asks += 1
      askedMs += durationMs
    },
    close(): void {
      clearInterval(timer)
      delays.disable()
    },
  }
}
