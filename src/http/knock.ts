import type { FastifyReply, FastifyRequest } from 'fastify'
import { accessErrors, hashToken, type Sessions } from '../access/index.ts'
import { neighbourhoodOf } from '../base/address.ts'
import type { Ask } from '../base/contract.ts'
import type { Actor } from '../base/db.ts'
import { baseErrors, type ErrorEntry, Refusal } from '../base/error.ts'
import { dropOldest, openCount, openRate } from '../base/rate.ts'
import type { Trail, TrailEntry } from '../base/serve.ts'
import { commonBytes, isLarge } from './body.ts'
import type { Strangers } from './strangers.ts'

/** Who a request comes from, as the door found before it read a body. */
export interface Who {
  readonly actor: Actor | null
  readonly sessionHash: Buffer | null
  /** The session came as a cookie: the request is a browser's. */
  readonly browser: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    who: Who
  }
}

export const nobody: Who = { actor: null, sessionHash: null, browser: false }
export const sessionCookie = 'anlan_session'

/** Generous: what a person, and everybody behind one address, may do without being told to wait. */
const limits = {
  strangers: { burst: 600, perSecond: 30 },
  person: { burst: 5000, perSecond: 500 },
  askedAtOnce: 100,
  // Large bodies are read as slowly as they come: one person's leave room for others'.
  largeAtOnce: { person: 2, all: 12 },
}

export interface Knock {
  /** Everything that is decided about an ask before its body is read. `ask` is undefined for a name that no ask has. */
  ask(request: FastifyRequest, reply: FastifyReply, name: string, ask: Ask | undefined): Promise<void>
  /** The same for the stream of news. */
  listen(request: FastifyRequest): Promise<Who & { readonly actor: Actor; readonly sessionHash: Buffer }>
}

/**
 * The door, before anything is read: no compressed bodies, no other site's page, nobody unknown but for the few open asks, nobody too
 * fast, and no page that was drawn for somebody else. Strangers are counted, people leave a row.
 */
export function openKnock({
  sessions,
  strangers,
  trail,
  clock,
}: {
  sessions: Sessions
  strangers: Strangers
  trail: Pick<Trail, 'record'>
  clock: () => number
}): Knock {
  const byAddress = openRate(limits.strangers, clock)
  const byPerson = openRate(limits.person, clock)
  const askedAtOnce = openCount(limits.askedAtOnce)
  const largeOfPerson = openCount(limits.largeAtOnce.person)
  const largeAtOnce = openCount(limits.largeAtOnce.all)
  // Sessions that were good: a look-up for them is never refused because others at the same address try made-up ones.
  const familiar = openFamiliar()

  async function find(request: FastifyRequest, touch: boolean): Promise<Who> {
    const { token, browser } = tokenOf(request)
    if (token === undefined) return nobody
    const sessionHash = hashToken(token)
    if (!familiar.has(sessionHash)) refuseHasty(request)
    const actor = await sessions.find(sessionHash, touch)
    familiar.note(sessionHash, actor !== null)
    return { actor, sessionHash, browser }
  }

  function refuseHasty(request: FastifyRequest): void {
    const seconds = byAddress.wait(neighbourhoodOf(request.ip))
    if (seconds > 0) throw new Refusal(baseErrors.too_many, { seconds })
  }

  /** Somebody unknown, who may not be here. */
  function turnAway(request: FastifyRequest, entry: ErrorEntry): never {
    byAddress.take(neighbourhoodOf(request.ip))
    throw new Refusal(entry)
  }

  async function admit(request: FastifyRequest, reply: FastifyReply, ask: Ask | undefined): Promise<void> {
    refuseEncoded(request)
    refuseForeign(request)
    const who = await find(request, request.headers['x-anlan-background'] === undefined)
    request.who = who
    const { actor } = who
    if (!actor) {
      refuseHasty(request)
      if (!ask?.open) turnAway(request, ask ? baseErrors.unauthenticated : baseErrors.not_found)
      byAddress.take(neighbourhoodOf(request.ip))
      return
    }
    const person = String(actor.personId)
    const seconds = byPerson.wait(person)
    if (seconds > 0) throw new Refusal(baseErrors.too_many, { seconds })
    byPerson.take(person)
    refuseOtherPerson(request, actor)
    if (!ask) throw new Refusal(baseErrors.not_found)
    const large = isLarge(ask)
    // A large body is not even read for somebody who lacks the right; a small one tells the trail what was tried.
    if (large && ask.right !== null && !actor.scopes.has(ask.right)) throw new Refusal(baseErrors.forbidden)
    hold(reply, askedAtOnce.enter(person))
    if (!large) return
    hold(reply, largeOfPerson.enter(person))
    hold(reply, largeAtOnce.enter('all'))
  }

  return {
    async ask(request, reply, name, ask) {
      request.who = nobody
      try {
        await admit(request, reply, ask)
      } catch (error) {
        const code = error instanceof Refusal ? error.entry.code : 'unexpected'
        const { actor } = request.who
        if (!actor) strangers.refuse(request.ip, code)
        else if (ask && code !== 'too_many') await trail.record(refusedRow(actor, request.ip, name, ask, code))
        // What was not read is not waited for.
        if (Number(request.headers['content-length'] ?? commonBytes + 1) > commonBytes) void reply.header('connection', 'close')
        throw error
      }
    },
    async listen(request) {
      try {
        // An open page is no sign that somebody sits before it.
        const who = await find(request, false)
        const { actor, sessionHash } = who
        if (!actor || !sessionHash) turnAway(request, baseErrors.unauthenticated)
        refuseOtherPerson(request, actor)
        return { ...who, actor, sessionHash }
      } catch (error) {
        if (error instanceof Refusal) strangers.refuse(request.ip, error.entry.code)
        throw error
      }
    },
  }
}

