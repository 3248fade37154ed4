import { compileRules, createJudge, type JudgeEngine, type RuleSet } from '../engines/index.ts'
import type { CompiledGround, GroundState } from './ground.ts'
import type { Item } from './item.ts'
import { prepare } from './prepare.ts'

/** What is judged at once: the ground by its version, and in full when the thread does not know it yet. */
export interface Batch {
  readonly version: string
  readonly ground?: GroundState
  /** The unit beyond which it is nobody's business here. */
  readonly within: string | null
  /** `told` goes to the database along with what is found out here. */
  readonly items: readonly { readonly item: Item; readonly key: string; readonly told?: object }[]
}

/** A judged item: the units it concerns, and all of it as JSON for `monitoring.store`. */
export interface JudgedRow {
  readonly units: readonly number[]
  readonly json: string
  /** Rules that were stopped because they wanted too much work on this item. */
  readonly stopped: readonly number[]
}

/** Runs in a thread. Null: send the ground, it is not known here. */
export function judgeBatch({ version, ground, within, items }: Batch): JudgedRow[] | null {
  const compiled = ground ? remember(grounds, version, () => compile(ground)) : grounds.get(version)
  if (!compiled) return null
  const place = within === null ? null : (compiled.places.get(within) ?? null)
  return items.map(({ item, key, told }) => {
    const { row, stopped } = prepare(item, key, compiled, place)
    return { units: row.units, json: JSON.stringify({ ...row, ...told }), stopped }
  })
}

const grounds = new Map<string, CompiledGround>()
const engines = new Map<string, JudgeEngine>()
const keptAtMost = 8

/** A change of the rules leaves the engine as it is. */
function compile({ units, rules }: GroundState): CompiledGround {
  return {
    engine: remember(engines, JSON.stringify(units), () => engineOf(units)),
    places: new Map(units.map((unit) => [unit.code, unit])),
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    matches: matcherOf(rules),
  }
}

const engineOf = (units: GroundState['units']): JudgeEngine =>
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
  })

/** A rule that an older program let in and this one cannot read is left out rather than stopping intake. */
function matcherOf(rules: GroundState['rules']): RuleSet['match'] {
  const sources = rules.map(({ id, expression }) => ({ id: String(id), source: expression }))
  const whole = compileRules(sources)
  if (whole.ok) return whole.set.match
  const broken = new Set(whole.errors.map(({ id }) => id))
  const rest = compileRules(sources.filter(({ id }) => !broken.has(id)))
  return rest.ok ? rest.set.match : () => []
}

function remember<V>(kept: Map<string, V>, key: string, make: () => V): V {
  const found = kept.get(key)
  if (found) return found
  if (kept.size >= keptAtMost) kept.delete(kept.keys().next().value ?? '')
  const made = make()
  kept.set(key, made)
  return made
}
