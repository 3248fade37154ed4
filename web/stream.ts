import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { call, endSession, Refusal, refreshRoom, roomOf } from './api.ts'

export interface StreamEvent {
  topic: string
  [more: string]: unknown
}

let connected = true
const watchers = new Set<() => void>()
const listeners = new Set<(event: StreamEvent) => void>()
const say = (value: boolean) => {
  connected = value
  for (const watcher of watchers) watcher()
}

/** Keeps pages fresh: each event names a room, and what was read from that room is read again. */
export function openStream(queries: QueryClient): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let delayMs = 1000
  let closed = false
  const due = new Map<string, ReturnType<typeof setTimeout>>()
  const lastAt = new Map<string, number>()

  // At once for the first event, then at most one reading a second however fast events come.
  const refresh = (room: string) => {
    if (due.has(room)) return
    const waitMs = Math.max(120, (lastAt.get(room) ?? 0) + 1000 - Date.now())
    const run = () => {
      due.delete(room)
      lastAt.set(room, Date.now())
      void refreshRoom(queries, room)
    }
    due.set(room, setTimeout(run, waitMs))
  }
  const connect = () => {
    source = new EventSource('/api/stream')
    source.onopen = () => {
      // What happened while the line was down is unknown: read everything again.
      if (!connected) void queries.invalidateQueries()
      delayMs = 1000
      say(true)
    }
    source.onmessage = (message) => {
      const event = JSON.parse(String(message.data)) as StreamEvent
      if (event.topic === 'all') void queries.invalidateQueries()
      else refresh(roomOf(event.topic))
      for (const listener of listeners) listener(event)
    }
    source.onerror = () => {
      source?.close()
      if (closed) return
      say(false)
      // The line also ends with the session; asking who one is tells which it was.
      void call('access.me', {}).catch((cause: unknown) => {
        if (cause instanceof Refusal && cause.status === 401) endSession()
      })
      timer = setTimeout(connect, delayMs)
      delayMs = Math.min(delayMs * 2, 30_000)
    }
  }
  connect()
  return () => {
    closed = true
    source?.close()
    clearTimeout(timer)
    for (const pending of due.values()) clearTimeout(pending)
    say(true)
  }
}

/** For the few who want the event itself, such as a title that counts. */
export function onStream(listener: (event: StreamEvent) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export const useConnected = () => useSyncExternalStore(watch, () => connected)
