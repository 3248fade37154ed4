import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { ReadTx, Tx, WorkTx } from '../base/db.ts'
import type { GroupUnit, JudgeEngine, RuleSet } from '../engines/index.ts'

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

/** What items are judged by at one moment, as plain data that a thread is given: the group's units and the keyword rules. */
export interface GroundState {
  readonly units: readonly UnitRow[]
  readonly rules: readonly (RuleInForce & { readonly expression: string })[]
}

/** The same made ready: the engine knows the names, the rules are compiled. */
export interface CompiledGround {
  readonly engine: JudgeEngine
  readonly places: ReadonlyMap<string, Place>
  readonly rules: ReadonlyMap<number, RuleInForce>
  readonly matches: RuleSet['match']
}

export interface Ground {
  readonly state: GroundState
  /** Equal for equal states: what a thread has made ready is used again. */
  readonly version: string
  readonly places: ReadonlyMap<string, Place>
}

interface UnitRow extends Place {
  readonly parent: string | null
  readonly city: string | null
  readonly campus: string | null
  readonly aliases: string[]
  readonly doctors: { name: string; department: string }[]
}

/** Loads the ground as it is now. */
export async function loadGround(tx: Tx | WorkTx): Promise<Ground> {
  const { rows: units } = await sql<UnitRow>`
    select unit.id, unit.code, unit.name, unit.kind, unit.region_id as "regionId", above.code as parent, unit.city, unit.campus,
      unit.aliases, unit.doctors
    from access.unit left join access.unit above on above.id = unit.parent_id
    where unit.kind <> 'department' and unit.active order by unit.id`.execute(tx)
  const { rows: rules } = await sql<GroundState['rules'][number]>`
    select id, expression, branch_id as "branchId", severity_floor as "severityFloor" from monitoring.rules_in_force()`.execute(
    tx,
  )
  const state = { units, rules }
  const version = createHash('sha1').update(JSON.stringify(state)).digest('base64')
  return { state, version, places: new Map(units.map((unit) => [unit.code, unit])) }
}

/** The names of units, for saying reasons. */
export async function unitNames(tx: ReadTx): Promise<(code: string) => string> {
  const rows = await tx.selectFrom('access.unit').where('kind', '!=', 'department').select(['code', 'name']).execute()
  const names = new Map(rows.map(({ code, name }) => [code, name]))
  return (code) => names.get(code) ?? code
}
