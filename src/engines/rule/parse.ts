import { FIELDS, type Field, type Node, type Rule } from './ast.ts'
import { type RuleError, type RuleErrorCode, ruleError } from './error.ts'
import { readTerm, type Term, termKey } from './term.ts'
import { type Token, tokenize } from './token.ts'

const LONGEST = 20_000
const DEEPEST = 100
const FARTHEST = 200
/** Where a term without a field is looked for. */
const BARE: readonly Field[] = ['title', 'text']
const FIELD_NAMES: Record<string, Field> = { 标题: 'title', 正文: 'text', 作者: 'author' }

export type Parsed = { readonly ok: true; readonly rule: Rule } | { readonly ok: false; readonly error: RuleError }

/**
 * Reads a keyword rule. NOT (非, `-`, `!`) binds closest, then AND (与, `&`, or nothing but a space), then OR (或, `|`); parentheses
 * of both widths; "phrases" keep spaces and operator words; `title:` `text:` `author:` (标题: 正文: 作者:) narrow a term or group;
 * `NEAR/n(a b)` wants both in one field with at most n characters between. Terms are compared folded. A term that begins or ends with
 * a Latin letter or a digit stops at the edge of that word or number; beside Chinese is an edge. Never throws.
 */
export function parseRule(source: string): Parsed {
  if (source.length > LONGEST) return { ok: false, error: ruleError('rule_too_long', LONGEST) }
  const cut = tokenize(source)
  if (!cut.ok) return cut
  if (cut.tokens.length === 1) return { ok: false, error: ruleError('rule_empty', 0) }
  try {
    const parser = new Parser(cut.tokens)
    return { ok: true, rule: { source, root: parser.whole() } }
  } catch (failure) {
    if (failure instanceof Refusal) return { ok: false, error: failure.error }
    throw failure
  }
}

class Refusal extends Error {
  readonly error: RuleError
  constructor(code: RuleErrorCode, position: number) {
    super(code)
    this.error = ruleError(code, position)
  }
}

class Parser {
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  whole(): Node {
    const node = this.or(BARE)
    const left = this.peek()
    if (left.kind === ')') throw new Refusal('rule_unexpected_parenthesis', left.start)
    if (left.kind !== 'end') throw new Refusal('rule_missing_operand', left.start)
    return node
  }

  private peek(): Token {
    return this.tokens[this.at]!
  }

  private take(): Token {
    return this.tokens[this.at++]!
  }

  private or(fields: readonly Field[]): Node {
    const nodes = [this.and(fields)]
    while (this.peek().kind === 'or') {
      this.at++
      nodes.push(this.and(fields))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'or', nodes }
  }

  private and(fields: readonly Field[]): Node {
    const nodes = [this.unary(fields)]
    for (;;) {
      const { kind } = this.peek()
      if (kind === 'and') this.at++
      else if (kind === 'or' || kind === ')' || kind === 'end') break
      nodes.push(this.unary(fields))
    }
    return nodes.length === 1 ? nodes[0]! : { kind: 'and', nodes }
  }

  private unary(fields: readonly Field[]): Node {
    if (++this.depth > DEEPEST) throw new Refusal('rule_too_deep', this.peek().start)
    const node = this.operand(fields)
    this.depth--
    return node
  }

  private operand(fields: readonly Field[]): Node {
    const token = this.take()
    switch (token.kind) {
      case 'not':
        return { kind: 'not', node: this.unary(fields) }
      case 'term':
        return { kind: 'term', term: this.term(token), fields }
      case 'field':
        return this.unary([fieldNamed(token.text)])
      case 'near':
        return this.near(token, fields)
      case '(': {
        const node = this.or(fields)
        this.close(token)
        return node
      }
      default:
        throw new Refusal(
          token.kind === ')' && this.depth === 1 ? 'rule_unexpected_parenthesis' : 'rule_missing_operand',
          token.start,
        )
    }
  }

  private close(open: Token): void {
    if (this.peek().kind !== ')') throw new Refusal('rule_unclosed_parenthesis', open.start)
    this.at++
  }

  private near(token: Token, fields: readonly Field[]): Node {
    const distance = Number(token.text)
    if (!/^\d+$/.test(token.text) || distance < 1 || distance > FARTHEST) throw new Refusal('rule_near_distance', token.start)
    const open = this.take()
    if (open.kind !== '(') throw new Refusal('rule_near_operands', token.start)
    const left = this.alternatives(token)
    if (this.peek().kind === 'and') this.at++
    const right = this.alternatives(token)
    if (this.peek().kind !== ')' && this.peek().kind !== 'end') throw new Refusal('rule_near_operands', this.peek().start)
    this.close(open)
    return { kind: 'near', distance, left, right, fields }
  }

  /** One term, or terms joined by OR in parentheses. */
  private alternatives(near: Token): Term[] {
    const token = this.take()
    if (token.kind === 'term') return [this.term(token)]
    if (token.kind !== '(') throw new Refusal('rule_near_operands', token.kind === 'end' ? near.start : token.start)
    const terms: Term[] = []
    do {
      const term = this.take()
      if (term.kind !== 'term') throw new Refusal('rule_near_operands', term.start)
      terms.push(this.term(term))
      if (this.peek().kind !== 'or') break
      this.at++
    } while (this.peek().kind !== 'end')
    this.close(token)
    return [...new Map(terms.map((term) => [termKey(term), term])).values()]
  }

  private term(token: Token): Term {
    const term = readTerm(token.text, token.quoted === true)
    if (term === null) throw new Refusal('rule_term_without_letters', token.start)
    return term
  }
}

function fieldNamed(name: string): Field {
  return FIELD_NAMES[name] ?? FIELDS.find((field) => field === name) ?? 'text'
}
