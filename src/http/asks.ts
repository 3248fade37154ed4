import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hashToken, type Sessions } from '../access/index.ts'
import type { Ask } from '../base/contract.ts'
import type { Call, Caller, Served } from '../base/serve.ts'
import { describeAgent } from './agent.ts'
import { commonBytes, isLarge, openBytes, readJson } from './body.ts'
import { isOwnHost } from './host.ts'
import { type Knock, sessionCookie } from './knock.ts'

const deviceCookie = 'anlan_device'
const deviceDays = 180

interface Given {
  readonly rooms: readonly Served[]
  readonly call: Call
  readonly knock: Knock
  readonly sessions: Sessions
  readonly secure: boolean
  readonly publicUrl: string | undefined
  /** Answers asks that are large or heavy in the place of this process. */
  readonly forward?: ((request: FastifyRequest, reply: FastifyReply) => Promise<void>) | undefined
}

/** `POST /api/<room>.<verb_noun>`: a route for each ask, so that each has its own limit before a byte is read. */
export function registerAsks(app: FastifyInstance, { rooms, call, knock, sessions, secure, publicUrl, forward }: Given): void {
  app.decorateRequest('who')
  const all = rooms.flatMap(({ asks }) => Object.entries<Ask>(asks))
  for (const [name, ask] of all)
    app.post(
      `/api/${name}`,
      {
        bodyLimit: ask.maxBytes ?? (ask.open ? openBytes : commonBytes),
        onRequest: forward && (isLarge(ask) || ask.heavy) ? forward : (request, reply) => knock.ask(request, reply, name, ask),
      },
      (request, reply) => answer(request, reply, name),
    )
  app.post<{ Params: { name: string } }>(
    '/api/:name',
    { onRequest: (request, reply) => knock.ask(request, reply, (request.params as { name: string }).name, undefined) },
    (request, reply) => answer(request, reply, request.params.name),
  )

  function answer(request: FastifyRequest, reply: FastifyReply, name: string): Promise<unknown> {
    void reply.header('cache-control', 'no-store')
    return call(callerOf(request, reply), name, () => readJson(request.body))
  }

  function callerOf(request: FastifyRequest, reply: FastifyReply): Caller {
    const { actor, sessionHash, browser } = request.who
    const cookie = { httpOnly: true, sameSite: 'lax', secure } as const
    const caller = {
      actor,
      sessionHash,
      browser,
      address: request.ip,
      background: request.headers['x-anlan-background'] !== undefined,
      ownHost: isOwnHost(request.headers.host, publicUrl),
      agent: describeAgent(request.headers['user-agent']),
      device: request.cookies[deviceCookie] ?? null,
      async refresh() {
        caller.actor = caller.sessionHash ? await sessions.refresh(caller.sessionHash) : null
        return caller.actor
      },
      setSession(token: string | null) {
        caller.sessionHash = token === null ? null : hashToken(token)
        if (token === null) void reply.clearCookie(sessionCookie, { path: '/' })
        else void reply.setCookie(sessionCookie, token, { ...cookie, path: '/' })
      },
      keepDevice(token: string) {
        void reply.setCookie(deviceCookie, token, { ...cookie, path: '/api', maxAge: deviceDays * 86_400 })
      },
    }
    return caller
  }
}
