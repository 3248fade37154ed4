import type { Names } from './group.ts'
import type { Mention } from './mention.ts'

/** Why a unit was taken: by which mention and on what further ground. */
export interface UnitGround {
  readonly unit: string
  readonly code: 'unit_alias' | 'unit_campus' | 'unit_doctor' | 'unit_place_with_brand' | 'unit_brand_alone' | 'unit_region'
  readonly mention: Mention
  /** How sure, from 0 to 1. */
  readonly weight: number
}

/** The units that an item's mentions speak of. */
export function resolveUnits(mentions: readonly Mention[], names: Names, text: string): UnitGround[] {
  const grounds = new Map<string, UnitGround>()
  const add = (unit: string, code: UnitGround['code'], mention: Mention, weight: number): void => {
    const before = grounds.get(unit)
    if (before === undefined || before.weight < weight) grounds.set(unit, { unit, code, mention, weight })
  }
  const of = (kind: Mention['kind']): Mention[] => mentions.filter((mention) => mention.kind === kind)
  const brand = of('brand')
  const aliases = of('alias')
  const cities = of('city')
  for (const mention of aliases) for (const { code } of mention.name.units) add(code, 'unit_alias', mention, 1)
  for (const mention of of('campus')) {
    const options = narrowed(mention, cities, grounds)
    for (const code of options) add(code, 'unit_campus', mention, 0.9)
  }
  for (const mention of of('region'))
    if (brand.length + aliases.length > 0) for (const { code } of mention.name.units) add(code, 'unit_region', mention, 0.7)
  const certain = [...grounds.keys()].filter((code) => code !== names.headquarters && names.unit.get(code)?.kind !== 'region')
  if (certain.length === 0) {
    for (const mention of of('doctor')) {
      const options = doctorUnits(mention, mentions, text)
      if (options.length === 1) add(options[0]!, 'unit_doctor', mention, 0.8)
    }
  }
  const named = brand.length > 0 || aliases.some((mention) => mention.name.units.some(({ code }) => code === names.headquarters))
  if (named && ![...grounds.keys()].some((code) => names.unit.get(code)?.kind === 'branch')) {
    for (const mention of [...of('campus_short'), ...cities]) {
      if (mention.field === 'author' && brand.every((other) => other.field !== 'author')) continue
      for (const { code } of mention.name.units) add(code, 'unit_place_with_brand', mention, 0.6)
    }
  }
  if (grounds.size === 0 && brand.length > 0) add(names.headquarters, 'unit_brand_alone', brand[0]!, 0.7)
  return [...grounds.values()]
}

function narrowed(mention: Mention, cities: readonly Mention[], grounds: ReadonlyMap<string, UnitGround>): string[] {
  const codes = mention.name.units.map(({ code }) => code)
  if (codes.length === 1) return codes
  const known = codes.filter(
    (code) => grounds.has(code) || cities.some((city) => city.name.units.some((unit) => unit.code === code)),
  )
  return known.length > 0 ? known : codes
}

/** The units of a doctor's name; several people may bear it, so place and department decide. */
function doctorUnits(mention: Mention, mentions: readonly Mention[], text: string): string[] {
  const placed = mention.name.units.filter(({ code }) =>
    mentions.some((other) => other.kind !== 'doctor' && other.name.units.some((unit) => unit.code === code)),
  )
  const options = placed.length > 0 ? placed : mention.name.units
  if (options.length === 1) return options.map(({ code }) => code)
  const departed = options.filter(({ department }) => department !== undefined && departmentIn(department, text))
  return (departed.length === 1 ? departed : options).map(({ code }) => code)
}

/** 心内科 is also said 心内, 妇产科 also 产科 or 妇科. */
function departmentIn(department: string, text: string): boolean {
  const stem = department.replace(/科$/u, '')
  if (text.includes(department) || (stem.length > 1 && text.includes(stem))) return true
  return stem.length === 2 && [...stem].some((part) => text.includes(`${part}科`))
}
