import { isWordUnit } from '../text/character.ts'
import { CONCEPT_NAMES, scanConcepts } from './concept.ts'
import type { Sign } from './context.ts'
import type { NameKind } from './group.ts'
import type { Mention } from './mention.ts'
import type { Passage } from './passage.ts'

/** Beyond this many folded characters no further features are drawn: the beginning and the end say what a text is for. */
export const FEATURE_CAP = 2_000

/** What names become before n-grams are drawn, so that what is learnt on one group serves every group. */
const PLACEHOLDER: Record<NameKind, number> = {
  alias: 0xe001,
  brand: 0xe002,
  campus: 0xe003,
  campus_short: 0xe004,
  city: 0xe005,
  doctor: 0xe006,
  region: 0xe007,
}
const LOOKALIKE = 0xe008
const EDGE = 0xe010

/** Feature families keep equal strings in different places apart. */
const FAMILY = {
  text: 1,
  title: 2,
  author: 3,
  concept: 4,
  conceptTitle: 5,
  conceptEnd: 6,
  conceptNot: 7,
  shape: 8,
  pair: 9,
  conceptHead: 10,
} as const

/** Collects the features of one item as 32-bit hashes (FNV-1a); the same feature may come more than once. */
export class Features {
  readonly hashes: Int32Array = new Int32Array(40_000)
  count = 0
  /** Concepts found, and where each was first found. */
  readonly found: Int32Array = new Int32Array(CONCEPT_NAMES.length)
  readonly firstStart: Int32Array = new Int32Array(CONCEPT_NAMES.length)
  readonly firstEnd: Int32Array = new Int32Array(CONCEPT_NAMES.length)
  private readonly units = new Uint16Array(FEATURE_CAP + 8)

  draw(
    passage: Passage,
    mentions: readonly Mention[],
    lookalikes: readonly Mention[],
    signs: readonly Sign[],
    item: { platform: string; kind: string },
  ): void {
    this.count = 0
    const { units } = passage.folded
    this.grams(units, 0, passage.title, mentions, lookalikes, FAMILY.author, 2)
    this.grams(units, passage.title, passage.text, mentions, lookalikes, FAMILY.title, 2)
    this.grams(units, passage.title, units.length, mentions, lookalikes, FAMILY.text, 3)
    this.concepts(passage)
    this.shape(passage, mentions, lookalikes, item)
    for (const sign of signs) this.add(seed(FAMILY.shape, 'sign', sign))
  }

  private grams(
    units: Uint16Array,
    from: number,
    to: number,
    mentions: readonly Mention[],
    lookalikes: readonly Mention[],
    family: number,
    longest: number,
  ): void {
    const masked = this.units
    let length = 0
    masked[length++] = EDGE
    let at = from
    let next = 0
    const names = lookalikes.length === 0 ? mentions : [...mentions, ...lookalikes].sort((a, b) => a.start - b.start)
    while (next < names.length && names[next]!.start < from) next++
    // Of a long text the head and the tail are drawn.
    const jump = to - from > FEATURE_CAP ? from + FEATURE_CAP / 2 : to
    while (at < to && length < FEATURE_CAP) {
      if (at >= jump && at < to - FEATURE_CAP / 2) {
        at = to - FEATURE_CAP / 2
        while (next < names.length && names[next]!.start < at) next++
      }
      const name = names[next]
      if (name !== undefined && at === name.start && name.end <= to) {
        masked[length++] = lookalikes.includes(name) ? LOOKALIKE : PLACEHOLDER[name.kind]
        at = name.end
        next++
        continue
      }
      const unit = units[at]!
      masked[length++] = unit >= 48 && unit <= 57 ? 48 : unit
      at++
    }
    masked[length++] = EDGE
    for (let start = 0; start < length; start++) {
      let hash = seed(family)
      for (let end = start; end < Math.min(length, start + longest); end++) {
        hash = Math.imul(hash ^ masked[end]!, 0x01000193)
        this.add(hash)
      }
    }
  }

