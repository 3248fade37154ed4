import { sql } from 'kysely'
import type { Parsed } from '../base/contract.ts'
import { announce, type Db, recordFact, type Tx, type WorkTx } from '../base/db.ts'
import { type Context, covers } from '../base/serve.ts'
import type { monitoring } from './contract.ts'
import { itemFaults } from './error.ts'
import { type Ground, loadGround, type Place } from './ground.ts'
import { type Item, readItem } from './item.ts'
import { intakeKey } from './key.ts'
import { type Prepared, prepare } from './prepare.ts'

export interface ItemFault {
  /** Place of the item in what was given, from 0. */
  readonly at: number
  readonly code: string
  readonly zh: string
  readonly en: string
}

export interface Taken {
  readonly new: number
  readonly repeated: number
  readonly irrelevant: number
  readonly refused: ItemFault[]
}

export interface TakeInOptions {
  /** The source that brought the items; null for files. */
  readonly sourceId: number | null
  readonly demo?: boolean
  /** False takes history in: nobody is alerted. */
  readonly alert?: boolean
  readonly now?: number
  /** Done in the transaction of the last batch, such as moving a source's clock. */
  readonly alongside?: (tx: WorkTx, taken: Taken) => Promise<void>
}

const batchItems = 500
const batchCharacters = 2_000_000
const alertsInFact = 200
const heatMarks = [10, 50, 200]

/**
 * Takes items in: the one way for feeds, webhooks, files and the demo. Each batch is one transaction, durable when it is counted;
 * the next is judged while the database writes. Doing it again, also side by side, changes nothing but `repeated`.
 */
export async function takeIn(db: Db, items: readonly unknown[], options: TakeInOptions): Promise<Taken> {
  const { sourceId, demo = false, alert = true, now = Date.now(), alongside } = options
  const { ground, source } = await db.work(async (tx) => ({
    ground: await loadGround(tx),
    source: await findSource(tx, sourceId),
  }))
  const within = source ? placeOf(ground, source.branchId) : null
  const { read, refused } = readItems(items, { now, platform: source?.platform ?? 'other' })
  const taken = { new: 0, repeated: 0, irrelevant: 0, refused }
  const batches = [...inBatches(keyed(read, sourceId, taken))]
  const storing = { sourceId: source ? sourceId : null, demo, alert }

  let writing: Promise<void> = Promise.resolve()
  for (const [place, batch] of batches.entries()) {
    const fresh = await withoutKnown(db, batch, taken)
    const prepared = await prepareAll(fresh, ground, within)
    await writing
    const last = place === batches.length - 1
    writing = storeBatch(db, prepared, storing, taken, last ? alongside : undefined)
    // Whoever waits for it next hears of a failure.
    writing.catch(() => undefined)
  }
  await writing
  if (batches.length === 0 && alongside) await db.work((tx) => alongside(tx, taken))
  return taken
}

/** The ask: takes items in as a person, for the units where that person may. */
export async function takeInAsked(
  tx: Tx,
  input: Parsed<(typeof monitoring)['monitoring.take_in']>,
  { actor }: Context,
): Promise<Taken> {
  const ground = await loadGround(tx)
  const { read, refused } = readItems(input.items, { now: Date.now(), platform: 'other' })
  const taken = { new: 0, repeated: 0, irrelevant: 0, refused }
  const places = new Map([...ground.places.values()].map((place) => [place.id, place]))
  const mayTake = (id: number) => covers(actor, 'monitoring.intake', { branchId: id, regionId: places.get(id)?.regionId ?? 0 })
  for (const batch of inBatches(keyed(read, null, taken))) {
    const prepared: Prepared[] = []
    for (const [place, row] of (await prepareAll(batch, ground, null)).entries())
      if (row.units.every(mayTake)) prepared.push(row)
      else refused.push({ at: batch[place]?.at ?? 0, code: 'outside_scope', ...itemFaults.outside_scope })
    await store(tx, prepared, { sourceId: null, demo: false, alert: true }, taken)
  }
  refused.sort((a, b) => a.at - b.at)
  return taken
}

