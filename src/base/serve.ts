import { randomUUID } from 'node:crypto'
import type { z } from 'zod'
import { cleanInput } from './clean.ts'
import type { Ask, Contract, Output, Parsed } from './contract.ts'
import { type Actor, type Db, type DoorTx, type ReadTx, type Scope, StaleContext, type Tx } from './db.ts'
import { baseErrors, type FieldFault, Refusal } from './error.ts'
import { isConnectionLost } from './loop.ts'
import { reaches } from './news.ts'
import { openTurns } from './rate.ts'
import { openShares } from './share.ts'

/** Who is asking, from where, and how to look again when what they may do has changed in between. */
export interface Caller {
  readonly actor: Actor | null
  readonly address: string
  /** A page that refreshes itself, without its person having done anything. */
  readonly background: boolean
  /** False when a browser came under a name that is not ours, so that the page behind it may be somebody else's. */
  readonly ownHost: boolean
  /** The session came as a browser's cookie. */
  readonly browser: boolean
  /** Browser and system in two words. */
  readonly agent: string
  /** By which a browser is known from an earlier sign-in. */
  readonly device: string | null
  /** What an ask at the door found out it is about, for the trail. */
  subject?: string
  refresh(): Promise<Actor | null>
  /** Opens (a token) or ends (null) the session of this caller; only asks at the door use it. */
  setSession(token: string | null): void
  /** Lets this browser be known at its next sign-in. */
  keepDevice(token: string): void
  readonly sessionHash: Buffer | null
}

/** A caller inside the program, without session or browser. */
export const callerWithin = (actor: Actor | null, refresh: Caller['refresh']): Caller => ({
  actor,
  address: '127.0.0.1',
  background: false,
  ownHost: true,
  browser: false,
  agent: '',
  device: null,
  sessionHash: null,
  refresh,
  setSession: () => undefined,
  keepDevice: () => undefined,
})

/** What a handler may know of its caller beyond the transaction. */
export interface Context {
  readonly actor: Actor
  /** Where the right of this ask is held. */
  readonly scope: Scope
}

export type Door = <T>(work: (tx: DoorTx) => Promise<T>) => Promise<T>

type Handler<A extends Ask> = A['right'] extends null
  ? (door: Door, input: Parsed<A>, caller: Caller) => Promise<Output<A>>
  : A extends { readonly writes: true }
    ? (tx: Tx, input: Parsed<A>, context: Context) => Promise<Output<A>>
    : (tx: ReadTx, input: Parsed<A>, context: Context) => Promise<Output<A>>

/** What a shared read may know: where the right is held, and not by whom. */
export interface ScopeOnly {
  readonly scope: Scope
}

interface Sharing {
  readonly read: (tx: ReadTx, input: never, context: never) => Promise<unknown>
  readonly shape?: (found: never, input: never, context: Context) => unknown
  /** The answer is one person's own, and only the transaction is shared. */
  readonly own?: true
}

/**
 * A read that is the same for all who hold its right at the same place: who ask it at the same moment are answered by one reading.
 * What differs between them, such as abilities, is added by `shape`, for each.
 */
export function shared<I, F, R = F>(
  read: (tx: ReadTx, input: I, context: ScopeOnly) => Promise<F>,
  shape?: (found: F, input: I, context: Context) => R,
): (tx: ReadTx, input: I, context: Context) => Promise<R> {
  const handler = async (tx: ReadTx, input: I, context: Context) => {
    const found = await read(tx, input, { scope: context.scope })
    return shape ? shape(found, input, context) : (found as unknown as R)
  }
  return Object.assign(handler, { sharing: { read, shape } })
}

/**
 * A read that sees the same rows for all who hold its right at the same place, and says of them what differs from person to person. Open
 * pages that read it by themselves share a transaction with others of their place.
 */
export const together = <I, R>(read: (tx: ReadTx, input: I, context: Context) => Promise<R>): typeof read =>
  Object.assign((tx: ReadTx, input: I, context: Context) => read(tx, input, context), { sharing: { read, own: true } })

export type Handlers<C extends Contract> = { readonly [K in keyof C]: Handler<C[K]> }

export interface Served {
  readonly asks: Contract
  readonly handlers: Readonly<Record<string, unknown>>
}

/** Binds a room's handlers to its contract; a missing or mistyped one does not compile. */
export const handle = <const C extends Contract>(asks: C, handlers: Handlers<C>): Served => ({ asks, handlers })

/** One ask as the trail keeps it. */
export interface TrailEntry {
  readonly personId: number | null
  readonly address: string
  readonly ask: string
  readonly subject: string | null
  readonly tier: string | null
  readonly unitIds: readonly number[]
  readonly outcome: 'allowed' | 'refused' | 'failed'
  readonly code: string | null
  readonly writes: boolean
  /** An open page read again by itself, and was answered. What was changed or refused is never set aside as such. */
  readonly background: boolean
  readonly durationMs: number
}

