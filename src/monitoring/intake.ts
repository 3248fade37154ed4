import { sql } from 'kysely'
import type { Parsed } from '../base/contract.ts'
import { type Db, recordFact, type Tx, type WorkTx } from '../base/db.ts'
import { type Context, covers } from '../base/serve.ts'
import type { monitoring } from './contract.ts'
import { type Ground, loadGround, type Place } from './ground.ts'
import type { Item } from './item.ts'
import type { JudgedRow } from './judge-batch.ts'
import { judgeAll } from './judging.ts'
import { type Identity, identityOf } from './key.ts'
import { type ItemProblem, keepProblems, problemOf } from './problem.ts'
import { readApart } from './read-apart.ts'
import { recentMs } from './read-items.ts'
import { orRefused } from './stopped.ts'

/** Every item given is counted once, as one of the first five. */
export interface Taken {
  readonly new: number
  readonly repeated: number
  /** Other words of a post that was here: judged again, the earlier wording kept. */
  readonly updated: number
  readonly irrelevant: number
  readonly refused: ItemProblem[]
  /** What was cut or supposed of items that were taken in; the first of them. */
  readonly noted: ItemProblem[]
}

/** Whom what is severe may call: `recent` leaves items alone that were published more than three days ago. */
export type Alerting = 'all' | 'recent' | 'none'

export interface TakeInOptions {
  /** The source that brought the items; null for files. */
  readonly sourceId: number | null
  readonly demo?: boolean
  readonly alert?: Alerting
  readonly now?: number
  /** The items stood side by side in one feed: those under one number are then different posts, not wordings of one. */
  readonly sideBySide?: boolean
  /** Ends what is still being judged. */
  readonly signal?: AbortSignal
  /** Done in the transaction of the last batch, such as moving a source's clock. */
  readonly alongside?: (tx: WorkTx, taken: Taken) => Promise<void>
}

const batchItems = 500
const batchCharacters = 2_000_000
const idsInFact = 200

/**
 * Takes items in: the one way for feeds, webhooks, files and the demo. Each batch is one transaction, durable when it is counted;
 * the next is judged while the database writes. Doing it again, also side by side, changes nothing but `repeated`.
 */
export async function takeIn(db: Db, items: readonly unknown[], options: TakeInOptions): Promise<Taken> {
  const { sourceId, demo = false, alert = 'all', now = Date.now(), signal } = options
  const { ground, source } = await db.work(async (tx) => ({
    ground: await loadGround(tx),
    source: await findSource(tx, sourceId),
  }))
  const within = source ? placeOf(ground, source.branchId) : null
  const { read, refused, noted } = await readApart(items, { now, platform: source?.platform ?? 'other' }, signal)
  const taken = { ...nothingTaken(), refused, noted }
  const batches = [...inBatches(keyed(read, sourceId, taken))]
  const numbers = options.sideBySide ? repeatedKeys(read, sourceId) : new Set<string>()
  const storing = { sourceId: source ? sourceId : null, demo, alert, now, apart: numbers }
  const alongside = async (tx: WorkTx, done: Taken) => {
    if (source && sourceId !== null) await keepProblems(tx, { id: sourceId, ...source }, [...done.refused, ...done.noted])
    await options.alongside?.(tx, done)
  }

  let writing: Promise<void> = Promise.resolve()
  for (const [place, batch] of batches.entries()) {
    const fresh = await withoutKnown(db, batch, taken)
    const prepared = await judgeAll(tell(fresh, storing), ground, within, signal)
    await writing
    const last = place === batches.length - 1
    writing = storeBatch(db, prepared, storing, taken, last ? alongside : undefined)
    // Whoever waits for it next hears of a failure.
    writing.catch(() => undefined)
  }
  await writing
  if (batches.length === 0) await db.work((tx) => alongside(tx, taken))
  return taken
}

/** The ask: takes items in as a person, for the units where that person may. */
export async function takeInAsked(
  tx: Tx,
  input: Parsed<(typeof monitoring)['monitoring.take_in']>,
  { actor }: Context,
): Promise<Taken> {
  const ground = await loadGround(tx)
  const now = Date.now()
  const { read, refused, noted } = await orRefused(readApart(input.items, { now, platform: 'other' }))
  const taken = { ...nothingTaken(), refused, noted }
  const storing = { sourceId: null, demo: false, alert: input.alert, now, apart: new Set<string>() }
  const places = new Map([...ground.places.values()].map((place) => [place.id, place]))
  const mayTake = (id: number) => covers(actor, 'monitoring.intake', { branchId: id, regionId: places.get(id)?.regionId ?? 0 })
  for (const batch of inBatches(keyed(read, null, taken))) {
    const prepared: JudgedRow[] = []
    for (const [place, row] of (await orRefused(judgeAll(tell(batch, storing), ground, null))).entries())
      if (row.units.every(mayTake)) prepared.push(row)
      else refused.push(problemOf('outside_scope', batch[place]?.at ?? 0, batch[place]?.item))
    await store(tx, prepared, storing, taken)
  }
  refused.sort((a, b) => a.at - b.at)
  return taken
}

interface Keyed extends Identity {
  readonly at: number
  readonly item: Item
}
interface Counting {
  new: number
  repeated: number
  updated: number
  irrelevant: number
  refused: ItemProblem[]
  noted: ItemProblem[]
}
const nothingTaken = (): Counting => ({ new: 0, repeated: 0, updated: 0, irrelevant: 0, refused: [], noted: [] })

