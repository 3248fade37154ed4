import { readFileSync } from 'node:fs'
import { decide, oddsOf, relevantFrom, SILENT } from './decide.ts'
import { examine } from './examine.ts'
import { explain } from './explain.ts'
import { Features } from './features.ts'
import { floorOf } from './floor.ts'
import { prepareNames } from './group.ts'
import { Model } from './model.ts'
import { negativeFactor } from './polarity.ts'
import { CATEGORIES, type Group, type JudgeEngine, SENTIMENTS } from './types.ts'
import { resolveUnits } from './units.ts'

const NEGATIVE = SENTIMENTS.indexOf('negative')
const PRAISE = CATEGORIES.indexOf('praise')

let shipped: Uint8Array | undefined

/** The weights that ship with the product, as written by `train.ts`. */
export function shippedWeights(): Uint8Array {
  shipped ??= readFileSync(new URL('weights.bin', import.meta.url))
  return shipped
}

/**
 * The engine that ships: the group's names are found by an automaton, everything else is decided by linear models over character
 * n-grams and word lists, above the floors of written rules. One engine serves one group; it keeps no memory of items. Examines the first 20,000 characters of a text.
 * @param weights Packed weights, for trials; the shipped ones when left out. Throws RangeError when they cannot be read.
 */
export function createJudge(group: Group, weights: Uint8Array = shippedWeights()): JudgeEngine {
  const names = prepareNames(group)
  const model = new Model(weights)
  const features = new Features()
  return {
    name: 'anlan-linear-2',
    judge(item) {
      const seen = examine(item, names, features)
      model.score(features.hashes, features.count)
      const odds = oddsOf(model.logits)
      const grounds = resolveUnits(seen.mentions, names, seen.passage.folded.text)
      const relevant = odds.relevant > relevantFrom(grounds, seen.signs)
      const said = seen.passage.folded.text.slice(seen.passage.title)
      const factor = negativeFactor(said)
      odds.sentiment[NEGATIVE]! *= factor
      if (factor > 1) odds.category[PRAISE]! /= factor
      const decided = relevant && seen.signs.includes('nothing_said') ? SILENT : decide(odds, relevant)
      const floor = relevant ? floorOf(said, decided) : null
      const raised = floor !== null && floor.severity > decided.severity
      const decision = raised ? { ...decided, severity: floor.severity } : decided
      return {
        ...decision,
        units: relevant ? grounds.map((ground) => ground.unit) : [],
        reasons: explain({ seen, grounds, decision, odds, model, features, floor: raised ? floor : null }),
      }
    },
  }
}
