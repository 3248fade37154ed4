import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { baseErrors, Refusal } from '../base/error.ts'
import { type Health, oneLook, unwell } from '../base/health.ts'
import { isAtHome } from './host.ts'

interface Watched {
  readonly token: string | undefined
  /** Behind a proxy only the token counts. */
  readonly proxied: boolean
  health(): Promise<Health>
  metrics(): Promise<string>
  /** How long the database has to answer. */
  readonly withinMs?: number
}

/** What operators watch. Strangers learn whether the system is well and nothing else. */
export function registerWatch(app: FastifyInstance, { token, proxied, health, metrics, withinMs }: Watched): void {
  const look = oneLook(health, unwell, withinMs)
  const mayLook = (request: FastifyRequest) =>
    (!proxied && isAtHome(request)) || (token !== undefined && isBearer(request, token))

  // For strangers the database is asked once a second at most, however many ask how often.
  let last: { readonly at: number; readonly answer: Promise<Health> } | null = null
  const lately = (): Promise<Health> => {
    if (!last || performance.now() - last.at > 1000) last = { at: performance.now(), answer: look() }
    return last.answer
  }

  app.get('/healthz', async (request, reply) => {
    const known = mayLook(request)
    const found = await (known ? look() : lately())
    // What is late or held back is no reason to send people elsewhere: the pages answer, and an operator has to look.
    const ok = found.database && !found.outwardHeld && Object.values(found.late).every((count) => count === 0)
    return reply
      .status(found.database ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ok, ...(known && { program: 'anlan', ...found }) })
  })
  app.get('/metrics', async (request, reply) => {
    if (!mayLook(request)) throw new Refusal(baseErrors.forbidden)
    return reply.type('text/plain; version=0.0.4').send(await metrics())
  })
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const isBearer = (request: FastifyRequest, token: string) =>
  timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))
