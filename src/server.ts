import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import staticFiles from '@fastify/static'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { hashToken, openSessions } from './access/index.ts'
import { projectRoot } from './base/config.ts'
import type { Actor, Db } from './base/db.ts'
import { baseErrors, errorBody, Refusal } from './base/error.ts'
import { readHealth, readQueue } from './base/health.ts'
import type { Log } from './base/log.ts'
import { openMetrics } from './base/metrics.ts'
import { openApi, openApiPage } from './base/openapi.ts'
import { asRefusal, type Caller, serve } from './base/serve.ts'
import type { Stream } from './base/stream.ts'
import { registerWebhooks } from './monitoring/index.ts'
import { openTrail } from './privacy/index.ts'
import { jobs, served } from './rooms.ts'

export interface ServerOptions {
  readonly db: Db
  readonly log: Log
  readonly stream: Stream | null
  /** Whether browsers reach us over TLS, so that the session cookie says so. */
  readonly secure?: boolean
  readonly trustProxy?: boolean
}

const bodyLimitMb = 16
const sessionCookie = 'anlan_session'

/** Hangs the rooms on HTTP. The console's files, the asks, the stream of news, and what operators watch. */
export async function buildServer({
  db,
  log,
  stream,
  secure = false,
  trustProxy = false,
}: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: bodyLimitMb * 1024 * 1024,
    trustProxy,
    genReqId: () => randomUUID().slice(0, 8),
    requestTimeout: 60_000,
  })
  const metrics = openMetrics(async () => ({ queue: await readQueue(db), health: await readHealth(db, jobs) }))
  const sessions = openSessions(db)
  const trail = openTrail(db)
  const call = serve({
    db,
    rooms: served,
    trail,
    onAsked: metrics.asked,
    onDefect: (error, name, trace) => log.error({ err: error, ask: name, trace }, 'defect'),
  })
  app.addHook('onClose', () => trail.close())

  await app.register(helmet, {
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: secure ? [] : null,
      },
    },
    strictTransportSecurity: secure,
    referrerPolicy: { policy: 'no-referrer' },
  })
  // Fast rather than small: answers are made anew each time. The console's files were compressed when it was built.
  await app.register(compress, { threshold: 2048, encodings: ['gzip'], zlibOptions: { level: 3 } })
  await app.register(cookie)
  // Before the routes: each takes the error handler that it finds when it is made.
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const refusal = error instanceof Refusal ? error : fromHttp(error, request.id)
    // Somebody who closed the page while it was answered is no defect of ours.
    if (refusal.entry === baseErrors.unexpected && !(error instanceof Refusal) && error.code !== 'ERR_STREAM_PREMATURE_CLOSE')
      log.error({ err: error, route: request.routeOptions.url, trace: request.id }, 'defect')
    return reply.status(refusal.entry.status).send(errorBody(refusal, String(refusal.facts.trace ?? request.id)))
  })

  function callerOf(request: FastifyRequest, reply: FastifyReply, actor: Actor | null, sessionHash: Buffer | null): Caller {
    const caller = {
      actor,
      sessionHash,
      // Gone when the other side hung up before it was answered.
      address: request.ip ?? 'gone',
      async refresh() {
        caller.actor = caller.sessionHash ? await sessions.refresh(caller.sessionHash) : null
        return caller.actor
      },
      setSession(token: string | null) {
        caller.sessionHash = token === null ? null : hashToken(token)
        if (token === null) void reply.clearCookie(sessionCookie, { path: '/' })
        else void reply.setCookie(sessionCookie, token, { path: '/', httpOnly: true, sameSite: 'lax', secure })
      },
    }
    return caller
  }

  const tokenOf = (request: FastifyRequest): string | undefined =>
    /^Bearer ([\w-]{20,})$/.exec(request.headers.authorization ?? '')?.[1] ?? request.cookies[sessionCookie]

  app.post<{ Params: { name: string } }>('/api/:name', async (request, reply) => {
    refuseForeign(request)
    const token = tokenOf(request)
    const hash = token ? hashToken(token) : null
    const actor = hash ? await sessions.find(hash) : null
    void reply.header('cache-control', 'no-store')
    return call(callerOf(request, reply, actor, hash), request.params.name, request.body)
  })

  const closing = new Set<() => void>()
  if (stream) {
    app.get('/api/stream', async (request, reply) => {
      const token = tokenOf(request)
      const hash = token ? hashToken(token) : null
      let actor = hash ? await sessions.find(hash) : null
      if (!hash || !actor) throw new Refusal(baseErrors.unauthenticated)
      reply.hijack()
      const { raw } = reply
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      raw.write('retry: 2000\n\ndata: {"topic":"hello"}\n\n')
      const remove = stream.add({
        actor: () => actor,
        send: (topic) => raw.write(`data: ${JSON.stringify({ topic })}\n\n`),
      })
      // Keeps the line open through proxies, and looks whether the session still holds.
      const timer = setInterval(async () => {
        actor = await sessions.find(hash).catch(() => actor)
        if (actor) raw.write(': \n\n')
        else raw.end()
      }, 5_000)
      const end = () => raw.end()
      closing.add(end)
      raw.on('error', () => undefined)
      raw.on('close', () => {
        clearInterval(timer)
        remove()
        closing.delete(end)
      })
    })
  }

  app.get('/api/openapi.json', async (request) => openApi(served, `${request.protocol}://${request.host}`))
  app.get('/api', async (_request, reply) => reply.type('text/html; charset=utf-8').send(openApiPage(served)))

  app.get('/healthz', async (_request, reply) => {
    // What is late is no reason to send people elsewhere: the pages answer, and an operator has to look.
    const { database, late } = await readHealth(db, jobs)
    const ok = database && Object.values(late).every((count) => count === 0)
    return reply.status(database ? 200 : 503).send({ program: 'anlan', ok, database, late })
  })
  app.get('/metrics', async (request, reply) => {
    if (!['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(request.ip)) throw new Refusal(baseErrors.forbidden)
    return reply.type('text/plain; version=0.0.4').send(await metrics.text(stream?.size ?? 0))
  })
  await registerWebhooks(app, db, log)

  const console_ = join(projectRoot, 'web/dist')
  if (existsSync(console_)) {
    await app.register(staticFiles, {
      root: console_,
      preCompressed: true,
      index: 'console.html',
      cacheControl: false,
      setHeaders: (reply, path) =>
        void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const page = request.method === 'GET' && !/^\/(api|assets|intake)\b/.test(request.url) && !/\.\w{2,5}(\?|$)/.test(request.url)
    if (page && existsSync(console_)) return reply.header('cache-control', 'no-cache').sendFile('console.html')
    throw new Refusal(baseErrors.not_found)
  })

  app.addHook('preClose', async () => {
    for (const end of closing) end()
  })
  return app
}

/** A page of another site can make a browser send our cookie, but not our header. */
function refuseForeign(request: FastifyRequest): void {
  if (request.headers.authorization || request.headers['x-anlan-csrf']) return
  throw new Refusal(baseErrors.bad_origin)
}

function fromHttp(error: FastifyError, trace: string): Refusal {
  if (error.statusCode === 413) return new Refusal(baseErrors.body_too_large, { limit: bodyLimitMb })
  if (error.statusCode && error.statusCode < 500)
    return new Refusal(baseErrors.invalid_input, {}, [{ path: '', zh: '不是有效的 JSON', en: 'not valid JSON' }])
  return asRefusal(error, trace)
}
