import { type RawBuilder, sql } from 'kysely'
import type { z } from 'zod'
import type { Actor } from '../base/db.ts'
import type { Whose } from './contract.ts'
import { type CaseUnit, type Holder, isAbove, tierOn } from './tier.ts'

type Turn = z.output<typeof Whose>

interface Held {
  readonly unit: CaseUnit
  readonly holder: Holder
  readonly actsFrom: Holder
  readonly handlerId: number | null
}

/** Whose turn a case is, for this person. The condition below says the same to the database. */
export function whoseTurn({ unit, holder, actsFrom, handlerId }: Held, actor: Pick<Actor, 'personId' | 'scopes'>): Turn {
  const tier = tierOn(actor, 'response.handle', unit)
  if (tier === null) return 'none'
  if (handlerId === actor.personId) return 'mine'
  if (isAbove(tier, holder)) return 'below'
  return isAbove(actsFrom, tier) ? 'above' : 'mine'
}

const rank = (column: RawBuilder<unknown>) => sql<number>`case ${column} when 'branch' then 0 when 'region' then 1 else 2 end`

/** The tier at which this person handles cases of a row of `response.case` named `c`, as a number; null where they do not. */
function tierSql({ scopes }: Pick<Actor, 'scopes'>): RawBuilder<number | null> {
  const scope = scopes.get('response.handle')
  if (!scope) return sql`null::int`
  const units = [...scope.units]
  return {
    group: sql<number | null>`2`,
    region: sql<number | null>`case when c.region_id = ${units[0] ?? 0}::int then 1 end`,
    branch: sql<number | null>`case when c.branch_id = ${units[0] ?? 0}::int then 0 end`,
    several: sql<
      number | null
    >`case when c.region_id = any (${units}::int[]) then 1 when c.branch_id = any (${units}::int[]) then 0 end`,
  }[scope.tier]
}

/** `whoseTurn` as an expression over `response.case` named `c`. */
export function whoseSql(actor: Pick<Actor, 'personId' | 'scopes'>): RawBuilder<Turn> {
  const tier = tierSql(actor)
  return sql<Turn>`case when (${tier}) is null then 'none'
    when c.handler_id = ${actor.personId}::int then 'mine'
    when (${tier}) > (${rank(sql`c.holder`)}) then 'below'
    when (${tier}) < (${rank(sql`c.acts_from`)}) then 'above' else 'mine' end`
}
