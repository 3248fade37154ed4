import { AhoCorasick } from '../text/aho-corasick.ts'
import { sourceSpan } from '../text/fold.ts'
import { FIELDS, type Field, type Node } from './ast.ts'
import { Budget, OverBudget } from './budget.ts'
import type { RuleError } from './error.ts'
import { Evaluation } from './evaluate.ts'
import { type Fields, Hits, type Vocabulary } from './hits.ts'
import { parseRule } from './parse.ts'
import { type Term, termKey } from './term.ts'

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
  /**
   * Rules that hold for an item, in the order in which they were given. `stopped` hears of those that wanted more work than a rule may
   * cause on one item: whether they hold is not known.
   */
  match(fields: Fields, stopped?: (rule: string) => void): RuleMatch[]
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

  const vocabulary = vocabularyOf(roots)
  const owners = ownersOf(roots, vocabulary)
  const woken: number[][] = vocabulary.terms.map(() => [])
  const always: number[] = []
  for (const [index, root] of roots.entries()) {
    const needed = mandatory(root)?.terms
    if (needed === undefined) always.push(index)
    else for (const key of new Set(needed.map(termKey))) woken[vocabulary.numbers.get(key)!]!.push(index)
  }

  return {
    ok: true,
    set: {
      match(fields, stopped) {
        const budget = new Budget(owners)
        const hits = new Hits(vocabulary, fields, budget)
        const candidates = new Set(always)
        for (const term of hits.terms.keys()) for (const index of woken[term]!) candidates.add(index)
        const found = [...candidates]
          .sort((a, b) => a - b)
          .flatMap((index) => within(budget, index, () => examine(rules[index]!.id, roots[index]!, hits, budget, index)))
        for (const index of budget.stopped) stopped?.(rules[index]!.id)
        return found
      },
    },
  }
}

/** All terms of all rules; those of the same letters are found together and told apart by their marks. */
function vocabularyOf(roots: readonly Node[]): Vocabulary {
  const numbers = new Map<string, number>()
  const terms: Term[] = []
  const byLetters = new Map<string, number[]>()
  for (const root of roots) {
    for (const term of literals(root)) {
      const key = termKey(term)
      if (numbers.has(key)) continue
      numbers.set(key, terms.length)
      const alike = byLetters.get(term.letters)
      if (alike) alike.push(terms.length)
      else byLetters.set(term.letters, [terms.length])
      terms.push(term)
    }
  }
  return { automaton: new AhoCorasick([...byLetters.keys()]), numbers, terms, written: [...byLetters.values()] }
}

/** For every term the rules that hold it. */
function ownersOf(roots: readonly Node[], { numbers, terms }: Vocabulary): number[][] {
  const owners: number[][] = terms.map(() => [])
  for (const [index, root] of roots.entries())
    for (const key of new Set(literals(root).map(termKey))) owners[numbers.get(key)!]!.push(index)
  return owners
}

/** What a rule finds, unless it has spent its budget or does so now. */
function within(budget: Budget, index: number, find: () => RuleMatch[]): RuleMatch[] {
  if (budget.stopped.has(index)) return []
  try {
    return find()
  } catch (error) {
    if (error instanceof OverBudget) return []
    throw error
  }
}

function examine(rule: string, root: Node, hits: Hits, budget: Budget, index: number): RuleMatch[] {
  const evaluation = new Evaluation(hits, budget, index)
  return evaluation.holds(root) ? [explain(rule, root, hits, evaluation)] : []
}

function explain(rule: string, root: Node, hits: Hits, evaluation: Evaluation): RuleMatch {
  const seen = new Set<string>()
  const spans: FiredSpan[] = []
  let obfuscated = false
  for (const { field, start, end, obfuscated: hidden } of evaluation.fired(root, SPAN_CAP)) {
    const span = sourceSpan(hits.source(field), start, end)
    const key = `${field} ${span.start} ${span.end}`
    if (seen.has(key)) continue
    seen.add(key)
    spans.push({ field, start: span.start, end: span.end })
    obfuscated ||= hidden
  }
  spans.sort((a, b) => FIELDS.indexOf(a.field) - FIELDS.indexOf(b.field) || a.start - b.start || a.end - b.end)
  return { rule, spans, obfuscated }
}

function literals(node: Node): Term[] {
  if (node.kind === 'term') return [node.term]
  if (node.kind === 'near') return [...node.left, ...node.right]
  if (node.kind === 'not') return literals(node.node)
  return node.nodes.flatMap(literals)
}

interface Needed {
  readonly terms: readonly Term[]
  /** How common they are together: a character more makes a term about eight times rarer. */
  readonly commonness: number
}

const needed = (terms: readonly Term[]): Needed => ({
  terms,
  commonness: terms.reduce((sum, { letters }) => sum + 8 ** -Math.min(letters.length, 12), 0),
})

/** Terms of which at least one must occur for the rule to hold; undefined when it can hold without any. */
function mandatory(node: Node): Needed | undefined {
  switch (node.kind) {
    case 'term':
      return needed([node.term])
    case 'not':
      return undefined
    case 'near':
      return rarer(needed(node.left), needed(node.right))
    case 'and':
      return node.nodes.map(mandatory).reduce(rarer, undefined)
    case 'or': {
      const all = node.nodes.map(mandatory)
      return all.includes(undefined) ? undefined : needed(all.flatMap((one) => one?.terms ?? []))
    }
  }
}

function rarer(one: Needed | undefined, other: Needed | undefined): Needed | undefined {
  if (one === undefined) return other
  return other !== undefined && other.commonness < one.commonness ? other : one
}
