import { createHash, timingSafeEqual } from 'node:crypto'
import { type Agent, type ClientRequest, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Transform } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { baseErrors, errorBody, Refusal } from '../base/error.ts'
import type { Counted } from '../base/metrics.ts'

/** Where the back process listens: at this machine's loopback, for whoever brings the key. */
export interface BackDoor {
  readonly port: number
  readonly key: string
  readonly agent: Agent
}

export interface BackProcess {
  /** Null while it is away. */
  find(): BackDoor | null
  /** Hears what it counts. */
  onCounted(listener: (counted: Counted) => void): void
}

const keyHeader = 'x-anlan-back'

/** These are of one connection, or are said anew. */
const ofOneConnection = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade', 'expect'],
  ...['x-forwarded-for', 'forwarded', keyHeader],
])

/** Before anything of a request is read, hands it on as it comes and its answer back; while nobody is there it is refused as busy. */
export function forwardTo(find: () => BackDoor | null) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const door = find()
    if (!door) throw new Refusal(baseErrors.busy)
    reply.hijack()
    pass(request, reply, door)
  }
}

function pass({ raw, ip, id }: FastifyRequest, { raw: out }: FastifyReply, { port, key, agent }: BackDoor): void {
  const headers = { ...endToEnd(raw.headers), 'x-forwarded-for': ip, [keyHeader]: key }
  const onward: ClientRequest = httpRequest({
    ...{ host: '127.0.0.1', port, agent, method: raw.method ?? 'GET', path: raw.url ?? '/', headers },
  })
  const body = inSmallParts()
  onward.on('response', (answer) => {
    // Answered before all was read: what still comes is not waited for.
    const unread = !raw.complete
    if (unread) raw.unpipe(body)
    out.writeHead(answer.statusCode ?? 502, { ...endToEnd(answer.headers), ...(unread && { connection: 'close' }) })
    answer.pipe(inSmallParts()).pipe(out)
    answer.on('error', () => out.destroy())
  })
  onward.on('error', () => {
    if (out.headersSent) return void out.destroy()
    const { entry } = new Refusal(baseErrors.busy)
    out.writeHead(entry.status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
    out.end(JSON.stringify(errorBody(new Refusal(entry), id)))
  })
  // Hung up by who asked, or answered in full: either way there is nothing more to send.
  out.on('close', () => onward.destroy())
  raw.pipe(body).pipe(onward)
}

const restMs = 2

/**
 * One part of at most 64 kB, then a rest, 30 MB a second together. Without it a turn of the loop takes two megabytes, 30 ms, and an ask needs
 * ten turns to be answered; without a rest, processors that sender and receiver keep busy are missing where people wait.
 */
const inSmallParts = (): Transform =>
  new Transform({
    ...{ readableHighWaterMark: 1, writableHighWaterMark: 1 },
    transform(part, _encoding, done) {
      this.push(part)
      setTimeout(done, restMs)
    },
  })

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = String(headers.connection ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ofOneConnection.has(name) && !named.includes(name)))
}

/**
 * The other side: whoever does not bring the key is cut off before anything else. An answer never closes the connection that it came by:
 * what was not read is let flow past, until the process in front has seen the answer and hangs up.
 */
export function admitFront(app: FastifyInstance, key: string): void {
  const digest = (text: unknown) => createHash('sha256').update(String(text)).digest()
  const right = digest(key)
  app.addHook('onRequest', async (request, reply) => {
    if (timingSafeEqual(digest(request.headers[keyHeader]), right)) return
    reply.hijack()
    request.raw.socket.destroy()
  })
  app.addHook('onSend', async (_request, reply) => {
    reply.removeHeader('connection')
  })
}
