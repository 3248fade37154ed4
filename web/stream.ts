import type { Query, QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { call, endSession, personQuery, Refusal, readAgain } from './api.ts'
import { openRefresher, type Reading } from './refresh.ts'
import { isTouched, type Place, type StreamEvent } from './touch.ts'

export type { StreamEvent } from './touch.ts'

let connected = true
const watchers = new Set<() => void>()
const listeners = new Set<(event: StreamEvent) => void>()
const say = (value: boolean) => {
  connected = value
  for (const watcher of watchers) watcher()
}

/** Everything may have changed: the line was lost, or one's own rights are others. */
const anything = new Set(['all', 'access.me'])

/** Keeps a page fresh: each event says what changed, and what the page shows of it is read again (refresh.ts). */
export function openStream(queries: QueryClient): () => void {
  const cache = queries.getQueryCache()
  const placesKey = ['access', 'access.list_units', {}]
  const places = () => queries.getQueryData<readonly Place[]>(placesKey) ?? []
  const refresher = openRefresher({
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    random: () => Math.random(),
    hidden: () => document.visibilityState === 'hidden',
    readings: () =>
      cache
        .findAll({ type: 'active' })
        .filter((query) => !query.isDisabled())
        .map((query) => readingOf(queries, query)),
    places,
  })
  // What no page shows now is read when it is shown again.
  const forget = (event: StreamEvent | null) => {
    const predicate = ({ queryKey: [, name, input] }: Query) => event === null || isTouched(event, String(name), input, places())
    void queries.invalidateQueries({ type: 'inactive', refetchType: 'none', predicate })
  }
  const line = openLine((event) => {
    if (anything.has(event.topic)) {
      forget(null)
      refresher.again(event.topic === 'all' ? undefined : 0)
    } else {
      forget(event)
      refresher.hear(event)
    }
    for (const listener of listeners) listener(event)
  })
  const look = () => refresher.look()
  document.addEventListener('visibilitychange', look)
  const unsubscribe = cache.subscribe(({ type }) => {
    if (type === 'observerAdded') refresher.plan()
  })
  return () => {
    document.removeEventListener('visibilitychange', look)
    unsubscribe()
    refresher.close()
    line.close()
    say(true)
  }
}

function readingOf(queries: QueryClient, query: Query): Reading {
  const [, name, input] = query.queryKey
  const pages = (query.state.data as { pages?: unknown[] } | undefined)?.pages?.length
  return {
    id: query.queryHash,
    name: String(name),
    input,
    pages: Array.isArray(query.queryKey) && query.queryKey.at(-1) === 'pages' ? (pages ?? 1) : 1,
    everyMs: query.meta?.everyMs as number | undefined,
    readAt: query.state.dataUpdatedAt,
    busy: () => query.state.fetchStatus === 'fetching',
    read: () => readAgain(queries, query),
  }
}

/** The line to the server: opened again when it is lost, later each time and not by all pages at once. */
function openLine(hear: (event: StreamEvent) => void): { close(): void } {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let delayMs = 1000
  let closed = false
  const connect = () => {
    source = new EventSource(`/api/stream${personQuery()}`)
    source.onopen = () => {
      // What happened while the line was down is unknown.
      if (!connected) hear({ topic: 'all' })
      delayMs = 1000
      say(true)
    }
    source.onmessage = (message) => {
      const event = readEvent(String(message.data))
      if (event) hear(event)
    }
    source.onerror = () => {
      source?.close()
      if (closed) return
      say(false)
      const waitMs = delayMs * (0.75 + Math.random() / 2)
      delayMs = Math.min(delayMs * 2, 30_000)
      timer = setTimeout(() => void reconnect(), waitMs)
    }
  }
  // The line also ends with the session; asking who one is tells which it was.
  const reconnect = async () => {
    await call('access.me', {}, { background: true }).catch((cause: unknown) => {
      if (cause instanceof Refusal && cause.status === 401) endSession()
    })
    if (!closed) connect()
  }
  connect()
  return {
    close() {
      closed = true
      source?.close()
      clearTimeout(timer)
    },
  }
}

function readEvent(text: string): StreamEvent | null {
  try {
    const event = JSON.parse(text) as StreamEvent
    return typeof event.topic === 'string' && event.topic !== 'hello' ? event : null
  } catch {
    return null
  }
}

/** For the few who want the event itself, such as a hint that something came in. */
export function onStream(listener: (event: StreamEvent) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export const useConnected = () => useSyncExternalStore(watch, () => connected)
