import { monitorEventLoopDelay, performance } from 'node:perf_hooks'

const leastMs = 1000
const mostMs = 20_000

/** What a second of work looked like. */
export interface Second {
  /** How long the loop kept what was due waiting, 99 of 100 times. */
  readonly delayMs: number
  /** The share of the second in which the loop was at work. */
  readonly busy: number
  /** The mean time from ask to answer of what people asked themselves. */
  readonly askMs: number
}

/** How long pages are to wait between two reads by themselves: longer at once when the system is short of breath, shorter bit by bit. */
export const nextPace = (everyMs: number, { delayMs, busy, askMs }: Second): number =>
  delayMs > 80 || busy > 0.85 || askMs > 100 ? Math.min(everyMs * 1.4, mostMs) : Math.max(everyMs * 0.93, leastMs)

/** Watches how loaded this process is and derives the pace of open pages from it. */
export function openPace() {
  const delays = monitorEventLoopDelay({ resolution: 10 })
  delays.enable()
  let used = performance.eventLoopUtilization()
  let everyMs = leastMs
  let asks = 0
  let askedMs = 0
  const timer = setInterval(() => {
    const now = performance.eventLoopUtilization()
    const busy = performance.eventLoopUtilization(now, used).utilization
    everyMs = nextPace(everyMs, { delayMs: delays.percentile(99) / 1e6 - 10, busy, askMs: asks > 0 ? askedMs / asks : 0 })
    used = now
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
