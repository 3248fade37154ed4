import type { FastifyInstance, FastifyRequest } from 'fastify'
import { accessErrors, type Sessions } from '../access/index.ts'
import { neighbourhoodOf } from '../base/address.ts'
import { Refusal } from '../base/error.ts'
import { openCount } from '../base/rate.ts'
import type { Stream } from '../base/stream.ts'
import type { Knock } from './knock.ts'

/** Open pages: for one session, one person, one address and this process. */
const most = { session: 32, person: 100, address: 2000, all: 5000 }
const lookMs = 5_000
/** A page that takes nothing for so many bytes is gone, whatever its connection says. */
const mostUnsent = 256 * 1024

/** `GET /api/stream`: one long answer for each open page. What is told in it is decided in `base/stream.ts`. */
export function registerStream(
  app: FastifyInstance,
  { stream, knock, sessions }: { stream: Stream; knock: Knock; sessions: Sessions },
): void {
  const lines = new Set<() => void>()
  const enter = openPlaces()

  app.get('/api/stream', async (request, reply) => {
    const { raw } = reply
    // A page may be closed while its session is looked up: nothing is begun for it then.
    let gone = raw.destroyed || request.raw.destroyed
    const closed: (() => void)[] = []
    raw.once('close', () => {
      gone = true
      for (const undo of closed) undo()
    })
    const found = await knock.listen(request)
    const { sessionHash } = found
    let actor: typeof found.actor | null = found.actor
    const leave = enter(request, found.actor.personId, sessionHash)
    reply.hijack()
    if (gone) return leave()
    closed.push(leave)

    const write = (text: string): void => {
      if (gone) return
      if (raw.writableLength > mostUnsent) raw.destroy()
      else raw.write(text)
    }
    raw.on('error', () => undefined)
    raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    write('retry: 2000\n\ndata: {"topic":"hello"}\n\n')
    closed.push(
      stream.add({
        actor: () => actor,
        send: (event) => write(`data: ${event}\n\n`),
        async look() {
          actor = await sessions.refresh(sessionHash)
        },
      }),
    )
    // Keeps the line open through proxies, and looks whether the session still holds, without keeping it awake.
    let looking = false
    const timer = setInterval(async () => {
      // While the database does not answer, one look waits for it, and not one more every few seconds.
      if (looking) return
      looking = true
      actor = await sessions.find(sessionHash, false).catch(() => actor)
      looking = false
      if (actor) write(': \n\n')
      else raw.end()
    }, lookMs)
    const end = () => raw.end()
    lines.add(end)
    closed.push(
      () => clearInterval(timer),
      () => lines.delete(end),
    )
  })

  app.addHook('preClose', async () => {
    for (const end of lines) end()
  })
}

/** Takes a place for each bound there is, all or none. */
function openPlaces() {
  const bounds = {
    session: openCount(most.session),
    person: openCount(most.person),
    address: openCount(most.address),
    all: openCount(most.all),
  }
  return (request: FastifyRequest, personId: number, sessionHash: Buffer): (() => void) => {
    const keys = {
      session: sessionHash.toString('base64'),
      person: String(personId),
      address: neighbourhoodOf(request.ip),
      all: 'all',
    }
    const taken: (() => void)[] = []
    const leave = () => {
      for (const one of taken) one()
    }
    for (const of of Object.keys(keys) as (keyof typeof keys)[]) {
      const place = bounds[of].enter(keys[of])
      if (!place) {
        leave()
        throw new Refusal(accessErrors.too_many_pages, { seconds: 30 })
      }
      taken.push(place)
    }
    return leave
  }
}