interface Keyed {
  readonly at: number
  readonly key: string
  readonly item: Item
}
type Counting = { new: number; repeated: number; irrelevant: number; refused: ItemFault[] }

function readItems(items: readonly unknown[], given: { now: number; platform: string }) {
  const refused: ItemFault[] = []
  const read: { at: number; item: Item }[] = []
  for (const [at, value] of items.entries()) {
    const result = readItem(value, given)
    if (result.ok) read.push({ at, item: result.item })
    else refused.push({ at, code: result.code, ...itemFaults[result.code] })
  }
  return { read, refused }
}

/** Items under their keys, each key once. */
function* keyed(read: readonly { at: number; item: Item }[], sourceId: number | null, taken: Counting): Generator<Keyed> {
  const seen = new Set<string>()
  for (const { at, item } of read) {
    const key = intakeKey(item, sourceId)
    if (seen.has(key)) taken.repeated += 1
    else {
      seen.add(key)
      yield { at, key, item }
    }
  }
}

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

/** What is here already need not be judged again. */
async function withoutKnown(db: Db, batch: readonly Keyed[], taken: Counting): Promise<readonly Keyed[]> {
  const known = await db.work(async (tx) => {
    const { rows } = await sql<{ key: string }>`select replace(intake_key::text, '-', '') as key from monitoring.post
      where intake_key = any(${batch.map(({ key }) => key)}::uuid[])`.execute(tx)
    return new Set(rows.map(({ key }) => key))
  })
  taken.repeated += known.size
  return batch.filter(({ key }) => !known.has(key))
}

/** Judges in slices, so that a server goes on answering meanwhile. */
async function prepareAll(batch: readonly Keyed[], ground: Ground, within: Place | null): Promise<Prepared[]> {
  const prepared: Prepared[] = []
  for (const [place, { item, key }] of batch.entries()) {
    if (place % 64 === 63) await new Promise((next) => setImmediate(next))
    prepared.push(prepare(item, key, ground, within))
  }
  return prepared
}

interface Storing {
  readonly sourceId: number | null
  readonly demo: boolean
  readonly alert: boolean
}

async function storeBatch(
  db: Db,
  prepared: readonly Prepared[],
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
  readonly irrelevant: number
  readonly alerts: readonly number[]
  readonly units: readonly { branchId: number; regionId: number }[]
  readonly heated: readonly { id: number; heat: number; before: number }[]
}

/** Stores a batch, records what others must act on, and tells open pages: all of it in this transaction. */
async function store(tx: Tx | WorkTx, prepared: readonly Prepared[], { sourceId, demo, alert }: Storing, taken: Counting) {
  if (prepared.length === 0) return
  const { rows } = await sql<{ stored: Stored }>`
    select monitoring.store(${JSON.stringify(prepared)}::jsonb, ${sourceId}::int, ${demo}) as stored`.execute(tx)
  const { stored } = rows[0] as { stored: Stored }
  taken.new += stored.new
  taken.repeated += stored.repeated
  taken.irrelevant += stored.irrelevant
  if (alert) {
    for (let from = 0; from < stored.alerts.length; from += alertsInFact)
      await recordFact(tx, 'monitoring.mentions_stored', { mentionIds: stored.alerts.slice(from, from + alertsInFact) })
    for (const { id, heat, before } of stored.heated)
      if (heatMarks.some((mark) => before < mark && mark <= heat))
        await recordFact(tx, 'monitoring.mention_heated', { mentionId: id, heat })
  }
  for (const unit of stored.units) await announce(tx, 'monitoring.mention', unit)
}

const placeOf = (ground: Ground, id: number): Place | null => [...ground.places.values()].find((place) => place.id === id) ?? null

async function findSource(tx: WorkTx, sourceId: number | null) {
  if (sourceId === null) return undefined
  return tx
    .selectFrom('monitoring.source')
    .where('id', '=', sourceId)
    .select(['branch_id as branchId', 'platform'])
    .executeTakeFirst()
}
