import { AhoCorasick } from '../text/aho-corasick.ts'
import { foldTerm } from '../text/fold.ts'
import { CITY_NICKNAMES } from './places.ts'
import type { Group, GroupUnit } from './types.ts'

/** What a found name is: how surely, and of which units, it speaks. */
export type NameKind = 'alias' | 'campus' | 'campus_short' | 'doctor' | 'brand' | 'city' | 'region'

export interface Name {
  readonly term: string
  readonly kind: NameKind
  /** Units, or for a doctor's name each unit with the department. */
  readonly units: readonly { readonly code: string; readonly department?: string }[]
}

/** A group's names, ready to be found in folded text. */
export interface Names {
  readonly brand: string
  readonly headquarters: string
  readonly names: readonly Name[]
  readonly automaton: AhoCorasick
  readonly unit: ReadonlyMap<string, GroupUnit>
}

const GENERIC = /^(医院|医疗|集团|中心|总部|区域|分院|院区|门诊|健康|区域中心|医疗集团|集团总部|医疗中心)+$/u
/** Later kinds do not replace earlier ones for the same word. */
const ORDER: readonly NameKind[] = ['alias', 'campus', 'doctor', 'brand', 'region', 'campus_short', 'city']

/** Makes the names of a group ready. Works for any group file; without a shared brand only full names, campuses and doctors count. */
export function prepareNames(group: Group): Names {
  const brand = foldTerm(group.brand ?? sharedWord(group.units.map((unit) => foldTerm(unit.name))))
  const found = new Map<string, Name>()
  const collect = (kind: NameKind, word: string, code: string, department?: string): void => {
    const term = foldTerm(word)
    if (term.length < 2) return
    const before = found.get(term)
    if (before !== undefined && before.kind !== kind) return
    const unit = department === undefined ? { code } : { code, department: foldTerm(department) }
    found.set(term, { term, kind, units: [...(before?.units ?? []).filter((other) => other.code !== code), unit] })
  }
  const headquarters =
    (group.units.find((unit) => unit.kind === 'headquarters') ?? group.units.find((unit) => unit.parent === null))?.code ?? ''
  for (const kind of ORDER) {
    if (kind === 'brand' && brand !== '') {
      collect('brand', brand, headquarters)
      collect('brand', `${brand}医院`, headquarters)
    }
    if (kind === 'alias' && headquarters !== '') collect('alias', group.name, headquarters)
    for (const unit of group.units)
      for (const word of wordsOf(unit, kind, brand)) collect(kind, word.word, unit.code, word.department)
  }
  const names = [...found.values()]
  return {
    brand,
    headquarters,
    names,
    automaton: new AhoCorasick(names.map((name) => name.term)),
    unit: new Map(group.units.map((unit) => [unit.code, unit])),
  }
}

function wordsOf(unit: GroupUnit, kind: NameKind, brand: string): { word: string; department?: string }[] {
  const { city, campus } = unit
  const short = campus?.replace(/(院区|分院|医院|院)$/u, '')
  switch (kind) {
    case 'alias': {
      const words = [unit.name, ...(unit.aliases ?? [])]
      if (brand !== '' && unit.kind === 'branch') {
        for (const place of [city, ...(CITY_NICKNAMES[city ?? ''] ?? []), campus, short]) {
          if (place) words.push(`${brand}${place}`, `${place}${brand}`, `${brand}医院${place}`)
        }
      }
      return words.filter((word) => foldTerm(word) !== brand).map((word) => ({ word }))
    }
    case 'campus':
      return campus ? [{ word: campus }] : []
    case 'campus_short':
      return short ? [{ word: short }] : []
    case 'city':
      return city ? [city, ...(CITY_NICKNAMES[city] ?? [])].map((word) => ({ word })) : []
    case 'doctor':
      return (unit.doctors ?? []).map(({ name, department }) => ({ word: name, department }))
    case 'region': {
      if (unit.kind !== 'region' || brand === '') return []
      const place = foldTerm(unit.name)
        .replace(brand, '')
        .replace(/(区域中心|区域|中心|大区|总部|分部)+$/u, '')
      return place === '' ? [] : [{ word: place }, { word: `${place}区域` }, { word: `${place}大区` }]
    }
    case 'brand':
      return []
  }
}

/** The longest word, two characters at least, that most names share and that is not a general one such as 医院; else empty. */
function sharedWord(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) {
    const words = new Set<string>()
    for (let start = 0; start < name.length; start++) {
      for (let end = start + 2; end <= Math.min(name.length, start + 8); end++) words.add(name.slice(start, end))
    }
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  let best = ''
  let bestScore = 0
  const enough = Math.max(2, names.length * 0.6)
  for (const [word, count] of counts) {
    if (count < enough || GENERIC.test(word) || /[院医区]/u.test(word)) continue
    const score = count * 10 + word.length
    if (score > bestScore) {
      best = word
      bestScore = score
    }
  }
  return best
}
