import { randomUUID } from 'node:crypto'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import helmet from '@fastify/helmet'
import Fastify, { type FastifyInstance } from 'fastify'
import { openSessions } from './access/index.ts'
import { addressOf, type Trust, trustNobody } from './base/address.ts'
import type { Db } from './base/db.ts'
import { baseErrors, Refusal } from './base/error.ts'
import { readHealth, readQueue } from './base/health.ts'
import type { Log } from './base/log.ts'
import { type Counted, openMetrics } from './base/metrics.ts'
import { openApi, openApiPage } from './base/openapi.ts'
import { serve } from './base/serve.ts'
import type { Stream } from './base/stream.ts'
import { registerAsks } from './http/asks.ts'
import { commonBytes, takeBytes } from './http/body.ts'
import { registerConsole } from './http/console.ts'
import { answerFaults, answerUnaddressed } from './http/fault.ts'
import { admitFront, type BackProcess, forwardTo } from './http/forward.ts'
import { isProxied } from './http/host.ts'
import { registerIntake } from './http/intake.ts'
import { openKnock } from './http/knock.ts'
import { openStrangers } from './http/strangers.ts'
import { registerStream } from './http/stream.ts'
import { registerWatch } from './http/watch.ts'
import { openTrail } from './privacy/index.ts'
import { jobs, served } from './rooms.ts'

export interface ServerOptions {
  readonly db: Db
  readonly log: Log
  readonly stream: Stream | null
  /** The address that people use. Over TLS the session cookie says so. */
  readonly publicUrl?: string | undefined
  /** Which proxies are believed when they say who asked them. */
  readonly trust?: Trust
  /** Lets somebody who is not at this machine read `/metrics`. */
  readonly metricsToken?: string | undefined
  /** What rates are measured by; tests hold it still. */
  readonly clock?: () => number
  /** Hands what works on large bodies on to the process behind this one. */
  readonly back?: BackProcess
  /** This is the process behind: nobody comes in but with this key, and what is counted is said to the one in front. */
  readonly behind?: { readonly key: string; readonly tell: (counted: Counted) => void }
}

/** What pages read by themselves is to be shared, and still fresh. */
const mostGatherMs = 300

/** How long open requests may take to end when the server closes. */
const closingMs = 2_000

/** Hangs the rooms on HTTP. The console's files, the asks, the stream of news, and what operators watch. */
export async function buildServer(options: ServerOptions): Promise<FastifyInstance> {
  const { db, log, stream, publicUrl, trust = trustNobody, metricsToken, clock = () => performance.now(), back, behind } = options
  const secure = publicUrl?.startsWith('https:') === true
  const app = Fastify({
    bodyLimit: commonBytes,
    genReqId: () => randomUUID().slice(0, 8),
    requestTimeout: 60_000,
    // Its answer would not be one of ours.
    return503OnClosing: false,
    frameworkErrors: answerUnaddressed,
  })
  const metrics = openMetrics(async () => ({ queue: await readQueue(db), health: await readHealth(db, jobs) }))
  const sessions = openSessions(db)
  const trail = openTrail(db)
  const count = behind ? behind.tell : metrics.count
  back?.onCounted(metrics.count)
  const strangers = openStrangers(trail, log, (refused) => count({ refused }), clock)
  const call = serve({
    db,
    rooms: served,
    trail: { record: strangers.record, recordIn: trail.recordIn },
    onAsked: (asked) => {
      count({ asked })
      if (!asked.background) stream?.pace.asked(asked.durationMs)
    },
    gatherMs: () => Math.min(mostGatherMs, (stream?.pace.everyMs ?? 0) / 5),
    onDefect: (error, name, trace) => log.error({ err: error, ask: name, trace }, 'defect'),
  })
  const knock = openKnock({ sessions, strangers, trail, clock })
  app.addHook('onClose', async () => {
    await strangers.close()
    await trail.close()
  })

  if (behind) admitFront(app, behind.key)
  let closing = false
  app.addHook('onRequest', async (_request, reply) => {
    if (!closing) return
    reply.header('connection', 'close')
    throw new Refusal(baseErrors.busy)
  })
  // The address that everything counts and records. A property, so that nothing can read what the client wrote in its place.
  app.addHook('onRequest', async (request) => {
    const forwarded = request.headers['x-forwarded-for']
    const ip = addressOf(request.socket.remoteAddress, Array.isArray(forwarded) ? forwarded.join() : forwarded, trust)
    Object.defineProperty(request, 'ip', { value: ip })
  })
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
  // Fast rather than small: answers are made anew each time. The console's files were compressed when it was built. What comes in is
  // never unpacked.
  await app.register(compress, { globalDecompression: false, threshold: 2048, encodings: ['gzip'], zlibOptions: { level: 3 } })
  await app.register(cookie)
  // Before the routes: each takes the error handler and the parsers that it finds when it is made.
  answerFaults(app, log)
  takeBytes(app)
  const forward = back && forwardTo(back.find)
  registerAsks(app, { rooms: served, call, knock, sessions, secure, publicUrl, forward })
  if (stream) registerStream(app, { stream, knock, sessions })
  const document = openApi(served, publicUrl ?? '/')
  app.get('/api/openapi.json', async () => document)
  const page = openApiPage(served)
  app.get('/api', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  registerWatch(app, {
    token: metricsToken,
    proxied: isProxied(publicUrl, trust),
    health: () => readHealth(db, jobs),
    metrics: () => metrics.text(stream?.size ?? 0),
  })
  if (forward) app.all('/intake/*', { onRequest: forward }, async () => undefined)
  else await registerIntake(app, { db, log, strangers, clock })
  await registerConsole(app)

  app.addHook('preClose', async () => {
    closing = true
    // Whatever is still open then, or never read, is cut.
    setTimeout(() => app.server.closeAllConnections(), closingMs).unref()
  })
  return app
}
