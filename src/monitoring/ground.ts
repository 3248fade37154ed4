import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { ReadTx, Tx, WorkTx } from '../base/db.ts'
import { compileRules, createJudge, type GroupUnit, type JudgeEngine, type RuleSet } from '../engines/index.ts'

/** A unit that a post can concern. */
export interface Place {
  readonly id: number
  readonly code: string
  readonly name: string
  readonly kind: GroupUnit['kind']
  readonly regionId: number
}

export interface RuleInForce {
  readonly id: number
  readonly branchId: number
  readonly severityFloor: number
}

/** What items are judged by at one moment: the group's units, the engine that knows their names, and the keyword rules. */
export interface Ground {
  readonly engine: JudgeEngine
  readonly places: ReadonlyMap<string, Place>
  readonly rules: ReadonlyMap<number, RuleInForce>
  readonly matches: RuleSet['match']
}

interface UnitRow extends Place {
  readonly parent: string | null
  readonly city: string | null
  readonly campus: string | null
  readonly aliases: string[]
  readonly doctors: { name: string; department: string }[]
}

/** Loads the ground as it is now. Engine and rules are compiled once for each state of the tables. */
export async function loadGround(tx: Tx | WorkTx): Promise<Ground> {
  const { rows: units } = await sql<UnitRow>`
    select unit.id, unit.code, unit.name, unit.kind, unit.region_id as "regionId", above.code as parent, unit.city, unit.campus,
      unit.aliases, unit.doctors
    from access.unit left join access.unit above on above.id = unit.parent_id
    where unit.kind <> 'department' and unit.active order by unit.id`.execute(tx)
  const { rows: rules } = await sql<RuleInForce & { expression: string }>`
    select id, expression, branch_id as "branchId", severity_floor as "severityFloor" from monitoring.rules_in_force()`.execute(
    tx,
  )
  return {
    engine: engineFor(units),
    places: new Map(units.map((unit) => [unit.code, unit])),
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    matches: matcherFor(rules),
  }
}

/** The names of units, for saying reasons. */
export async function unitNames(tx: ReadTx): Promise<(code: string) => string> {
  const rows = await tx.selectFrom('access.unit').where('kind', '!=', 'department').select(['code', 'name']).execute()
  const names = new Map(rows.map(({ code, name }) => [code, name]))
  return (code) => names.get(code) ?? code
}

const engines = new Map<string, JudgeEngine>()
const matchers = new Map<string, RuleSet['match']>()
const keptAtMost = 8

function engineFor(units: readonly UnitRow[]): JudgeEngine {
  return remember(engines, JSON.stringify(units), () =>
    createJudge({
      name: units.find(({ kind }) => kind === 'headquarters')?.name ?? '',
      units: units.map(({ code, name, kind, parent, aliases, city, campus, doctors }) => ({
        code,
        name,
        kind,
        parent,
        aliases,
        doctors,
        ...(city !== null && { city }),
        ...(campus !== null && { campus }),
      })),
    }),
  )
}

/** A rule that an older program let in and this one cannot read is left out rather than stopping intake. */
function matcherFor(rules: readonly { id: number; expression: string }[]): RuleSet['match'] {
  const sources = rules.map(({ id, expression }) => ({ id: String(id), source: expression }))
  return remember(matchers, JSON.stringify(sources), () => {
    const whole = compileRules(sources)
    if (whole.ok) return whole.set.match
    const broken = new Set(whole.errors.map(({ id }) => id))
    const rest = compileRules(sources.filter(({ id }) => !broken.has(id)))
    return rest.ok ? rest.set.match : () => []
  })
}

function remember<V>(kept: Map<string, V>, state: string, make: () => V): V {
  const key = createHash('sha1').update(state).digest('base64')
  const found = kept.get(key)
  if (found) return found
  if (kept.size >= keptAtMost) kept.delete(kept.keys().next().value ?? '')
  const made = make()
  kept.set(key, made)
  return made
}
