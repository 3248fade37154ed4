import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { baseErrors, errorBody, Refusal } from '../base/error.ts'
import type { Log } from '../base/log.ts'
import { asRefusal } from '../base/serve.ts'
import { commonBytes, sizeOf } from './body.ts'

/** Every failure becomes an entry of the catalogue; what is none of them is a defect, logged under its trace number. */
export function answerFaults(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const limit = request.routeOptions.bodyLimit ?? commonBytes
    const refusal = error instanceof Refusal ? error : fromHttp(error, request.id, limit)
    // Somebody who closed the page while it was answered is no defect of ours.
    if (refusal.entry === baseErrors.unexpected && !(error instanceof Refusal) && error.code !== 'ERR_STREAM_PREMATURE_CLOSE')
      log.error({ err: error, route: request.routeOptions.url, trace: request.id }, 'defect')
    const { seconds, minutes } = refusal.facts
    const waitSeconds = Number(seconds ?? Number(minutes ?? 0) * 60)
    if ([423, 429].includes(refusal.entry.status) && waitSeconds > 0) void reply.header('retry-after', waitSeconds)
    return reply.status(refusal.entry.status).send(errorBody(refusal, String(refusal.facts.trace ?? request.id)))
  })
}

/** What has no address here at all: an address that cannot be read, or a name that is too long. */
export function answerUnaddressed(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = new Refusal((error.statusCode ?? 500) < 500 ? baseErrors.not_found : baseErrors.unexpected, {
    trace: request.id,
  })
  void reply.status(refusal.entry.status).send(errorBody(refusal, request.id))
}

function fromHttp(error: FastifyError, trace: string, limit: number): Refusal {
  if (error.statusCode === 413) return new Refusal(baseErrors.body_too_large, { limit: sizeOf(limit) })
  if (error.statusCode && error.statusCode < 500)
    return new Refusal(baseErrors.invalid_input, {}, [{ path: '', zh: '不是有效的 JSON', en: 'not valid JSON' }])
  return asRefusal(error, trace)
}
