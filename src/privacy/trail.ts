import { sql } from 'kysely'
import type { z } from 'zod'
import type { Db, ReadTx, Tx } from '../base/db.ts'
import { cutPage, readCursor } from '../base/page.ts'
import type { Trail, TrailEntry } from '../base/serve.ts'
import type { privacy, TrailRow } from './contract.ts'

type Row = readonly (string | number | boolean | null)[]

const columns = 'person_id, address, ask, subject, tier, branch_id, outcome, code, writes, background, duration_ms'
const types = ['int', 'text', 'text', 'text', 'text', 'int', 'text', 'text', 'bool', 'bool', 'real']

/** A right held in several places has no one unit; its row is headquarters' to read. */
const toRow = (entry: TrailEntry): Row => [
  entry.personId,
  entry.address,
  entry.ask,
  entry.subject,
  entry.tier,
  entry.unitIds.length === 1 ? (entry.unitIds[0] ?? null) : null,
  entry.outcome,
  entry.code,
  entry.writes,
  entry.background,
  entry.durationMs,
]

/**
 * The trail as `serve` needs it. Rows of reads are gathered while the last batch is on its way to disk and then written in one
 * statement (group commit); each answer waits for the batch that holds its row. When the trail cannot be written, nothing is answered.
 */
export function openTrail(db: Db): Trail & { close(): Promise<void> } {
  const waiting: { row: Row; done: () => void; failed: (error: unknown) => void }[] = []
  let writing: Promise<void> | null = null

  const write = (batch: readonly { row: Row }[]) => {
    const values = types.map((_, at) => batch.map(({ row }) => row[at] ?? null))
    const lists = types.map((type, at) => `$${at + 1}::${type}[]`).join(', ')
    return db.pool('anlan_trail').query(`insert into privacy.trail (${columns}) select * from unnest(${lists})`, values)
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 500)
      try {
        await write(batch)
        for (const { done } of batch) done()
      } catch (error) {
        // One row that cannot be written must not fail the others.
        if (batch.length === 1) batch[0]?.failed(error)
        else for (const one of batch) await write([one]).then(one.done, one.failed)
      }
    }
    writing = null
  }

  return {
    record(entry) {
      return new Promise((done, failed) => {
        waiting.push({ row: toRow(entry), done, failed })
        writing ??= drain()
      })
    },
    async recordIn(tx: Tx, entry: TrailEntry) {
      const values = sql.join(toRow(entry).map((value, at) => sql`${value}::${sql.raw(types[at] ?? 'text')}`))
      await sql`insert into privacy.trail (${sql.raw(columns)}) values (${values})`.execute(tx)
    },
    async close() {
      await writing
    },
  }
}

type ListInput = z.output<(typeof privacy)['privacy.list_trail']['input']>

export async function listTrail(tx: ReadTx, input: ListInput): Promise<{ rows: TrailRow[]; next: string | null }> {
  const cursor = readCursor(input.before)
  const rows = await tx
    .selectFrom('privacy.trail as trail')
    .leftJoin('access.unit as unit', 'unit.id', 'trail.branch_id')
    .select((of) => [
      'trail.id',
      'trail.at',
      'trail.person_id as personId',
      of.selectFrom('access.person').whereRef('access.person.id', '=', 'trail.person_id').select('name').as('person'),
      'trail.address',
      'trail.ask',
      'trail.subject',
      'unit.name as unit',
      'trail.outcome',
      'trail.code',
      'trail.writes',
      'trail.background',
      'trail.duration_ms as durationMs',
    ])
    .$if(cursor !== null, (query) =>
      query.where(sql<boolean>`(trail.at, trail.id) < (${cursor?.at}::timestamptz, ${cursor?.id}::bigint)`),
    )
    .$if(input.personId !== undefined, (query) => query.where('trail.person_id', '=', input.personId ?? 0))
    .$if(input.unitId !== undefined, (query) => query.where('trail.branch_id', '=', input.unitId ?? 0))
    .$if(input.ask !== undefined, (query) => query.where('trail.ask', '=', input.ask ?? ''))
    .$if(input.subject !== undefined, (query) => query.where('trail.subject', '=', input.subject ?? ''))
    .$if(input.about !== undefined, (query) => query.where(aboutAny(input.about)))
    .$if(input.outcome !== undefined, (query) => query.where('trail.outcome', '=', input.outcome ?? ''))
    .$if(input.writes !== undefined, (query) => query.where('trail.writes', '=', input.writes ?? false))
    .$if(input.background !== undefined, (query) => query.where('trail.background', '=', input.background ?? false))
    .$if(input.since !== undefined, (query) => query.where('trail.at', '>=', input.since ?? ''))
    .$if(input.until !== undefined, (query) => query.where('trail.at', '<', input.until ?? ''))
    .orderBy('trail.at', 'desc')
    .orderBy('trail.id', 'desc')
    .limit(input.limit + 1)
    .execute()
  const { page, next } = cutPage(rows, input.limit, (row) => row)
  return { rows: page as TrailRow[], next }
}

const aboutAny = ({ asks, personIds, subjects }: NonNullable<ListInput['about']> = { asks: [], personIds: [], subjects: [] }) =>
  sql<boolean>`(trail.ask = any (${asks}::text[]) or trail.person_id = any (${personIds}::int[]) or trail.subject = any (${subjects}::text[]))`

/** What people did; what pages read by themselves is left out, as in the list that the figures lead to. */
export async function countTrail(tx: ReadTx, { days }: { days: number }) {
  const { rows } = await sql<{ day: string; allowed: number; refused: number; failed: number }>`
    select base.day_of(at)::text as day, count(*) filter (where outcome = 'allowed')::int as allowed,
      count(*) filter (where outcome = 'refused')::int as refused, count(*) filter (where outcome = 'failed')::int as failed
    from privacy.trail where at >= now() - make_interval(days => ${days}) and not background group by 1 order by 1`.execute(tx)
  return rows
}
