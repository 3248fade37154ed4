import { z } from 'zod'

/**
 * One thing the system can be asked to do. Plain data: server, browser, command line and tests all read it.
 * `right` decides who may ask and, by where the right is held, which rows the database will show.
 * `open` asks need no sign-in and run without an actor; `maxBytes` lets an ask take a large body; what is `heavy` works on much.
 * Both are answered by the process behind the one that people ask.
 */
export interface Ask<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: Words
  readonly right: string | null
  readonly writes?: true
  readonly open?: true
  readonly maxBytes?: number
  readonly heavy?: true
  readonly input: I
  readonly output: O
  /** What the trail names as the thing asked about, such as `case:12`. Never personal data. */
  subject?(input: z.output<I>): string
}

/** A sentence in both languages of the product. Chinese comes first. */
export interface Words {
  readonly zh: string
  readonly en: string
}

export type Contract = Readonly<Record<string, Ask>>
/** What a caller sends. */
export type Input<A extends Ask> = z.input<A['input']>
/** What a handler receives after parsing. */
export type Parsed<A extends Ask> = z.output<A['input']>
/** What a caller gets back. */
export type Output<A extends Ask> = z.output<A['output']>

export function contract<const C extends Contract>(asks: C): C {
  return asks
}

/** Declares an ask with exact types: whether it writes and which right it needs decide what its handler is given. */
export function ask<
  const R extends string | null,
  I extends z.ZodType,
  O extends z.ZodType,
  const W extends true | undefined = undefined,
>(of: {
  readonly summary: Words
  readonly right: R
  readonly writes?: W
  /** Strangers may ask it too. */
  readonly open?: true
  /** What its body may hold at most; 64 kB unless it says so. */
  readonly maxBytes?: number
  /** It works on more than may be done beside what people wait for. */
  readonly heavy?: true
  readonly input: I
  readonly output: O
  readonly subject?: (input: z.output<I>) => string
}): {
  readonly summary: Words
  readonly right: R
  readonly open?: true
  readonly maxBytes?: number
  readonly heavy?: true
  readonly input: I
  readonly output: O
  subject?(input: z.output<I>): string
} & (W extends true ? { readonly writes: true } : unknown) {
  return of as never
}

export type Client<C extends Contract> = { readonly [K in keyof C]: (input: Input<C[K]>) => Promise<Output<C[K]>> }
export type Transport = (name: string, input: unknown) => Promise<unknown>

/** The command line and the tests call the server through this; only the transport differs. */
export function client<C extends Contract>(asks: C, send: Transport): Client<C> {
  return Object.fromEntries(Object.keys(asks).map((name) => [name, (input: unknown) => send(name, input)])) as Client<C>
}

/** A moment, as the wire carries it: one that PostgreSQL and JavaScript both know, so in the years 1 to 9999 whatever its offset. */
export const Moment = z.iso
  .datetime({ offset: true })
  .refine((text) => isMoment(text), { error: 'not a moment of the years 1 to 9999', params: { zh: '时间超出可用范围' } })

const [firstMs, lastMs] = [Date.parse('0001-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59.999Z')]
function isMoment(text: string): boolean {
  const ms = Date.parse(text)
  // No zone on Earth is further from Greenwich than 14 hours; PostgreSQL refuses 16 and more.
  return ms >= firstMs && ms <= lastMs && !/[+-](1[5-9]|2\d):?\d\d$/.test(text)
}

/** A row number of a table that grows with people and cases: PostgreSQL's `int`. */
export const Id = z.int().positive().max(2_147_483_647)
/** A row number of a table that grows with what is said and done (posts, mentions, notices, the trail): `bigint`, as far as JSON is exact. */
export const LongId = z.int().positive()
/** `updatedAt` of what is changed, as it was on the page: what somebody else changed since then is refused with `conflict`. */
export const Seen = Moment.optional()

/** Cursor pages: newest first, `before` is the `next` of the page above. */
export const PageInput = z.object({
  before: z.string().max(200).optional(),
  limit: z.int().min(1).max(200).default(50),
})
