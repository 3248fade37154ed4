import { sql } from 'kysely'
import type { ReadTx, Tx, WorkTx } from '../base/db.ts'
import type { Mention } from '../monitoring/contract.ts'

/** What an alert needs to know of a mention. */
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

export async function readSignals(tx: Tx | WorkTx, ids: readonly number[]): Promise<Signal[]> {
  const { rows } =
    await sql<Signal>`select id, branch_id as "branchId", region_id as "regionId", severity, category, title, excerpt, heat, demo
    from monitoring.mention where id = any(${[...ids]}::bigint[]) order by id`.execute(tx)
  return rows
}

export async function readMentions(_tx: ReadTx, _ids: readonly number[]): Promise<Mention[]> {
  return []
}

export interface MentionCount {
  readonly unitId: number
  readonly mentions: number
  readonly negative: number
}

export async function countMentions(_tx: ReadTx, _since: string): Promise<MentionCount[]> {
  return []
}

export async function latestNegative(_tx: ReadTx, _limit: number): Promise<Mention[]> {
  return []
}
