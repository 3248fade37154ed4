import { CONCEPT_NAMES } from './concept.ts'
import type { Decision, Odds } from './decide.ts'
import type { Examined } from './examine.ts'
import { conceptKey, type Features } from './features.ts'
import type { Floor } from './floor.ts'
import { FIRST, type Model } from './model.ts'
import { evidenceAt, TEXT_CAP } from './passage.ts'
import { CATEGORIES, type Evidence, type Reason, SENTIMENTS, TRIAGES } from './types.ts'
import type { UnitGround } from './units.ts'

/** At most so many words are shown for one label. */
const SHOWN = 3

interface Ground {
  readonly seen: Examined
  readonly grounds: readonly UnitGround[]
  readonly decision: Decision
  readonly odds: Odds
  readonly model: Model
  readonly features: Features
  /** The written rule that put the severity where it is, when the models had it lower. */
  readonly floor: Floor | null
}

/** Why a judgement is as it is: names for units, the weightiest words and the probability for each label. */
export function explain({ seen, grounds, decision, odds, model, features, floor }: Ground): Reason[] {
  const { passage, mentions, lookalikes } = seen
  const reasons: Reason[] = []
  const at = (mention: { start: number; end: number }): Evidence => evidenceAt(passage, mention.start, mention.end)
  if (passage.truncated) reasons.push({ code: 'text_truncated', numbers: { limit: TEXT_CAP } })
  if (!decision.relevant) {
    const probability = 1 - odds.relevant
    if (grounds.length > 0)
      reasons.push({ code: 'irrelevant_content', evidence: [at(grounds[0]!.mention)], numbers: { probability } })
    else if (lookalikes.length > 0) reasons.push({ code: 'irrelevant_lookalike', evidence: lookalikes.slice(0, SHOWN).map(at) })
    else reasons.push({ code: 'irrelevant_no_name' })
    return reasons
  }
  for (const ground of grounds) reasons.push({ code: ground.code, unit: ground.unit, evidence: [at(ground.mention)] })
  const hidden = mentions.find((mention) => isHidden(passage.folded.skipped, mention.start, mention.end))
  if (hidden !== undefined) reasons.push({ code: 'name_obfuscated', evidence: [at(hidden)] })

  const label = (code: string, name: string, output: number, probability: number): void => {
    const evidence = weightiest(features, model, output).map((concept) =>
      evidenceAt(passage, features.firstStart[concept]!, features.firstEnd[concept]!),
    )
    reasons.push({ code, label: name, numbers: { probability }, ...(evidence.length > 0 ? { evidence } : {}) })
  }
  const sentiment = SENTIMENTS.indexOf(decision.sentiment)
  label('sentiment', decision.sentiment, FIRST.sentiment + sentiment, Math.min(1, odds.sentiment[sentiment]!))
  const category = CATEGORIES.indexOf(decision.category)
  label('category', decision.category, FIRST.category + category, odds.category[category]!)
  if (floor === null)
    label('severity', String(decision.severity), FIRST.severity + decision.severity, odds.severity[decision.severity]!)
  else
    reasons.push({
      code: floor.code,
      label: String(floor.severity),
      evidence: [evidenceAt(passage, passage.title + floor.start, passage.title + floor.end)],
    })
  if (decision.triage !== 'none') {
    const triage = TRIAGES.indexOf(decision.triage) - 1
    label('triage', decision.triage, FIRST.triage + triage, odds.triage[triage]!)
  }
  return reasons
}

function isHidden(skipped: Uint8Array, start: number, end: number): boolean {
  for (let at = start + 1; at < end; at++) if (skipped[at] === 1) return true
  return false
}

/** The concepts found in an item that speak most for an output. */
function weightiest(features: Features, model: Model, output: number): number[] {
  const weighed: { concept: number; weight: number }[] = []
  for (let concept = 0; concept < CONCEPT_NAMES.length; concept++) {
    // A single character convinces nobody who reads the reasons.
    if (features.found[concept] === 0 || features.firstEnd[concept]! - features.firstStart[concept]! < 2) continue
    const weight = model.weight(conceptKey(concept), output)
    if (weight > 0) weighed.push({ concept, weight })
  }
  return weighed
    .sort((a, b) => b.weight - a.weight)
    .slice(0, SHOWN)
    .map(({ concept }) => concept)
}
