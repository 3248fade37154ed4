import { sql } from 'kysely'
import type { ReadTx, Tx, WorkTx } from '../base/db.ts'

/** What raising an alert needs to know of a mention. */
export interface Signal {
  readonly id: number
  readonly branchId: number
  readonly regionId: number
  readonly severity: number
  readonly sentiment: string
  readonly category: string
  readonly heat: number
  readonly demo: boolean
}

/** Mentions as signals, for the rooms above; those out of sight are left out. */
export async function readSignals(tx: Tx | WorkTx, ids: readonly number[]): Promise<Signal[]> {
  const { rows } = await sql<Signal>`
    select id, branch_id as "branchId", region_id as "regionId", severity, sentiment, category, heat, demo
    from monitoring.mention where id = any(${[...ids]}::bigint[]) order by id`.execute(tx)
  return rows
}

/** Complaints that want an answer, and whatever may spread or harm in whatever tone it is told. */
export const wantsAnswer = ({ sentiment, severity, category }: Pick<Signal, 'sentiment' | 'severity' | 'category'>): boolean =>
  category !== 'irrelevant' && (severity >= 3 || (sentiment === 'negative' && severity >= 2))

/** Titles, or first words where there is none, of mentions that still belong to the unit given beside each. */
export async function readTitles(tx: ReadTx, wanted: ReadonlyMap<number, number>): Promise<Map<number, string>> {
  if (wanted.size === 0) return new Map()
  const { rows } = await sql<{ id: number; title: string }>`
    select mention.id, coalesce(nullif(mention.title, ''), mention.excerpt) as title
    from unnest(${[...wanted.keys()]}::bigint[], ${[...wanted.values()]}::int[]) asked (id, branch_id)
    join monitoring.mention on mention.id = asked.id and mention.branch_id = asked.branch_id`.execute(tx)
  return new Map(rows.map(({ id, title }) => [id, title]))
}

/** How often these were said altogether, as it stands now. */
export async function heatOf(tx: Tx | WorkTx, ids: readonly number[]): Promise<number> {
  const { rows } = await sql<{ heat: number }>`
    select coalesce(sum(heat), 0)::int as heat from monitoring.mention where id = any(${[...ids]}::bigint[])`.execute(tx)
  return rows[0]?.heat ?? 0
}

/** Who corrected a mention last, and why. */
export async function readCorrection(tx: WorkTx, mentionId: number): Promise<{ personId: number | null; text: string }> {
  const found = await tx
    .selectFrom('monitoring.correction')
    .select(['person_id as personId', 'reason as text'])
    .where('mention_id', '=', mentionId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return found ?? { personId: null, text: '' }
}
