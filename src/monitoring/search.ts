import { sql } from 'kysely'
import type { ReadTx } from '../base/db.ts'
import type { Cursor } from '../base/page.ts'
import { foldTerm, searchTerms } from '../engines/index.ts'
import type { Wanted } from './filter.ts'

/**
 * Numbers of the newest mentions that hold every word of the query and fit the filter, within the scope of this transaction.
 * What they stand for is then read under the policies.
 */
export async function search(
  tx: ReadTx,
  query: string,
  wanted: Wanted,
  before: Cursor | null,
  howMany: number,
): Promise<number[]> {
  const pieces = piecesOf(query)
  const { rows } = await sql<{ id: number }>`
    select id from monitoring.search(${pieces}::text[], ${searchTerms(query)}::text[], ${JSON.stringify(wanted)}::jsonb,
      ${before?.at ?? null}::timestamptz, ${before?.id ?? null}::bigint, ${howMany}::int)`.execute(tx)
  return rows.map(({ id }) => id)
}

/** The same, counted up to a bound. */
export async function countFound(tx: ReadTx, query: string, wanted: Wanted, bound: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from monitoring.search(${piecesOf(query)}::text[], ${searchTerms(query)}::text[],
      ${JSON.stringify(wanted)}::jsonb, null, null, ${bound}::int)`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Words set apart by spaces, folded as mentions are; marks alone are no word. */
export const piecesOf = (query: string): string[] =>
  query
    .split(/\s+/u)
    .map(foldTerm)
    .filter((piece) => piece !== '')
