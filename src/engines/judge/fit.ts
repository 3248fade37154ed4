import { FIRST, HEADS, type HeadName, OUTPUTS, PRIOR, type Weighting, type Weights } from './model.ts'
import { CATEGORIES, type Judgement, SENTIMENTS, TRIAGES } from './types.ts'

/** A labelled item as the trainer sees it. */
export interface Example {
  /** Distinct feature hashes. */
  readonly features: Int32Array
  readonly labels: Pick<Judgement, 'relevant' | 'units' | 'sentiment' | 'category' | 'also' | 'severity' | 'triage'>
  /** The one head that this item teaches; all of them when left out. */
  readonly only?: HeadName
}

const EPOCHS = 6
/** So many features are kept: those with the greatest weights. */
const KEPT = 30_000

/**
 * Trains all heads with Adagrad (Duchi, Hazan, Singer, JMLR 12, 2011), keeps the features with the greatest weights and trains again
 * on those alone. The same examples in the same order give the same weights.
 */
export function fit(examples: readonly Example[], kept = KEPT): Weights {
  const frequency = new Map<number, number>()
  for (const { features, only } of examples) {
    if (only === undefined) for (const key of features) frequency.set(key, (frequency.get(key) ?? 0) + 1)
  }
  let keys: Int32Array = Int32Array.from([...frequency].filter(([, times]) => times > 1).map(([key]) => key))
  const rarity = (key: number): number => Math.round(Math.log((examples.length * 1.02) / frequency.get(key)!) * 16) / 16
  let weights = fitHeads(examples, keys, Float32Array.from(keys, rarity))
  if (keys.length > kept) {
    keys = strongest(weights, kept)
    weights = fitHeads(examples, keys, Float32Array.from(keys, rarity))
  }
  return weights
}

function fitHeads(examples: readonly Example[], keys: Int32Array, idf: Float32Array): Weights {
  const index = new Map<number, number>()
  for (const [at, key] of keys.entries()) index.set(key, at)
  const rows = examples.map(({ features }) => Int32Array.from([...features].flatMap((key) => index.get(key) ?? [])))
  const weights = new Float32Array(keys.length * OUTPUTS)
  const bias = new Float32Array(OUTPUTS)
  for (const head of HEADS) {
    const target = targetOf(head.name)
    const used = rows.flatMap((row, at) => {
      const { labels, only } = examples[at]!
      const wanted = only === undefined || only === head.name ? target(labels) : undefined
      return wanted === undefined ? [] : [{ row, wanted }]
    })
    fitHead(used, head, idf, weights, bias)
  }
  return { keys, idf, weights, bias }
}

/** What an item teaches a head: the wanted output of each; undefined when it teaches nothing. */
function targetOf(head: HeadName): (labels: Example['labels']) => readonly number[] | undefined {
  const one = (size: number, at: number): number[] => Array.from({ length: size }, (_, output) => (output === at ? 1 : 0))
  switch (head) {
    case 'relevant':
      return (labels) => [labels.relevant ? 1 : 0]
    case 'sentiment':
      return (labels) => (labels.relevant ? one(SENTIMENTS.length, SENTIMENTS.indexOf(labels.sentiment)) : undefined)
    case 'category':
      return (labels) => (labels.relevant ? one(CATEGORIES.length - 1, CATEGORIES.indexOf(labels.category)) : undefined)
    case 'severity':
      return (labels) => (labels.relevant ? one(5, labels.severity) : undefined)
    case 'triage':
      return (labels) =>
        labels.sentiment === 'negative' ? one(TRIAGES.length - 1, TRIAGES.indexOf(labels.triage) - 1) : undefined
    case 'also':
      return (labels) =>
        labels.relevant
          ? CATEGORIES.slice(0, -1).map((category) => (labels.also.includes(category) || labels.category === category ? 1 : 0))
          : undefined
  }
}

function fitHead(
  examples: readonly { row: Int32Array; wanted: readonly number[] }[],
  head: { name: HeadName; size: number; weighting: Weighting; rate: number },
  idf: Float32Array,
  weights: Float32Array,
  bias: Float32Array,
): void {
  const { size, weighting, rate } = head
  const first = FIRST[head.name]
  const value = idf.map((rarity) => (weighting === 'one' ? 1 : weighting === 'root' ? Math.sqrt(rarity) : rarity))
  const norms = examples.map(({ row }) => Math.sqrt(row.reduce((sum, feature) => sum + value[feature]! ** 2, PRIOR[weighting])))
  const table = new Float32Array(idf.length * size)
  const squares = new Float32Array(idf.length * size).fill(1e-3)
  const scores = new Float64Array(size)
  // A class alone or classes that exclude each other; `also` may say several.
  const exclusive = head.name !== 'relevant' && head.name !== 'also'
  const random = generator(20_260_101)
  const order = examples.map((_, at) => at)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    shuffle(order, random)
    for (const at of order) {
      const { row, wanted } = examples[at]!
      const norm = norms[at]!
      for (let output = 0; output < size; output++) scores[output] = bias[first + output]!
      for (const feature of row) {
        const part = value[feature]! / norm
        for (let output = 0; output < size; output++) scores[output]! += table[feature * size + output]! * part
      }
      probabilities(scores, exclusive)
      for (let output = 0; output < size; output++) {
        const error = scores[output]! - wanted[output]!
        if (Math.abs(error) < 1e-4) continue
        for (const feature of row) {
          const gradient = (error * value[feature]!) / norm
          const cell = feature * size + output
          squares[cell]! += gradient * gradient
          table[cell]! -= (rate * gradient) / Math.sqrt(squares[cell]!)
        }
        bias[first + output]! -= 0.02 * error
      }
    }
  }
  for (let feature = 0; feature < idf.length; feature++) {
    for (let output = 0; output < size; output++) {
      weights[feature * OUTPUTS + first + output] = table[feature * size + output]! * value[feature]!
    }
  }
}

function probabilities(scores: Float64Array, exclusive: boolean): void {
  if (!exclusive) {
    for (let at = 0; at < scores.length; at++) scores[at] = 1 / (1 + Math.exp(-scores[at]!))
    return
  }
  const most = Math.max(...scores)
  let sum = 0
  for (let at = 0; at < scores.length; at++) sum += scores[at] = Math.exp(scores[at]! - most)
  for (let at = 0; at < scores.length; at++) scores[at]! /= sum
}

function strongest({ keys, weights }: Weights, kept: number): Int32Array {
  const strength = Float32Array.from(keys, (_, feature) => {
    let sum = 0
    for (let output = 0; output < FIRST.also; output++) sum += weights[feature * OUTPUTS + output]! ** 2
    return sum
  })
  const order = Array.from(keys, (_, feature) => feature).sort((a, b) => strength[b]! - strength[a]! || keys[a]! - keys[b]!)
  return Int32Array.from(order.slice(0, kept), (feature) => keys[feature]!).sort()
}

function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function shuffle(order: number[], random: () => number): void {
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1))
    const kept = order[at]!
    order[at] = order[other]!
    order[other] = kept
  }
}
