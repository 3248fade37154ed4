import { sql } from 'kysely'
import type { ReadTx } from '../base/db.ts'
import type { Cursor } from '../base/page.ts'
import { readQuery } from '../engines/index.ts'
import type { Wanted } from './filter.ts'

/**
 * Numbers of the newest mentions that hold every word of the query and none that it keeps out, and fit the filter, within the scope of
 * this transaction. What they stand for is then read under the policies.
 */
export async function search(
  tx: ReadTx,
  query: string,
  wanted: Wanted,
  before: Cursor | null,
  howMany: number,
): Promise<number[]> {
  const asked = readQuery(query)
  if (asked.wanted.length === 0) return []
  const { rows } = await sql<{ id: number }>`
    select id from monitoring.search(${asked.wanted}::text[], ${asked.pairs}::text[], ${filterOf(wanted, asked.unwanted)}::jsonb,
      ${before?.at ?? null}::timestamptz, ${before?.id ?? null}::bigint, ${howMany}::int)`.execute(tx)
  return rows.map(({ id }) => id)
}

/** The same, counted up to a bound. */
export async function countFound(tx: ReadTx, query: string, wanted: Wanted, bound: number): Promise<number> {
  const asked = readQuery(query)
  if (asked.wanted.length === 0) return 0
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from monitoring.search(${asked.wanted}::text[], ${asked.pairs}::text[],
      ${filterOf(wanted, asked.unwanted)}::jsonb, null, null, ${bound}::int)`.execute(tx)
  return rows[0]?.count ?? 0
}

export const filterOf = (wanted: Wanted, unwanted: readonly string[]): string => JSON.stringify({ ...wanted, unwanted })
