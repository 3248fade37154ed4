import type { ReadTx, Tx } from '../base/db.ts'

/** A unit that mentions, rules and sources can belong to; null for a department or none. */
export async function findUnit(tx: ReadTx | Tx, id: number): Promise<{ branchId: number; regionId: number } | null> {
  const unit = await tx
    .selectFrom('access.unit')
    .where('id', '=', id)
    .where('kind', '!=', 'department')
    .select(['branch_id as branchId', 'region_id as regionId'])
    .executeTakeFirst()
  return unit ?? null
}
