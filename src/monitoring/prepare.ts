import { type JudgeItem, type Judgement, pairsOf, type RuleMatch, searched } from '../engines/index.ts'
import type { CompiledGround as Ground, Place } from './ground.ts'
import type { Item } from './item.ts'
import { sayingKey } from './key.ts'

/** How much of a text search looks into; the engine that judges reads as much. */
const searchedLength = 20_000
const excerptLength = 140
/** Between fields: more marks than folding skips, so that no word reaches from one into the next. */
const apart = '\n\n\n'

/** An item judged, as `monitoring.store` reads it. */
export interface Prepared {
  readonly key: string
  readonly text_key: string
  readonly tells: boolean
  readonly units: readonly number[]
  readonly published_at: string
  readonly mentions: readonly PreparedMention[]
}

/** With the rules that were stopped because they wanted too much work on this item. */
export interface PreparedItem {
  readonly row: Prepared
  readonly stopped: readonly number[]
}

interface PreparedMention {
  readonly branch_id: number
  readonly severity: number
  readonly rules: readonly { readonly rule_id: number; readonly spans: RuleMatch['spans'] }[]
}

/** Judges an item and makes it ready for the database. `within`: the unit beyond which it is nobody's business here. */
export function prepare(item: Item, key: string, ground: Ground, within: Place | null = null): PreparedItem {
  const judgement = judge(ground, item)
  const places = judgement.units
    .map((code) => ground.places.get(code))
    .filter((place) => place !== undefined && (within === null || isBelow(place, within))) as Place[]
  places.sort((a, b) => a.id - b.id)
  const costly: number[] = []
  const matches =
    places.length === 0 || ground.rules.size === 0 ? [] : ground.matches(item, (rule) => void costly.push(Number(rule)))
  const { key: text_key, tells } = sayingKey(item)
  const { text, author, title, url, platform, kind, likes, comments, shares, followers } = item
  const { sentiment, category, triage } = judgement
  const said = places.length === 0 ? '' : searched([author, title, text.slice(0, searchedLength)].join(apart))
  const row = {
    key,
    text_key,
    tells,
    units: places.map(({ id }) => id),
    ...{ platform, kind, author, title, text, url, likes, comments, shares, followers, sentiment, category, triage },
    published_at: item.publishedAt,
    excerpt: excerptOf(text),
    folded: said,
    grams: pairsOf(said).join(' '),
    judgement: { engine: ground.engine.name, ...judgement, ...(item.claimed !== null && { claimed: item.claimed }) },
    mentions: places.map((place) => mentionOf(place, judgement, matches, ground)),
  }
  const looksHere = (id: number) => places.some((place) => covers(ground.rules.get(id)?.branchId ?? 0, place, ground))
  return { row, stopped: costly.filter(looksHere) }
}

function judge(ground: Ground, item: JudgeItem): Judgement {
  const { platform, kind, author, title, text } = item
  return ground.engine.judge({ platform, kind, author, title, text })
}

function mentionOf(place: Place, judgement: Judgement, matches: readonly RuleMatch[], ground: Ground): PreparedMention {
  const here = matches.flatMap((match) => {
    const rule = ground.rules.get(Number(match.rule))
    return rule && covers(rule.branchId, place, ground) ? [{ rule, spans: match.spans }] : []
  })
  return {
    branch_id: place.id,
    severity: Math.max(judgement.severity, ...here.map(({ rule }) => rule.severityFloor)),
    rules: here.map(({ rule, spans }) => ({ rule_id: rule.id, spans })),
  }
}

/** A rule of a unit looks at that unit and those below it. */
function covers(unitId: number, place: Place, ground: Ground): boolean {
  if (unitId === place.id || unitId === place.regionId) return true
  for (const { id, kind } of ground.places.values()) if (id === unitId) return kind === 'headquarters'
  return false
}

const isBelow = (place: Place, above: Place): boolean =>
  above.kind === 'headquarters' || place.id === above.id || place.regionId === above.id

/** The beginning of a text on one line, character for character, so that spans found in the text fit it. */
export function excerptOf(text: string): string {
  const start = text.slice(0, excerptLength).replace(/\s/g, ' ')
  return start.toWellFormed().replace(/\uFFFD$/, '')
}
