import { AhoCorasick } from '../text/aho-corasick.ts'
import { sourceSpan } from '../text/fold.ts'
import { FIELDS, type Field, type Node } from './ast.ts'
import type { RuleError } from './error.ts'
import { fired, holds } from './evaluate.ts'
import { type Fields, Hits } from './hits.ts'
import { parseRule } from './parse.ts'

/** At most this many spans are told for one rule and item. */
export const SPAN_CAP = 200

/** A stretch of an original field that made a rule fire, in UTF-16 code units. */
export interface FiredSpan {
  readonly field: Field
  readonly start: number
  readonly end: number
}

export interface RuleMatch {
  readonly rule: string
  readonly spans: FiredSpan[]
  /** True when a term was found only by looking through marks set between its characters: 医*院. */
  readonly obfuscated: boolean
}

export interface RuleSet {
  /** Rules that hold for an item, in the order in which they were given. */
  match(fields: Fields): RuleMatch[]
}

export type Compiled =
  | { readonly ok: true; readonly set: RuleSet }
  | { readonly ok: false; readonly errors: { readonly id: string; readonly error: RuleError }[] }

/**
 * Makes rules ready for matching. Each rule waits on the rarest literals that it cannot do without (taken to be the longest); only
 * rules so woken are evaluated, so the cost of a match hardly depends on how many rules there are. A rule of negations alone is
 * evaluated for every item. Answers with all errors when any rule cannot be read.
 */
export function compileRules(rules: readonly { readonly id: string; readonly source: string }[]): Compiled {
  const errors: { id: string; error: RuleError }[] = []
  const roots: Node[] = []
  for (const { id, source } of rules) {
    const parsed = parseRule(source)
    if (parsed.ok) roots.push(parsed.rule.root)
    else errors.push({ id, error: parsed.error })
  }
  if (errors.length > 0) return { ok: false, errors }

  const numbers = new Map<string, number>()
  for (const root of roots) for (const term of literals(root)) if (!numbers.has(term)) numbers.set(term, numbers.size)
  const automaton = new AhoCorasick([...numbers.keys()])
  const woken: number[][] = Array.from(numbers, () => [])
  const always: number[] = []
  for (const [index, root] of roots.entries()) {
    const needed = mandatory(root)
    if (needed === undefined) always.push(index)
    else for (const term of new Set(needed)) woken[numbers.get(term)!]!.push(index)
  }

  return {
    ok: true,
    set: {
      match(fields) {
        const hits = new Hits(automaton, numbers, fields)
        const candidates = new Set(always)
        for (const term of hits.terms) for (const index of woken[term]!) candidates.add(index)
        return [...candidates]
          .sort((a, b) => a - b)
          .filter((index) => holds(roots[index]!, hits))
          .map((index) => explain(rules[index]!.id, roots[index]!, hits))
      },
    },
  }
}

function explain(rule: string, root: Node, hits: Hits): RuleMatch {
  const seen = new Set<string>()
  const spans: FiredSpan[] = []
  let obfuscated = false
  for (const { field, start, end } of fired(root, hits, SPAN_CAP)) {
    const span = sourceSpan(hits.source(field), start, end)
    const key = `${field} ${span.start} ${span.end}`
    if (seen.has(key)) continue
    seen.add(key)
    spans.push({ field, start: span.start, end: span.end })
    obfuscated ||= span.obfuscated
  }
  spans.sort((a, b) => FIELDS.indexOf(a.field) - FIELDS.indexOf(b.field) || a.start - b.start || a.end - b.end)
  return { rule, spans, obfuscated }
}

function literals(node: Node): string[] {
  if (node.kind === 'term') return [node.term]
  if (node.kind === 'near') return [...node.left, ...node.right]
  if (node.kind === 'not') return literals(node.node)
  return node.nodes.flatMap(literals)
}

/** Terms of which at least one must occur for the rule to hold; undefined when it can hold without any. */
function mandatory(node: Node): string[] | undefined {
  switch (node.kind) {
    case 'term':
      return [node.term]
    case 'not':
      return undefined
    case 'near':
      return rarer([...node.left], [...node.right])
    case 'and':
      return node.nodes.map(mandatory).reduce(rarer, undefined)
    case 'or': {
      const all = node.nodes.map(mandatory)
      return all.includes(undefined) ? undefined : all.flatMap((terms) => terms ?? [])
    }
  }
}

/** A character more makes a term about eight times rarer. */
const commonness = (terms: readonly string[]): number => terms.reduce((sum, term) => sum + 8 ** -Math.min(term.length, 12), 0)

function rarer(one: string[] | undefined, other: string[] | undefined): string[] | undefined {
  if (one === undefined) return other
  return other !== undefined && commonness(other) < commonness(one) ? other : one
}