/** Where the trail goes. The room above that keeps it is handed in, as base knows no room. */
export interface Trail {
  /** Settles when the row is durable; the answer waits for it. */
  record(entry: TrailEntry): Promise<void>
  /** Writes the row in the transaction of the change itself. */
  recordIn(tx: Tx, entry: TrailEntry): Promise<void>
}

export interface Asked {
  readonly name: string
  readonly outcome: TrailEntry['outcome']
  /** An open page asked by itself. */
  readonly background: boolean
  readonly durationMs: number
}

/** `read` gives the input once it is wanted: nothing is parsed for somebody who may not ask. */
export type Call = (caller: Caller, name: string, read: () => unknown) => Promise<unknown>

export interface ServeOptions {
  readonly db: Db
  readonly rooms: readonly Served[]
  readonly trail: Trail
  readonly onAsked?: (asked: Asked) => void
  /** How long what open pages ask by themselves waits for others of the same place. */
  readonly gatherMs?: () => number
  /** Called with what is no refusal: a defect, to be logged under the trace number that the caller is given. */
  readonly onDefect?: (error: unknown, name: string, trace: string) => void
}

/** So many different asks of one person are in the database at once: the connections of their tier are also for others. */
const askedAtOnce = 3

/** Turns every room's handlers into one function. The order here is the whole life of a request. */
export function serve({ db, rooms, trail, onAsked, gatherMs = () => 0, onDefect }: ServeOptions): Call {
  const known = new Map<string, { ask: Ask; run: (...given: never[]) => Promise<unknown>; sharing: Sharing | undefined }>()
  for (const { asks, handlers } of rooms)
    for (const [name, ask] of Object.entries(asks)) {
      const run = handlers[name] as { sharing?: Sharing } | undefined
      known.set(name, { ask, run: run as never, sharing: run?.sharing })
    }
  const shares = openShares(db, gatherMs)
  const inTurn = openTurns(askedAtOnce)

  return async (caller, name, read) => {
    const found = known.get(name)
    if (!found) throw new Refusal(baseErrors.not_found)
    const { ask } = found
    const started = performance.now()
    let actor = caller.actor
    let subject: string | null = null

    const entry = (outcome: TrailEntry['outcome'], code: string | null): TrailEntry => {
      const scope = ask.right === null ? undefined : actor?.scopes.get(ask.right)
      const durationMs = performance.now() - started
      const personId = actor?.personId ?? null
      const where = { tier: scope?.tier ?? null, unitIds: scope && scope.tier !== 'group' ? scope.units : [] }
      return {
        personId,
        address: caller.address,
        ask: name,
        subject,
        ...where,
        outcome,
        code,
        writes: ask.writes === true,
        background: caller.background && ask.writes !== true && outcome === 'allowed',
        durationMs,
      }
    }

    const readShared = async ({ read, shape, own }: Sharing, parsed: unknown, context: Context): Promise<unknown> => {
      const { scope, actor } = context
      const right = ask.right as string
      const place = `${right}|${scope.tier}|${scope.units.join()}`
      const key = `${name}|${place}|${JSON.stringify(parsed)}`
      const asking = { key, place, actor, right, own: own === true, patient: caller.background }
      const take = () =>
        shares.ask(asking, async (tx) => {
          const result = await read(tx, parsed as never, (own ? context : { scope }) as never)
          return shape ? result : ask.output.parse(result)
        })
      // What pages ask by themselves has turns of its own.
      const answer = await (caller.background ? take() : inTurn(actor.personId, key, take))
      return shape ? ask.output.parse(shape(answer as never, parsed as never, context)) : answer
    }

    const attempt = async (): Promise<unknown> => {
      if (ask.right === null) {
        const parsed = parse(ask, read())
        const answer = found.run(...([db.door, parsed, caller] as never[]))
        const result = await answer.finally(() => {
          // Who came in, or which account was tried, is known only now.
          actor = caller.actor ?? actor
          subject = caller.subject ?? null
        })
        await trail.record(entry('allowed', null))
        return result
      }
      const { right } = ask
      const scope = rightScope(actor, right)
      const parsed = parse(ask, read())
      subject = ask.subject?.(parsed) ?? null
      const context: Context = { actor: actor as Actor, scope }
      if (!ask.writes) {
        const checked = found.sharing
          ? await readShared(found.sharing, parsed, context)
          : ask.output.parse(
              await inTurn(context.actor.personId, {}, () =>
                db.read(context.actor, right, (tx) => found.run(...([tx, parsed, context] as never[]))),
              ),
            )
        await trail.record(entry('allowed', null))
        return checked
      }
      return inTurn(context.actor.personId, {}, () =>
        db.write(context.actor, right, async (tx) => {
          const checked = ask.output.parse(await found.run(...([tx, parsed, context] as never[])))
          await trail.recordIn(tx, entry('allowed', null))
          return checked
        }),
      )
    }

    try {
      for (let tries = 0; ; tries++) {
        try {
          const answer = await attempt()
          onAsked?.({ name, outcome: 'allowed', background: caller.background, durationMs: performance.now() - started })
          return answer
        } catch (error) {
          if (tries >= 3 || !isPassing(error)) throw error
          if (error instanceof StaleContext) actor = await caller.refresh()
        }
      }
    } catch (error) {
      const trace = randomUUID().slice(0, 8)
      const refusal = error instanceof StaleContext ? new Refusal(baseErrors.forbidden) : asRefusal(error, trace)
      const failed = refusal.entry.status >= 500
      if (failed) onDefect?.(error, name, trace)
      const outcome = failed ? 'failed' : 'refused'
      if (actor && ask.right !== null) subject ??= subjectOf(ask, read)
      onAsked?.({ name, outcome, background: caller.background, durationMs: performance.now() - started })
      // A database that is full or gone takes no trail row either; its own refusal then says so.
      await trail.record(entry(outcome, refusal.entry.code)).catch((failure: unknown) => {
        throw asRefusal(failure, trace)
      })
      throw refusal
    }
  }
}

