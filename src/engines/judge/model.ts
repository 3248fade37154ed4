import { CATEGORIES, SENTIMENTS, TRIAGES } from './types.ts'

/** How a feature counts by its rarity: all alike, by the root of, or by its inverse document frequency. */
export type Weighting = 'one' | 'root' | 'idf'

/** What the models decide, each a row of outputs in one table of weights; `rate` is how fast it learns. */
export const HEADS = [
  { name: 'relevant', size: 1, weighting: 'one', rate: 1.5 },
  { name: 'sentiment', size: SENTIMENTS.length, weighting: 'root', rate: 0.4 },
  { name: 'category', size: CATEGORIES.length - 1, weighting: 'idf', rate: 0.6 },
  { name: 'severity', size: 5, weighting: 'root', rate: 0.4 },
  { name: 'triage', size: TRIAGES.length - 1, weighting: 'root', rate: 1 },
  { name: 'also', size: CATEGORIES.length - 1, weighting: 'idf', rate: 1 },
] as const satisfies readonly { name: string; size: number; weighting: Weighting; rate: number }[]
export type HeadName = (typeof HEADS)[number]['name']
export const OUTPUTS = HEADS.reduce((sum, head) => sum + head.size, 0)
/** The first output of each head. */
export const FIRST: Readonly<Record<HeadName, number>> = (() => {
  const first = { relevant: 0, sentiment: 0, category: 0, severity: 0, triage: 0, also: 0 }
  let at = 0
  for (const head of HEADS) {
    first[head.name] = at
    at += head.size
  }
  return first
})()

/**
 * Added to the squared length of every item, as if it held so much that is unknown: few features make no strong opinion.
 */
export const PRIOR: Readonly<Record<Weighting, number>> = { one: 30, root: 100, idf: 400 }

const MAGIC = 0x314a4c41
const IDF_STEP = 16

/** Weights as trained: `weights[feature * OUTPUTS + output]`, the weighting of features already multiplied in. */
export interface Weights {
  readonly keys: Int32Array
  readonly idf: Float32Array
  readonly weights: Float32Array
  readonly bias: Float32Array
}

/** Packs weights to 8 bits with one scale an output; little-endian; the same weights give the same bytes. */
export function packModel({ keys, idf, weights, bias }: Weights): Uint8Array {
  const count = keys.length
  const scales = new Float32Array(OUTPUTS)
  for (let at = 0; at < weights.length; at++) scales[at % OUTPUTS] = Math.max(scales[at % OUTPUTS]!, Math.abs(weights[at]!))
  const bytes = new Uint8Array(8 + OUTPUTS * 8 + count * (5 + OUTPUTS))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, count, true)
  let at = 8
  for (let output = 0; output < OUTPUTS; output++, at += 8) {
    view.setFloat32(at, scales[output]! / 127, true)
    view.setFloat32(at + 4, bias[output]!, true)
  }
  for (let feature = 0; feature < count; feature++, at += 4) view.setInt32(at, keys[feature]!, true)
  for (let feature = 0; feature < count; feature++) bytes[at++] = Math.min(255, Math.round(idf[feature]! * IDF_STEP))
  for (let index = 0; index < weights.length; index++)
    view.setInt8(at++, Math.round((weights[index]! / (scales[index % OUTPUTS]! || 1)) * 127))
  return bytes
}

/** Scores of an item's features, ready to be used again and again. */
export class Model {
  private readonly count: number
  private readonly slots: Int32Array
  private readonly slotMask: number
  private readonly idf: Float32Array
  private readonly weights: Int8Array
  private readonly scale = new Float32Array(OUTPUTS)
  private readonly bias = new Float32Array(OUTPUTS)
  private readonly seen: Int32Array
  private readonly sums = new Int32Array(OUTPUTS)
  private generation = 0
  /** Logits of the last item, by output. */
  readonly logits: Float32Array = new Float32Array(OUTPUTS)

  /** Throws RangeError when the bytes are not a packed model of this version. */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (bytes.length < 8 || view.getUint32(0, true) !== MAGIC) throw new RangeError('not a judgement model')
    this.count = view.getUint32(4, true)
    if (bytes.length !== 8 + OUTPUTS * 8 + this.count * (5 + OUTPUTS)) throw new RangeError('a judgement model of another shape')
    let at = 8
    for (let output = 0; output < OUTPUTS; output++, at += 8) {
      this.scale[output] = view.getFloat32(at, true)
      this.bias[output] = view.getFloat32(at + 4, true)
    }
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, this.count * 2.5)))
    this.slotMask = size - 1
    this.slots = new Int32Array(size * 2)
    for (let feature = 0; feature < this.count; feature++, at += 4) this.put(view.getInt32(at, true), feature)
    this.idf = Float32Array.from({ length: this.count }, (_, feature) => bytes[at + feature]! / IDF_STEP)
    at += this.count
    this.weights = new Int8Array(bytes.buffer, bytes.byteOffset + at, this.count * OUTPUTS)
    this.seen = new Int32Array(this.count)
  }

  private put(key: number, feature: number): void {
    let slot = key & this.slotMask
    while (this.slots[slot * 2 + 1] !== 0) slot = (slot + 1) & this.slotMask
    this.slots[slot * 2] = key
    this.slots[slot * 2 + 1] = feature + 1
  }

  private find(key: number): number {
    let slot = key & this.slotMask
    for (;;) {
      const feature = this.slots[slot * 2 + 1]!
      if (feature === 0) return -1
      if (this.slots[slot * 2] === key) return feature - 1
      slot = (slot + 1) & this.slotMask
    }
  }

  /** Fills `logits`. */
  score(hashes: Int32Array, count: number): void {
    const { sums, weights, seen } = this
    sums.fill(0)
    const generation = ++this.generation
    let ones = 0
    let roots = 0
    let squares = 0
    for (let at = 0; at < count; at++) {
      const feature = this.find(hashes[at]!)
      if (feature < 0 || seen[feature] === generation) continue
      seen[feature] = generation
      const idf = this.idf[feature]!
      ones++
      roots += idf
      squares += idf * idf
      const base = feature * OUTPUTS
      for (let output = 0; output < OUTPUTS; output++) sums[output]! += weights[base + output]!
    }
    let output = 0
    for (const head of HEADS) {
      const norm = Math.sqrt(
        (head.weighting === 'one' ? ones : head.weighting === 'root' ? roots : squares) + PRIOR[head.weighting],
      )
      for (let end = output + head.size; output < end; output++) {
        this.logits[output] = (sums[output]! * this.scale[output]!) / norm + this.bias[output]!
      }
    }
  }

  /** The weight of one feature for one output, before the length of the text is taken into account; 0 when unknown. */
  weight(key: number, output: number): number {
    const feature = this.find(key)
    return feature < 0 ? 0 : this.weights[feature * OUTPUTS + output]! * this.scale[output]!
  }
}
