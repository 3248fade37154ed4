import type { Sign } from './context.ts'
import { FIRST, HEADS, type HeadName } from './model.ts'
import {
  CATEGORIES,
  type Category,
  type Judgement,
  SENTIMENTS,
  type Sentiment,
  type Severity,
  TRIAGES,
  type Triage,
} from './types.ts'
import type { UnitGround } from './units.ts'

/** Probabilities that the models give to an item, by head. */
export interface Odds {
  readonly relevant: number
  readonly sentiment: Float64Array
  readonly category: Float64Array
  readonly severity: Float64Array
  readonly triage: Float64Array
  /** Whether a category is touched at all, as the primary or a further one. */
  readonly also: Float64Array
}

export type Decision = Omit<Judgement, 'reasons' | 'units'>

/** Above this an item is taken to speak of the group. */
const RELEVANT_FROM = 0.7
const DOUBTFUL = 0.95
/** Above this a further category is told; praise and information are never further ones. */
const ALSO_FROM = 0.2
/** How much being touched counts towards being the primary category. */
const TOUCHED = 0.4
/** Demands are by far the most frequent: their odds are lowered so that the rarer kinds are found. */
const APPEAL_FACTOR = 0.4
/** Nobody is called malicious on less. */
const MALICIOUS_FROM = 0.4

/** How sure the model must be that an item speaks of the group; surer where the names themselves are doubtful. */
export function relevantFrom(grounds: readonly UnitGround[], signs: readonly Sign[]): number {
  const only = (...codes: UnitGround['code'][]): boolean => grounds.every((ground) => codes.includes(ground.code))
  if (grounds.length === 0) return 1
  if (only('unit_place_alone') && (signs.includes('no_hospital') || signs.includes('other_hospital'))) return DOUBTFUL
  if (only('unit_place_alone') && signs.includes('place_itself')) return DOUBTFUL
  if (only('unit_doctor', 'unit_department') && signs.includes('other_hospital')) return DOUBTFUL
  if (signs.includes('only_in_tags')) return DOUBTFUL
  return RELEVANT_FROM
}

export function oddsOf(logits: Float32Array): Odds {
  const part = (name: HeadName): Float32Array =>
    logits.subarray(FIRST[name], FIRST[name] + HEADS.find((head) => head.name === name)!.size)
  return {
    relevant: logistic(part('relevant')[0]!),
    sentiment: softmax(part('sentiment')),
    category: softmax(part('category')),
    severity: softmax(part('severity')),
    triage: softmax(part('triage')),
    also: Float64Array.from(part('also'), logistic),
  }
}

const logistic = (score: number): number => 1 / (1 + Math.exp(-score))

function softmax(scores: Float32Array): Float64Array {
  const most = Math.max(...scores)
  const out = Float64Array.from(scores, (score) => Math.exp(score - most))
  const sum = out.reduce((total, value) => total + value, 0)
  return out.map((value) => value / sum)
}

export const IRRELEVANT: Decision = {
  relevant: false,
  sentiment: 'neutral',
  category: 'irrelevant',
  also: [],
  severity: 0,
  triage: 'none',
}

/** What is said of an item that names the group and says nothing more. */
export const SILENT: Decision = {
  relevant: true,
  sentiment: 'neutral',
  category: 'information',
  also: [],
  severity: 0,
  triage: 'none',
}

/** Joins what the heads say into labels that fit each other. */
export function decide(odds: Odds, relevant: boolean): Decision {
  if (!relevant) return IRRELEVANT
  const { sentiment, category } = jointly(odds)
  const triage: Triage = sentiment === 'negative' ? triageOf(odds) : 'none'
  const severity = severityOf(odds, sentiment)
  const also = CATEGORIES.filter(
    (name, at) =>
      at < odds.also.length && name !== category && name !== 'praise' && name !== 'information' && odds.also[at]! > ALSO_FROM,
  )
  return { relevant: true, sentiment, category, also, severity, triage }
}

/** How well a category goes with a sentiment, as a factor on the odds. */
function fitting(sentiment: Sentiment, category: Category): number {
  if (category === 'praise') return sentiment === 'positive' ? 1 : 0.1
  if (sentiment === 'positive') return 0.1
  if (category === 'information') return sentiment === 'neutral' ? 1 : 0.3
  return 1
}

/** The likeliest pair; a category that the text touches at all is likelier to be the primary one. */
function jointly(odds: Odds): { sentiment: Sentiment; category: Category } {
  let answer: { sentiment: Sentiment; category: Category } = { sentiment: 'neutral', category: 'information' }
  let most = -1
  for (const [s, sentiment] of SENTIMENTS.entries()) {
    for (let c = 0; c < odds.category.length; c++) {
      const touched = (odds.also[c]! + 1e-3) ** TOUCHED
      const score = odds.sentiment[s]! * odds.category[c]! * touched * fitting(sentiment, CATEGORIES[c]!)
      if (score > most) {
        most = score
        answer = { sentiment, category: CATEGORIES[c]! }
      }
    }
  }
  return answer
}

function triageOf(odds: Odds): Triage {
  const kinds = odds.triage.map((value, at) => {
    const kind = TRIAGES[1 + at]
    if (kind === 'malicious' && value < MALICIOUS_FROM) return 0
    return kind === 'appeal' ? value * APPEAL_FACTOR : value
  })
  return TRIAGES[1 + best(kinds)]!
}

function severityOf(odds: Odds, sentiment: Sentiment): Severity {
  if (sentiment === 'positive') return 0
  // What blames is at least a grumble.
  const weighed = odds.severity.map((value, level) => (sentiment === 'negative' && level === 0 ? 0 : value))
  return best(weighed) as Severity
}

function best(values: ArrayLike<number>): number {
  let at = 0
  for (let next = 1; next < values.length; next++) if (values[next]! > values[at]!) at = next
  return at
}
