import type { Field, Node } from './ast.ts'
import type { Hits } from './hits.ts'

/** A stretch of folded text in a field. */
export interface FoldedSpan {
  readonly field: Field
  readonly start: number
  readonly end: number
}

/** Whether a rule holds. */
export function holds(node: Node, hits: Hits): boolean {
  switch (node.kind) {
    case 'term':
      return node.fields.some((field) => hits.at(field, node.term).length > 0)
    case 'and':
      return node.nodes.every((part) => holds(part, hits))
    case 'or':
      return node.nodes.some((part) => holds(part, hits))
    case 'not':
      return !holds(node.node, hits)
    case 'near':
      return node.fields.some((field) => nearPairs(node, field, hits, 1).length > 0)
  }
}

/** The stretches that made a rule hold: every occurrence of its terms in branches that hold, none from under a negation. */
export function fired(node: Node, hits: Hits, cap: number, into: FoldedSpan[] = []): FoldedSpan[] {
  if (into.length >= cap || !holds(node, hits)) return into
  if (node.kind === 'and' || node.kind === 'or') {
    for (const part of node.nodes) fired(part, hits, cap, into)
  } else if (node.kind === 'near') {
    for (const field of node.fields) into.push(...nearPairs(node, field, hits, cap - into.length))
  } else if (node.kind === 'term') {
    const length = hits.length(node.term)
    for (const field of node.fields) {
      for (const start of hits.at(field, node.term)) if (into.length < cap) into.push({ field, start, end: start + length })
    }
  }
  return into
}

/** Occurrences of left and right terms in one field that have a partner at most `distance` characters away. */
function nearPairs(node: Node & { kind: 'near' }, field: Field, hits: Hits, cap: number): FoldedSpan[] {
  const left = occurrences(node.left, field, hits)
  const right = occurrences(node.right, field, hits)
  const spans: FoldedSpan[] = []
  if (left.length === 0 || right.length === 0) return spans
  const keep = (one: FoldedSpan[], other: FoldedSpan[]): void => {
    const longest = other.reduce((most, span) => Math.max(most, span.end - span.start), 0)
    let from = 0
    for (const span of one) {
      while (from < other.length && other[from]!.start + longest + node.distance < span.start) from++
      for (let at = from; at < other.length && other[at]!.start - span.end <= node.distance; at++) {
        if (span.start - other[at]!.end > node.distance) continue
        if (spans.length < cap) spans.push(span)
        break
      }
      if (spans.length >= cap) return
    }
  }
  keep(left, right)
  if (spans.length > 0) keep(right, left)
  return spans
}

function occurrences(terms: readonly string[], field: Field, hits: Hits): FoldedSpan[] {
  const spans: FoldedSpan[] = []
  for (const term of terms) {
    const length = hits.length(term)
    for (const start of hits.at(field, term)) spans.push({ field, start, end: start + length })
  }
  return spans.sort((a, b) => a.start - b.start)
}