/** Items with what they are known by; what says the same under the same number comes once. */
function* keyed(read: readonly { at: number; item: Item }[], sourceId: number | null, taken: Counting): Generator<Keyed> {
  const seen = new Set<string>()
  for (const { at, item } of read) {
    const identity = identityOf(item, sourceId)
    const whole = identity.key + identity.content
    if (seen.has(whole)) taken.repeated += 1
    else {
      seen.add(whole)
      yield { at, item, ...identity }
    }
  }
}

/** Numbers that stand at more than one item. */
function repeatedKeys(read: readonly { item: Item }[], sourceId: number | null): Set<string> {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  for (const { item } of read) {
    const { key } = identityOf(item, sourceId)
    if (seen.has(key)) repeated.add(key)
    seen.add(key)
  }
  return repeated
}

/** What decides whether an item is a new post, a later wording or the same again: it goes to the database with the judgement. */
interface Told extends Keyed {
  readonly told: Pick<Identity, 'content' | 'numbered'> & { readonly dated: boolean; readonly quiet: boolean }
}

const tell = (batch: readonly Keyed[], { alert, now, apart }: Storing): Told[] =>
  batch.map((one) => {
    const { key, content, numbered, item } = one
    const old = alert === 'recent' && Date.parse(item.publishedAt) < now - recentMs
    const quiet = alert === 'none' || old
    return { ...one, told: { content, numbered: numbered && !apart.has(key), dated: item.dated, quiet } }
  })

function* inBatches(items: Iterable<Keyed>): Generator<Keyed[]> {
  let batch: Keyed[] = []
  let characters = 0
  for (const one of items) {
    if (batch.length >= batchItems || characters + one.item.text.length > batchCharacters) {
      yield batch
      batch = []
      characters = 0
    }
    batch.push(one)
    characters += one.item.text.length
  }
  if (batch.length > 0) yield batch
}

/** What is here already, word for word, need not be judged again. */
async function withoutKnown(db: Db, batch: readonly Keyed[], taken: Counting): Promise<readonly Keyed[]> {
  const known = await db.work(async (tx) => {
    const { rows } = await sql<{ place: number }>`select place::int as place from monitoring.known(
      ${batch.map(({ key }) => key)}::uuid[], ${batch.map(({ content }) => content)}::uuid[]) place`.execute(tx)
    return new Set(rows.map(({ place }) => place))
  })
  taken.repeated += known.size
  return batch.filter((_, place) => !known.has(place))
}

interface Storing {
  readonly sourceId: number | null
  readonly demo: boolean
  readonly alert: Alerting
  readonly now: number
  /** Keys whose items are never wordings of one post. */
  readonly apart: ReadonlySet<string>
}

async function storeBatch(
  db: Db,
  prepared: readonly JudgedRow[],
  storing: Storing,
  taken: Counting,
  alongside: TakeInOptions['alongside'],
): Promise<void> {
  for (let tries = 0; ; tries++) {
    const counted = { ...taken }
    try {
      await db.work(async (tx) => {
        await store(tx, prepared, storing, counted)
        await alongside?.(tx, counted)
      })
      Object.assign(taken, counted)
      return
    } catch (error) {
      if (tries >= 3 || !['40001', '40P01'].includes((error as { code?: string }).code ?? '')) throw error
    }
  }
}

interface Stored {
  readonly new: number
  readonly repeated: number
  readonly updated: number
  readonly irrelevant: number
  readonly alerts: readonly number[]
  /** Mentions whose words and judgement a later wording changed. */
  readonly changed: readonly number[]
  readonly heated: readonly { id: number; heat: number; before: number; loud: boolean }[]
}

/** Stores a batch and records what others must act on, in this transaction; open pages hear of it by the tables' triggers. */
async function store(tx: Tx | WorkTx, prepared: readonly JudgedRow[], { sourceId, demo }: Storing, taken: Counting) {
  if (prepared.length === 0) return
  const { rows } = await sql<{ stored: Stored }>`
    select monitoring.store(${`[${prepared.map(({ json }) => json).join()}]`}::jsonb, ${sourceId}::int, ${demo}) as stored`.execute(
    tx,
  )
  const { stored } = rows[0] as { stored: Stored }
  taken.new += stored.new
  taken.repeated += stored.repeated
  taken.updated += stored.updated
  taken.irrelevant += stored.irrelevant
  const stopped = prepared.flatMap((row) => row.stopped)
  if (stopped.length > 0) await sql`select monitoring.note_stopped(${stopped}::int[])`.execute(tx)
  await recordIds(tx, 'monitoring.mentions_stored', stored.alerts)
  await recordIds(tx, 'monitoring.mentions_changed', stored.changed)
  const loud = stored.heated.filter((one) => one.loud)
  for (let from = 0; from < loud.length; from += idsInFact) {
    const heated = loud.slice(from, from + idsInFact)
    const facts = { mentionIds: heated.map(({ id }) => id), before: heated.map(({ before }) => before) }
    await recordFact(tx, 'monitoring.mentions_heated', facts)
  }
}

async function recordIds(tx: Tx | WorkTx, fact: string, ids: readonly number[]): Promise<void> {
  for (let from = 0; from < ids.length; from += idsInFact)
    await recordFact(tx, fact, { mentionIds: ids.slice(from, from + idsInFact) })
}

const placeOf = (ground: Ground, id: number): Place | null => [...ground.places.values()].find((place) => place.id === id) ?? null

async function findSource(tx: WorkTx, sourceId: number | null) {
  if (sourceId === null) return undefined
  return tx
    .selectFrom('monitoring.source')
    .where('id', '=', sourceId)
    .select(['branch_id as branchId', 'region_id as regionId', 'platform'])
    .executeTakeFirst()
}
