import pg from 'pg'
import type { Actor } from './db.ts'
import { loginUrl } from './db.ts'
import { pause } from './job.ts'
import type { Log } from './log.ts'
import { covers } from './serve.ts'

/** A change as the database announces it: what kind of thing, and whose. */
interface Change {
  readonly topic: string
  readonly branchId?: number
  readonly regionId?: number
  readonly personId?: number
}

/** An open page. `actor` is asked anew for each change, so a withdrawn right ends its news too. */
export interface Listener {
  /** Null once the session has ended: nothing is heard any more. */
  actor(): Actor | null
  send(topic: string): void
}

/**
 * Hands the database's announcements to the open pages that may know of them. `rights` says which right lets a person hear a topic;
 * a topic without one is heard by nobody but the person it names.
 */
export function openStream(given: { adminUrl: string; secret: string; log: Log; rights: Readonly<Record<string, string>> }) {
  const listeners = new Set<Listener>()
  const ending = new AbortController()
  const ended = listen()

  async function listen(): Promise<void> {
    while (!ending.signal.aborted) {
      const client = new pg.Client({ connectionString: loginUrl(given.adminUrl, 'anlan_door', given.secret), keepAlive: true })
      const lost = new Promise<void>((done) => {
        client.on('error', () => done())
        client.on('end', () => done())
        ending.signal.addEventListener('abort', () => done())
      })
      try {
        await client.connect()
        client.on('notification', ({ payload }) => tell(JSON.parse(payload ?? '{}') as Change))
        await client.query('listen anlan_change')
        // Whatever happened while nobody listened: every page looks again.
        for (const listener of listeners) listener.send('all')
        await lost
      } catch (error) {
        given.log.warn({ err: error }, 'stream lost its connection')
      }
      await client.end().catch(() => undefined)
      await pause(500, ending.signal)
    }
  }

  function tell(change: Change): void {
    for (const listener of listeners) {
      const actor = listener.actor()
      if (actor && mayHear(actor, change)) listener.send(change.topic)
    }
  }

  function mayHear(actor: Actor, { topic, branchId, regionId, personId }: Change): boolean {
    if (personId !== undefined) return personId === actor.personId
    const right = given.rights[topic]
    return right !== undefined && branchId !== undefined && regionId !== undefined && covers(actor, right, { branchId, regionId })
  }

  return {
    add(listener: Listener): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    get size() {
      return listeners.size
    },
    async close(): Promise<void> {
      ending.abort()
      await ended
    },
  }
}

export type Stream = ReturnType<typeof openStream>
