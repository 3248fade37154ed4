import { type RawBuilder, sql } from 'kysely'
import type { ReadTx } from '../base/db.ts'
import type { MentionFilter } from './contract.ts'

/** A filter with its unit looked up: a unit stands for itself and all below it, so headquarters narrows nothing. */
export interface Wanted extends Omit<MentionFilter, 'unitId' | 'search'> {
  readonly branchId?: number
  readonly regionId?: number
}

/** Null when the filter names a unit or a rule that is not there, or not in sight: nothing can match it. */
export async function resolveFilter(tx: ReadTx, filter: MentionFilter): Promise<Wanted | null> {
  const { unitId, search: _, ...wanted } = filter
  if (wanted.ruleId !== undefined && !(await isRuleInSight(tx, wanted.ruleId))) return null
  if (unitId === undefined) return wanted
  const unit = await resolveUnit(tx, unitId)
  return unit && { ...wanted, ...unit }
}

const isRuleInSight = async (tx: ReadTx, id: number): Promise<boolean> =>
  (await tx.selectFrom('monitoring.rule').select('id').where('id', '=', id).executeTakeFirst()) !== undefined

/** The condition that a unit stands for. */
export async function resolveUnit(tx: ReadTx, unitId: number): Promise<Pick<Wanted, 'branchId' | 'regionId'> | null> {
  const unit = await tx
    .selectFrom('access.unit')
    .where('id', '=', unitId)
    .select(['kind', 'branch_id', 'region_id'])
    .executeTakeFirst()
  if (!unit) return null
  if (unit.kind === 'headquarters') return {}
  return unit.kind === 'region' ? { regionId: unit.region_id } : { branchId: unit.branch_id }
}

/** The filter as conditions on `monitoring.mention`. */
export function conditionsOf(wanted: Wanted): RawBuilder<unknown>[] {
  const { branchId, regionId, since, until, sentiment, category, platform, triage, minSeverity, ruleId } = wanted
  const conditions: RawBuilder<unknown>[] = []
  if (branchId !== undefined) conditions.push(sql`mention.branch_id = ${branchId}::int`)
  if (regionId !== undefined) conditions.push(sql`mention.region_id = ${regionId}::int`)
  if (since !== undefined) conditions.push(sql`mention.published_at >= ${since}::timestamptz`)
  if (until !== undefined) conditions.push(sql`mention.published_at < ${until}::timestamptz`)
  if (sentiment !== undefined) conditions.push(sql`mention.sentiment = ${sentiment}`)
  if (category !== undefined) conditions.push(sql`mention.category = ${category}`)
  if (platform !== undefined) conditions.push(sql`mention.platform = ${platform}`)
  if (triage !== undefined) conditions.push(sql`mention.triage = ${triage}`)
  if (minSeverity !== undefined) conditions.push(sql`mention.severity >= ${minSeverity}::int`)
  if (ruleId !== undefined)
    conditions.push(sql`exists (select from monitoring.mention_rule matched
      where matched.mention_id = mention.id and matched.rule_id = ${ruleId}::int)`)
  return conditions
}

/** Conditions joined; true when there is none. */
export const allOf = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> =>
  conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `)
