import pg from 'pg'
import type { Actor } from './db.ts'
import { loginUrl } from './db.ts'
import type { Log } from './log.ts'
import { noteLoopError, noteLoopWell, pause } from './loop.ts'
import { gatherNews, readChange } from './news.ts'
import { openPace } from './pace.ts'

/** An open page. */
export interface Listener {
  /** Null once the session has ended: nothing is heard any more. */
  actor(): Actor | null
  /** One event, as JSON. */
  send(event: string): void
  /** Finds out again whom the line belongs to and what they may do; `actor` tells it afterwards. */
  look(): Promise<void>
}

export interface StreamOptions {
  readonly adminUrl: string
  readonly secret: string
  readonly log: Log
  /** Which right lets a person hear a topic; a topic without one is heard by nobody but the person it names. */
  readonly rights: Readonly<Record<string, string>>
  /** Those whose rights are now, by the database, what they were when they were compiled. */
  unchanged(actors: readonly Actor[]): Promise<ReadonlySet<Actor>>
  /** How long changes are gathered before they are told. */
  readonly gatherMs?: number
}

/**
 * Hands the database's announcements to the open pages that may know of them, gathered: a page hears of a topic at most twice a second
 * however much is taken in. Before anything is told, one look-up says whose rights still are what they were; who lost or gained some
 * hears nothing of the others' and reads everything anew.
 */
export function openStream({ adminUrl, secret, log, rights, unchanged, gatherMs = 500 }: StreamOptions) {
  const listeners = new Set<Listener>()
  const ending = new AbortController()
  const pace = openPace()
  let news = gatherNews()
  let missed = false
  let odd = 0
  let timer: NodeJS.Timeout | undefined
  let telling = Promise.resolve()
  let toldAt = 0
  const ended = listen()

  async function listen(): Promise<void> {
    while (!ending.signal.aborted) {
      const client = new pg.Client({ connectionString: loginUrl(adminUrl, 'anlan_door', secret), keepAlive: true })
      const lost = new Promise<void>((done) => {
        client.on('error', () => done())
        client.on('end', () => done())
        ending.signal.addEventListener('abort', () => done())
      })
      try {
        await client.connect()
        client.on('notification', ({ payload }) => hear(payload))
        await client.query('listen anlan_change')
        noteLoopWell('stream')
        // Whatever happened while nobody listened: every page looks again.
        for (const listener of listeners) say(listener, { topic: 'all' })
        await lost
      } catch (error) {
        noteLoopError(log, 'stream', error)
      }
      await client.end().catch(() => undefined)
      await pause(500, ending.signal)
    }
  }

  function hear(payload: string | undefined): void {
    const change = readChange(payload)
    if (change) {
      news.add(change)
      plan()
      return
    }
    odd += 1
    log.warn({ odd, length: payload?.length ?? 0 }, 'an announcement that nobody understands')
  }

  // A first change is told almost at once, those that follow on its heels together.
  function plan(): void {
    if (timer || ending.signal.aborted) return
    const waitMs = Math.max(100, toldAt + Math.max(gatherMs, pace.everyMs / 2) - Date.now())
    timer = setTimeout(() => {
      timer = undefined
      toldAt = Date.now()
      const told = news
      news = gatherNews()
      telling = telling.then(() => tell(told))
    }, waitMs)
  }

  async function tell(told: ReturnType<typeof gatherNews>): Promise<void> {
    const heard = new Map<Listener, Actor>()
    for (const listener of listeners) {
      const actor = listener.actor()
      if (actor) heard.set(listener, actor)
    }
    if (heard.size === 0) return
    try {
      const still = await unchanged([...new Set(heard.values())])
      const topics = [...told.topics()].filter((topic) => rights[topic] !== undefined)
      const known = new Map<string, string | null>()
      for (const [listener, actor] of heard) {
        if (!listeners.has(listener)) continue
        if (!still.has(actor)) {
          void lookAgain(listener)
          continue
        }
        if (missed) say(listener, { topic: 'all' })
        for (const one of told.own(actor.personId)) say(listener, one)
        for (const topic of topics) {
          const scope = actor.scopes.get(rights[topic] ?? '')
          if (!scope) continue
          const key = `${topic}|${scope.tier}|${scope.units.join()}`
          let text = known.get(key)
          if (text === undefined) {
            const found = told.within(topic, scope)
            text = found && JSON.stringify({ ...found, every: pace.everyMs })
            known.set(key, text)
          }
          if (text !== null) listener.send(text)
        }
      }
      missed = false
    } catch (error) {
      // Whom it may be told is not known: nobody hears it, and all look again once it is.
      missed = true
      if (!ending.signal.aborted) noteLoopError(log, 'stream', error)
      plan()
    }
  }

  async function lookAgain(listener: Listener): Promise<void> {
    await listener.look().catch((error: unknown) => noteLoopError(log, 'stream', error))
    if (listener.actor() && listeners.has(listener)) say(listener, { topic: 'access.me' })
  }

  const say = (listener: Listener, event: object) => listener.send(JSON.stringify({ ...event, every: pace.everyMs }))

  return {
    pace,
    add(listener: Listener): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get size() {
      return listeners.size
    },
    /** Announcements that made no sense. */
    get odd() {
      return odd
    },
    async close(): Promise<void> {
      ending.abort()
      clearTimeout(timer)
      pace.close()
      await Promise.all([ended, telling])
    },
  }
}

export type Stream = ReturnType<typeof openStream>
