import type { Names } from './group.ts'
import type { Mention } from './mention.ts'
import { speaksOf } from './places.ts'

/** Why a unit was taken: by which mention and on what further ground. */
export interface UnitGround {
  readonly unit: string
  readonly code:
    | 'unit_alias'
    | 'unit_campus'
    | 'unit_region'
    | 'unit_listed'
    | 'unit_doctor'
    | 'unit_department'
    | 'unit_place_with_brand'
    | 'unit_brand_alone'
    | 'unit_place_alone'
  readonly mention: Mention
}

/** Between the members of a list: 武汉、长沙和郑州. */
const LIST_GAP = /^(?:分院|医院|院区|院)?(?:[、,，和与及/跟]|以及|还有)?$/u
/** After a city, what makes it a branch: 天津医院, 宁波分院. */
const PEOPLE_AFTER = /^(?:市民|人|市|话|籍)/u
const BRANCH_AFTER = /^(?:分院|医院|院区|院(?!子|长)|那家|这家|那边|的分院|两院|[二两三四五六七八]院|[二两三四五六七八]家)/u

/** After 华中 and the like, what makes it a region of the group and not a part of the country. */
const REGION_AFTER =
  /(?:区域|大区|片区|分部)|(?:[两二三四五六七八九十0-9]+(?:家|院|个))|各(?:院|家)|、[\u4e00-\u9fff]{2}(?:两|三|四)/u

/** The units that an item's mentions speak of, surest first. Weak grounds count only where there are no better ones. */
export function resolveUnits(mentions: readonly Mention[], names: Names, text: string): UnitGround[] {
  const grounds = new Map<string, UnitGround>()
  const add = (unit: string, code: UnitGround['code'], mention: Mention): void => {
    if (!grounds.has(unit)) grounds.set(unit, { unit, code, mention })
  }
  const of = (kind: Mention['kind']): Mention[] => mentions.filter((mention) => mention.kind === kind)
  const kindOf = (code: string): string | undefined => names.unit.get(code)?.kind
  const brand = of('brand')
  const aliases = of('alias')
  const cities = of('city')

  for (const mention of aliases) for (const { code } of mention.name.units) add(code, 'unit_alias', mention)
  for (const mention of of('campus')) for (const code of placed(mention, mentions)) add(code, 'unit_campus', mention)
  if (brand.length + aliases.length > 0) {
    for (const mention of of('region')) {
      if (REGION_AFTER.test(text.slice(mention.start, mention.end + 5)))
        for (const { code } of mention.name.units) add(code, 'unit_region', mention)
    }
  }
  listed(mentions, names, text, grounds, add)

  const hasBranch = (): boolean => [...grounds.keys()].some((code) => kindOf(code) === 'branch')
  const hasRegion = [...grounds.keys()].some((code) => kindOf(code) === 'region')
  const named = brand.length > 0 || grounds.has(names.headquarters)
  if (named && !hasBranch() && !hasRegion) {
    for (const mention of [...of('campus_short'), ...cities]) {
      if (mention.field === 'author' && !brand.some((other) => other.field === 'author')) continue
      for (const { code } of mention.name.units) add(code, 'unit_place_with_brand', mention)
    }
  }
  if (!hasBranch()) for (const mention of of('doctor')) addDoctor(mention, mentions, text, add)
  if (grounds.size > 0) return [...grounds.values()]

  if (brand.length > 0) add(names.headquarters, 'unit_brand_alone', brand[0]!)
  else
    for (const kind of ['campus_short', 'city'] as const) {
      if (grounds.size > 0) break
      const inside = of(kind).filter((mention) => mention.field !== 'author')
      for (const mention of inside.slice(0, 1))
        for (const code of placed(mention, mentions)) add(code, 'unit_place_alone', mention)
    }
  return [...grounds.values()]
}

/** Cities named beside a region or a branch count as branches: 衡川华东…杭州、宁波五地; 衡川武汉、长沙、郑州. */
function listed(
  mentions: readonly Mention[],
  names: Names,
  text: string,
  grounds: ReadonlyMap<string, UnitGround>,
  add: (unit: string, code: UnitGround['code'], mention: Mention) => void,
): void {
  const regions = new Set([...grounds.keys()].filter((code) => names.unit.get(code)?.kind === 'region'))
  if (grounds.size === 0) return
  // Chains of places with nothing but list marks between; one sure member makes all of them branches.
  let chain: Mention[] = []
  let sure = false
  let end = -1
  const close = (): void => {
    if (sure) for (const mention of chain) for (const { code } of mention.name.units) add(code, 'unit_listed', mention)
    chain = []
    sure = false
  }
  for (const mention of mentions) {
    if (mention.field === 'author' || mention.kind === 'doctor') continue
    if (end < 0 || !LIST_GAP.test(text.slice(end, mention.start))) close()
    end = mention.end
    const isPlace = mention.kind === 'city' || mention.kind === 'campus_short'
    if (isPlace && !PEOPLE_AFTER.test(text.slice(mention.end, mention.end + 2))) chain.push(mention)
    const after = text.slice(mention.end, mention.end + 4)
    const isUnit = mention.name.units.some(({ code }) => grounds.has(code) && names.unit.get(code)?.kind === 'branch')
    const inRegion = isPlace && mention.name.units.some(({ code }) => regions.has(names.unit.get(code)?.parent ?? ''))
    if (isUnit || inRegion || (isPlace && BRANCH_AFTER.test(after))) sure = true
  }
  close()
}

/** The units of a place name; where several share it, those that another mention confirms. */
function placed(mention: Mention, mentions: readonly Mention[]): string[] {
  const codes = mention.name.units.map(({ code }) => code)
  if (codes.length === 1) return codes
  const known = codes.filter((code) =>
    mentions.some((other) => other !== mention && other.kind !== 'doctor' && other.name.units.some((unit) => unit.code === code)),
  )
  return known.length > 0 ? known : codes
}

/** Several people may bear a doctor's name: a place named beside it decides, else the department that the text speaks of. */
function addDoctor(
  mention: Mention,
  mentions: readonly Mention[],
  text: string,
  add: (unit: string, code: UnitGround['code'], mention: Mention) => void,
): void {
  const { units } = mention.name
  const placedUnits = units.filter(({ code }) =>
    mentions.some((other) => other.kind !== 'doctor' && other.name.units.some((unit) => unit.code === code)),
  )
  const options = placedUnits.length > 0 ? placedUnits : units
  if (options.length === 1) {
    add(options[0]!.code, 'unit_doctor', mention)
    return
  }
  const named = options.filter(
    ({ department }) => department !== undefined && text.includes(department.replace(/科$/u, '')) && department.length > 2,
  )
  const spoken =
    named.length > 0 ? named : options.filter(({ department }) => department !== undefined && speaksOf(department, text))
  if (spoken.length === 1) add(spoken[0]!.code, 'unit_department', mention)
}