  private add(hash: number): void {
    if (this.count < this.hashes.length) this.hashes[this.count++] = mix(hash)
  }

  private concepts(passage: Passage): void {
    const { found, firstStart, firstEnd } = this
    found.fill(0)
    const { units } = passage.folded
    const end = units.length
    const examined = end - passage.text > FEATURE_CAP * 2 ? units.subarray(0, passage.text + FEATURE_CAP * 2) : units
    scanConcepts(examined, (concept, start, stop, term) => {
      if (found[concept] === 0) {
        firstStart[concept] = start
        firstEnd[concept] = stop
      }
      if (start < passage.title) {
        this.add(seed(FAMILY.author, concept))
        return
      }
      found[concept]!++
      this.add(seed(FAMILY.pair, term))
      if (start < passage.text) this.add(seed(FAMILY.conceptTitle, concept))
      if (start > end - 40) this.add(seed(FAMILY.conceptEnd, concept))
      if (start >= passage.text && start < passage.text + 30) this.add(seed(FAMILY.conceptHead, concept))
      if (isNegated(units, start)) this.add(seed(FAMILY.conceptNot, concept))
    })
    for (let concept = 0; concept < found.length; concept++) {
      const count = found[concept]!
      if (count === 0) continue
      this.add(seed(FAMILY.concept, concept))
      if (count > 1) this.add(seed(FAMILY.concept, concept + 1000))
      if (count > 3) this.add(seed(FAMILY.concept, concept + 2000))
    }
  }

  private shape(
    passage: Passage,
    mentions: readonly Mention[],
    lookalikes: readonly Mention[],
    { platform, kind }: { platform: string; kind: string },
  ): void {
    const add = (...parts: (string | number)[]): void => this.add(seed(FAMILY.shape, ...parts))
    add('platform', platform)
    add('kind', kind)
    add('both', platform, kind)
    const length = passage.folded.units.length - passage.text
    add('length', length < 15 ? 0 : length < 30 ? 1 : length < 60 ? 2 : length < 100 ? 3 : length < 200 ? 4 : 5)
    add('titled', passage.text - passage.title > 1 ? 1 : 0)
    const kinds = new Set(mentions.map((mention) => mention.kind))
    for (const one of kinds) add('name', one)
    add('names', [...kinds].sort().join())
    add('lookalikes', Math.min(2, lookalikes.length), kinds.size > 0 ? 1 : 0)
    for (const mention of mentions)
      add('named in', mention.field, mention.kind === 'city' || mention.kind === 'campus_short' ? 'weak' : 'strong')
    if (mentions.some((mention) => mention.field === 'author' && mention.kind !== 'city' && mention.kind !== 'campus_short'))
      add('official author')
  }
}

const NEGATIONS = new Set([...'不没未无非别勿'].map((character) => character.charCodeAt(0)))

function isNegated(units: Uint16Array, start: number): boolean {
  for (let at = start - 1; at >= Math.max(0, start - 3); at--) {
    if (NEGATIONS.has(units[at]!)) return true
    if (!isWordUnit(units[at]!)) return false
  }
  return false
}

function seed(...parts: (string | number)[]): number {
  let hash = 0x811c9dc5
  for (const part of parts) {
    if (typeof part === 'number') hash = Math.imul(hash ^ part ^ 0x5bd1, 0x01000193)
    else for (let at = 0; at < part.length; at++) hash = Math.imul(hash ^ part.charCodeAt(at), 0x01000193)
    hash = Math.imul(hash ^ 0xff, 0x01000193)
  }
  return hash
}

/** Spreads the bits (the finaliser of MurmurHash3). */
function mix(hash: number): number {
  let out = hash ^ (hash >>> 16)
  out = Math.imul(out, 0x85ebca6b)
  out ^= out >>> 13
  out = Math.imul(out, 0xc2b2ae35)
  return out ^ (out >>> 16)
}

/** The hash of the feature that says a concept was found. */
export function conceptKey(concept: number): number {
  return mix(seed(FAMILY.concept, concept))
}
