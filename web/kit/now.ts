import { useSyncExternalStore } from 'react'

/** One clock for all that tells time on a page: a timer runs only while something watches it. */
function ticker(everyMs: number) {
  let now = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const watchers = new Set<() => void>()
  const tick = () => {
    now = Date.now()
    for (const watcher of watchers) watcher()
  }
  return {
    watch(watcher: () => void) {
      if (watchers.size === 0) {
        now = Date.now()
        timer = setInterval(tick, everyMs)
      }
      watchers.add(watcher)
      return () => {
        watchers.delete(watcher)
        if (watchers.size === 0) clearInterval(timer)
      }
    },
    read: () => now,
  }
}

const seconds = ticker(1000)
const minutes = ticker(20_000)

export const useSecond = () => useSyncExternalStore(seconds.watch, seconds.read)
export const useMinute = () => useSyncExternalStore(minutes.watch, minutes.read)
