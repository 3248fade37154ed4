import { step } from '../steps.ts'
import type { Field, Node } from './ast.ts'
import type { Budget } from './budget.ts'
import type { Hit, Hits } from './hits.ts'
import type { Term } from './term.ts'

/** Evaluates a rule on one item. What was found out about a part of it is kept, as parts stand in parts. */
export class Evaluation {
  private readonly hits: Hits
  private readonly known = new Map<Node, boolean>()
  private readonly spend: (steps: number) => void

  constructor(hits: Hits, budget: Budget, rule: number) {
    this.hits = hits
    this.spend = (steps) => budget.charge(rule, steps)
  }

  /** Whether a rule holds. */
  holds(node: Node): boolean {
    const known = this.known.get(node)
    if (known !== undefined) return known
    this.spend(1)
    const answer = this.find(node)
    this.known.set(node, answer)
    return answer
  }

  private find(node: Node): boolean {
    switch (node.kind) {
      case 'term':
        return node.fields.some((field) => this.hits.at(field, node.term).length > 0)
      case 'and':
        return node.nodes.every((part) => this.holds(part))
      case 'or':
        return node.nodes.some((part) => this.holds(part))
      case 'not':
        return !this.holds(node.node)
      case 'near':
        return node.fields.some((field) => nearPairs(node, field, this.hits, 1, this.spend).length > 0)
    }
  }

  /** The stretches that made a rule hold: every occurrence of its terms in branches that hold, none from under a negation. */
  fired(node: Node, cap: number, into: Hit[] = []): Hit[] {
    if (into.length >= cap || !this.holds(node)) return into
    if (node.kind === 'and' || node.kind === 'or') {
      for (const part of node.nodes) this.fired(part, cap, into)
    } else if (node.kind === 'near') {
      for (const field of node.fields) into.push(...nearPairs(node, field, this.hits, cap - into.length, this.spend))
    } else if (node.kind === 'term') {
      for (const field of node.fields) into.push(...this.hits.at(field, node.term).slice(0, cap - into.length))
    }
    return into
  }
}

/** Occurrences of left and right terms in one field that have a partner at most `distance` characters away. */
function nearPairs(
  { left, right, distance }: Node & { kind: 'near' },
  field: Field,
  hits: Hits,
  cap: number,
  spend: (steps: number) => void,
): Hit[] {
  const one = occurrences(left, field, hits)
  const other = occurrences(right, field, hits)
  if (one.length === 0 || other.length === 0) return []
  spend(one.length + other.length)
  const spans = withPartner(one, other, distance, cap, spend)
  return spans.length === 0 ? spans : spans.concat(withPartner(other, one, distance, cap - spans.length, spend))
}

/**
 * Those of `one` with a partner in `other`. For every place it is written down how far those of `other` reach that begin up to there,
 * so that each occurrence is looked at once: linear, however many there are.
 */
export function withPartner<S extends Stretch>(
  one: readonly S[],
  other: readonly Stretch[],
  distance: number,
  cap: number,
  spend: (steps: number) => void = step,
): S[] {
  let first = Number.POSITIVE_INFINITY
  let last = 0
  for (const { start } of other) {
    first = Math.min(first, start)
    last = Math.max(last, start)
  }
  spend(one.length + other.length + last - first + 1)
  const reach = new Int32Array(last - first + 1).fill(-1)
  for (const { start, end } of other) reach[start - first] = Math.max(reach[start - first]!, end)
  for (let at = 1; at < reach.length; at++) reach[at] = Math.max(reach[at]!, reach[at - 1]!)
  const found: S[] = []
  for (const span of one) {
    if (found.length >= cap) break
    const place = Math.min(reach.length - 1, span.end + distance - first)
    if (place >= 0 && reach[place]! >= span.start - distance) found.push(span)
  }
  return found
}

interface Stretch {
  readonly start: number
  readonly end: number
}

const occurrences = (terms: readonly Term[], field: Field, hits: Hits): readonly Hit[] =>
  terms.length === 1 ? hits.at(field, terms[0]!) : terms.flatMap((term) => hits.at(field, term))