const refusedRow = (actor: Actor, address: string, ask: string, { writes }: Ask, code: string): TrailEntry => ({
  personId: actor.personId,
  address,
  ask,
  subject: null,
  tier: null,
  unitIds: [],
  outcome: 'refused',
  code,
  writes: writes === true,
  background: false,
  durationMs: 0,
})

function hold(reply: FastifyReply, leave: (() => void) | null): void {
  if (!leave) throw new Refusal(baseErrors.too_many, { seconds: 2 })
  reply.raw.once('finish', leave)
  reply.raw.once('close', leave)
}

const wellFormed = /^[\w-]{20,64}$/

function tokenOf(request: FastifyRequest): { readonly token: string | undefined; readonly browser: boolean } {
  const bearer = /^Bearer ([\w-]{20,64})$/.exec(request.headers.authorization ?? '')?.[1]
  if (bearer) return { token: bearer, browser: false }
  const cookie = request.cookies[sessionCookie]
  return { token: cookie && wellFormed.test(cookie) ? cookie : undefined, browser: true }
}

/** A page of another site can make a browser send our cookie, but not our header. */
function refuseForeign(request: FastifyRequest): void {
  if (request.headers.authorization || request.headers['x-anlan-csrf']) return
  throw new Refusal(baseErrors.bad_origin)
}

/** A few bytes can unpack to gigabytes: nothing is unpacked here. */
function refuseEncoded(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') throw new Refusal(baseErrors.body_encoded)
}

/** Two people at one browser: what one page shows must not be done in the name of whoever signed in last. */
function refuseOtherPerson(request: FastifyRequest, actor: Actor): void {
  const { person } = request.query as { person?: string }
  const drawnFor = request.headers['x-anlan-person'] ?? person
  if (drawnFor !== undefined && drawnFor !== String(actor.personId)) throw new Refusal(accessErrors.other_person)
}

function openFamiliar(most = 10_000) {
  const known = new Set<string>()
  return {
    has: (hash: Buffer) => known.has(hash.toString('base64')),
    note(hash: Buffer, good: boolean): void {
      const key = hash.toString('base64')
      known.delete(key)
      if (good) known.add(key)
      if (known.size > most) dropOldest(known, most / 2)
    },
  }
}