function rightScope(actor: Actor | null, right: string): Scope {
  if (!actor) throw new Refusal(baseErrors.unauthenticated)
  const scope = actor.scopes.get(right)
  if (!scope) throw new Refusal(baseErrors.forbidden)
  return scope
}

function parse(ask: Ask, input: unknown): z.output<z.ZodType> {
  const parsed = ask.input.safeParse(cleanInput(input ?? {}))
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues
    .slice(0, 20)
    .map((issue): FieldFault => ({ path: issue.path.join('.'), ...describeIssue(issue) }))
  throw new Refusal(baseErrors.invalid_input, {}, fields)
}

/** What a refused ask was about, as far as its input can be read. */
function subjectOf(ask: Ask, read: () => unknown): string | null {
  try {
    return ask.subject?.(parse(ask, read())) ?? null
  } catch {
    return null
  }
}

function describeIssue(issue: z.core.$ZodIssue): { zh: string; en: string } {
  const limit = 'minimum' in issue ? Number(issue.minimum) : 'maximum' in issue ? Number(issue.maximum) : 0
  switch (issue.code) {
    case 'invalid_type':
      return { zh: '类型不对或未填写', en: `expected ${issue.expected}` }
    case 'too_small':
      return issue.origin === 'string' && limit <= 1
        ? { zh: '不能为空', en: 'must not be empty' }
        : { zh: `不能小于（少于）${limit}`, en: `must be at least ${limit}` }
    case 'too_big':
      return { zh: `不能大于（多于）${limit}`, en: `must be at most ${limit}` }
    case 'custom': {
      const { zh } = issue.params ?? {}
      return { zh: typeof zh === 'string' ? zh : '格式有误', en: issue.message }
    }
    case 'invalid_value':
      return { zh: `只能是：${issue.values.join('、')}`, en: `must be one of ${issue.values.join(', ')}` }
    default:
      return { zh: '格式不对', en: issue.message }
  }
}

/** A snapshot that met a concurrent change, or a context that has gone stale: the same ask again may well succeed. */
const isPassing = (error: unknown): boolean => error instanceof StaleContext || ['40001', '40P01'].includes(codeOf(error) ?? '')

const codeOf = (error: unknown): string | undefined => (error as { code?: unknown } | null)?.code as string | undefined

/** PostgreSQL's words for values out of range, unreadable, or too long for an index. */
const unfit = ['22003', '22007', '22008', '22021', '22P02', '22P05', '54000']

/** What a failure means to whoever asked: the disk, the database, a concurrent change, or a defect under its trace number. */
export function asRefusal(error: unknown, trace: string): Refusal {
  if (error instanceof Refusal) return error
  const code = codeOf(error)
  if (code === '53100' || code === 'ENOSPC') return new Refusal(baseErrors.storage_full)
  if (code === '40001' || code === '40P01') return new Refusal(baseErrors.conflict)
  // A value that a column cannot hold. Contracts say so first, with the place; this is the second line.
  if (code && unfit.includes(code)) return new Refusal(baseErrors.invalid_input)
  // 57014: it took longer than any ask may.
  if (code === '57014' || isConnectionLost(error)) return new Refusal(baseErrors.busy)
  return new Refusal(baseErrors.unexpected, { trace })
}

/** Whether a right of this person counts for rows of a unit. Pages get the answer as `abilities`, never the rule. */
export function covers(actor: Actor, right: string, unit: { readonly branchId: number; readonly regionId: number }): boolean {
  const scope = actor.scopes.get(right)
  return scope !== undefined && reaches(scope, unit)
}
