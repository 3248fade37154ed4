import { sql } from 'kysely'
import type { Output, Parsed } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import { cutPage, readCursor } from '../base/page.ts'
import type { Mention, MentionFilter, monitoring } from './contract.ts'
import { allOf, conditionsOf, resolveFilter } from './filter.ts'
import { countFound, search } from './search.ts'

type Asks = typeof monitoring

/** Counting stops here: beyond it the number says nothing and costs much. */
const countBound = 10_000

/** What a list shows of a mention; all of it is in the one row. */
const columns = sql`mention.id, mention.post_id as "postId", mention.branch_id as "branchId", mention.platform, mention.kind, mention.author,
  mention.title, mention.excerpt, mention.url, mention.published_at as "publishedAt", mention.taken_in_at as "takenInAt",
  mention.sentiment, mention.category, mention.severity, mention.triage, mention.heat, mention.corrected, mention.demo`

type Row = Omit<Mention, 'unit' | 'rules'> & { readonly branchId: number }

/** A page of the stream, newest first. */
export async function listMentions(
  tx: ReadTx,
  { before, limit, ...filter }: Parsed<Asks['monitoring.list_mentions']>,
): Promise<Output<Asks['monitoring.list_mentions']>> {
  const wanted = await resolveFilter(tx, filter)
  if (!wanted) return { mentions: [], next: null }
  const cursor = readCursor(before)
  const conditions = filter.search
    ? [sql`mention.id = any(${await search(tx, filter.search, wanted, cursor, limit + 1)}::bigint[])`]
    : conditionsOf(wanted)
  if (cursor && !filter.search)
    conditions.push(sql`(mention.published_at, mention.id) < (${cursor.at}::timestamptz, ${cursor.id}::bigint)`)
  const { rows } = await sql<Row>`select ${columns} from monitoring.mention where ${allOf(conditions)}
    order by mention.published_at desc, mention.id desc limit ${limit + 1}`.execute(tx)
  const { page, next } = cutPage(rows, limit, ({ publishedAt, id }) => ({ at: publishedAt, id }))
  return { mentions: await complete(tx, page), next }
}

/** How many there are, up to a bound. */
export async function countMentions(tx: ReadTx, filter: MentionFilter): Promise<{ count: number; bounded: boolean }> {
  const wanted = await resolveFilter(tx, filter)
  if (!wanted) return { count: 0, bounded: false }
  const found = filter.search
    ? await countFound(tx, filter.search, wanted, countBound + 1)
    : ((
        await sql<{ count: number }>`select count(*)::int as count from (
          select from monitoring.mention where ${allOf(conditionsOf(wanted))} limit ${countBound + 1}) counted`.execute(tx)
      ).rows[0]?.count ?? 0)
  return { count: Math.min(found, countBound), bounded: found > countBound }
}

/** Mentions by number, in the order given; those out of sight are left out. */
export async function readMentions(tx: ReadTx, ids: readonly number[]): Promise<Mention[]> {
  const { rows } =
    await sql<Row>`select ${columns} from monitoring.mention where mention.id = any(${[...ids]}::bigint[])`.execute(tx)
  const places = new Map(ids.map((id, place) => [id, place]))
  return complete(
    tx,
    rows.sort((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0)),
  )
}

/** The newest negative mentions. */
export async function latestNegative(tx: ReadTx, limit: number): Promise<Mention[]> {
  const { rows } = await sql<Row>`select ${columns} from monitoring.mention where mention.sentiment = 'negative'
    order by mention.published_at desc, mention.id desc limit ${limit}`.execute(tx)
  return complete(tx, rows)
}

/** Adds the names of units and of those rules that the person asking may see. */
async function complete(tx: ReadTx, rows: readonly Row[]): Promise<Mention[]> {
  if (rows.length === 0) return []
  const units = await tx
    .selectFrom('access.unit')
    .where('id', 'in', [...new Set(rows.map(({ branchId }) => branchId))])
    .select(['id', 'code', 'name', 'kind'])
    .execute()
  const { rows: matched } = await sql<{ mentionId: number; name: string }>`
    select mention_id as "mentionId", name from monitoring.rules_matched(${rows.map(({ id }) => id)}::bigint[])`.execute(tx)
  const unitOf = new Map(units.map((unit) => [unit.id, unit as Mention['unit']]))
  const rulesOf = Map.groupBy(matched, ({ mentionId }) => mentionId)
  return rows.flatMap(({ branchId, ...row }) => {
    const unit = unitOf.get(branchId)
    return unit ? [{ ...row, unit, rules: (rulesOf.get(row.id) ?? []).map(({ name }) => name) }] : []
  })
}
