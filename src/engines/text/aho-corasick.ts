/**
 * Finds every occurrence of many terms in one pass (Aho and Corasick, CACM 18(6), 1975). States live in typed arrays; the root
 * has a direct table, deeper moves are in one open-addressed hash table, so that 65,000 terms take a few megabytes.
 */
export class AhoCorasick {
  /** Lengths of the terms in UTF-16 code units, by term number. */
  readonly lengths: Int32Array
  private readonly root = new Int32Array(0x10000)
  private readonly fail: Int32Array
  /** The term that ends in a state, or -1. */
  private readonly term: Int32Array
  /** The nearest shorter suffix state in which a term ends, or 0. */
  private readonly shorter: Int32Array
  private keys: Int32Array
  private values: Int32Array
  private mask: number

  /** @param terms Distinct non-empty folded terms; a term's number is its index. Throws RangeError for an empty or repeated term. */
  constructor(terms: readonly string[]) {
    this.lengths = Int32Array.from(terms, (term) => term.length)
    const most = terms.reduce((sum, term) => sum + term.length, 1)
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, most * 2)))
    this.keys = new Int32Array(size * 2)
    this.values = new Int32Array(size)
    this.mask = size - 1
    this.term = new Int32Array(most).fill(-1)
    this.fail = new Int32Array(most)
    this.shorter = new Int32Array(most)
    const parent = new Int32Array(most)
    const unit = new Uint16Array(most)
    const depth = new Int32Array(most)
    let states = 1
    for (const [number, term] of terms.entries()) {
      if (term === '') throw new RangeError('a term is empty')
      let state = 0
      for (let at = 0; at < term.length; at++) {
        const code = term.charCodeAt(at)
        let next = state === 0 ? this.root[code]! : this.step(state, code)
        if (next === 0) {
          next = states++
          if (state === 0) this.root[code] = next
          else this.put(state, code, next)
          parent[next] = state
          unit[next] = code
          depth[next] = at + 1
        }
        state = next
      }
      if (this.term[state] !== -1) throw new RangeError(`a term is repeated: ${term}`)
      this.term[state] = number
    }
    for (const state of byDepth(depth, states)) {
      if (parent[state] === 0) continue
      let back = this.fail[parent[state]!]!
      const code = unit[state]!
      let next = back === 0 ? this.root[code]! : this.step(back, code)
      while (next === 0 && back !== 0) {
        back = this.fail[back]!
        next = back === 0 ? this.root[code]! : this.step(back, code)
      }
      this.fail[state] = next
      this.shorter[state] = this.term[next] !== -1 ? next : this.shorter[next]!
    }
  }

  /**
   * Calls `hit(term, end)` for every occurrence, in order of `end` (exclusive), longest first among those with the same end.
   * Overlapping occurrences are all told. Stops early when `hit` answers false.
   */
  scan(units: Uint16Array, hit: (term: number, end: number) => unknown): void {
    const { root, fail, term, shorter } = this
    let state = 0
    for (let at = 0; at < units.length; at++) {
      const code = units[at]!
      let next = 0
      while (state !== 0) {
        next = this.step(state, code)
        if (next !== 0) break
        state = fail[state]!
      }
      state = next !== 0 ? next : root[code]!
      for (let found = term[state] !== -1 ? state : shorter[state]!; found !== 0; found = shorter[found]!) {
        if (hit(term[found]!, at + 1) === false) return
      }
    }
  }

  private step(state: number, code: number): number {
    const { keys, mask } = this
    let slot = (Math.imul(state, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    for (;;) {
      const key = keys[slot * 2]!
      if (key === 0) return 0
      if (key === state && keys[slot * 2 + 1] === code) return this.values[slot]!
      slot = (slot + 1) & mask
    }
  }

  private put(state: number, code: number, next: number): void {
    const { keys, mask } = this
    let slot = (Math.imul(state, 0x9e3779b1) ^ Math.imul(code, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    while (keys[slot * 2] !== 0) slot = (slot + 1) & mask
    keys[slot * 2] = state
    keys[slot * 2 + 1] = code
    this.values[slot] = next
  }
}

/** State numbers 1… in order of depth (a counting sort). */
function byDepth(depth: Int32Array, states: number): Int32Array {
  let deepest = 0
  for (let state = 1; state < states; state++) deepest = Math.max(deepest, depth[state]!)
  const counts = new Int32Array(deepest + 2)
  for (let state = 1; state < states; state++) counts[depth[state]! + 1]!++
  for (let level = 1; level < counts.length; level++) counts[level]! += counts[level - 1]!
  const order = new Int32Array(states - 1)
  for (let state = 1; state < states; state++) order[counts[depth[state]!]!++] = state
  return order
}
