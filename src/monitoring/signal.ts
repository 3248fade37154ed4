import { sql } from 'kysely'
import type { Tx, WorkTx } from '../base/db.ts'

/** What raising an alert needs to know of a mention. */
export interface Signal {
  readonly id: number
  readonly branchId: number
  readonly regionId: number
  readonly severity: number
  readonly category: string
  readonly title: string
  readonly excerpt: string
  readonly heat: number
  readonly demo: boolean
}

/** Mentions as signals, for the rooms above; those out of sight are left out. */
export async function readSignals(tx: Tx | WorkTx, ids: readonly number[]): Promise<Signal[]> {
  const { rows } = await sql<Signal>`
    select id, branch_id as "branchId", region_id as "regionId", severity, category, title, excerpt, heat, demo
    from monitoring.mention where id = any(${[...ids]}::bigint[]) order by id`.execute(tx)
  return rows
}
