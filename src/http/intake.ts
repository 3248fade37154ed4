import { Transform } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { neighbourhoodOf } from '../base/address.ts'
import type { Db } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Log } from '../base/log.ts'
import { dropOldest, openCount, openRate } from '../base/rate.ts'
import { knowsWebhook, monitoringErrors, registerWebhooks } from '../monitoring/index.ts'
import { sizeOf } from './body.ts'
import type { Strangers } from './strangers.ts'

const maxBytes = 16 * 1024 * 1024
const freshSeconds = 300
/** Calls whose bodies are read at once: from one stranger's address, from one that signed well, from all of a kind. */
const readAtOnce = { strange: 4, familiar: 12, all: 24 }
/** Senders whose address signed well in the last hour have places of their own: strangers who send slowly take none of theirs. */
const knownMs = 3_600_000
const mostKnown = 1000
/** Calls that were not signed, from one address. */
const unsigned = { burst: 60, perSecond: 0.5 }

declare module 'fastify' {
  interface FastifyRequest {
    /** What a webhook sends is kept while it is read; otherwise it flows past, so that both look alike from outside. */
    kept: boolean
  }
}

/** What stands in front of the webhooks, before a body is read: who cannot have signed it goes away uncounted in any table. */
export async function registerIntake(
  app: FastifyInstance,
  { db, log, strangers, clock }: { db: Db; log: Log; strangers: Strangers; clock: () => number },
): Promise<void> {
  const byAddress = openRate(unsigned, clock)
  const placesOf = (address: number) => ({ here: openCount(address), inAll: openCount(readAtOnce.all) })
  const [strange, familiar] = [placesOf(readAtOnce.strange), placesOf(readAtOnce.familiar)]
  const signedAt = new Map<string, number>()

  await app.register(async (front) => {
    front.decorateRequest('kept', false)
    front.addHook('onRoute', (route) => {
      route.bodyLimit = maxBytes
    })
    front.addHook('onRequest', async (request, reply) => {
      const address = neighbourhoodOf(request.ip)
      const seconds = byAddress.wait(address)
      if (seconds > 0) throw new Refusal(baseErrors.too_many, { seconds })
      if (Number(request.headers['content-length']) > maxBytes)
        throw new Refusal(baseErrors.body_too_large, { limit: sizeOf(maxBytes) })
      if (request.headers['content-encoding'] !== undefined) throw new Refusal(baseErrors.body_encoded)
      const stamp = String(request.headers['x-anlan-timestamp'] ?? '')
      const age = /^\d{1,12}$/.test(stamp) ? Math.abs(Date.now() / 1000 - Number(stamp)) : Number.POSITIVE_INFINITY
      if (age > freshSeconds || !request.headers['x-anlan-signature']) throw new Refusal(monitoringErrors.signature_wrong)
      const { here, inAll } = clock() - (signedAt.get(address) ?? Number.NEGATIVE_INFINITY) < knownMs ? familiar : strange
      for (const leave of [here.enter(address), inAll.enter('all')]) {
        if (!leave) throw new Refusal(baseErrors.too_many, { seconds: 5 })
        reply.raw.once('finish', leave)
        reply.raw.once('close', leave)
      }
      const { sourceId } = request.params as { sourceId?: string }
      request.kept = await knowsWebhook(db, Number(sourceId))
    })
    front.addHook('preParsing', async (request, _reply, payload) => (request.kept ? payload : payload.pipe(flowPast())))
    front.addHook('onResponse', async (request, reply) => {
      if (reply.statusCode === 200) noteSigned(neighbourhoodOf(request.ip))
      if (reply.statusCode !== 401 && reply.statusCode !== 415) return
      byAddress.take(neighbourhoodOf(request.ip))
      strangers.refuse(request.ip, reply.statusCode === 401 ? 'signature_wrong' : 'body_encoded')
    })
    await registerWebhooks(front, db, log)
  })

  function noteSigned(address: string): void {
    signedAt.delete(address)
    signedAt.set(address, clock())
    if (signedAt.size > mostKnown) dropOldest(signedAt, mostKnown / 2)
  }
}

/** Counts what comes and keeps none of it. */
function flowPast(): Transform & { receivedEncodedLength: number } {
  const past = Object.assign(
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        past.receivedEncodedLength += chunk.length
        done()
      },
    }),
    { receivedEncodedLength: 0 },
  )
  return past
}
