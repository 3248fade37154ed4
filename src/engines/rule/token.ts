import { type RuleError, ruleError } from './error.ts'

/** A piece of a rule, with its place in the source in UTF-16 code units. */
export interface Token {
  readonly kind: 'and' | 'or' | 'not' | '(' | ')' | 'term' | 'field' | 'near' | 'end'
  readonly text: string
  /** Of a term: written between quotation marks. */
  readonly quoted?: true
  readonly start: number
  readonly end: number
}

const WORDS = new Map<string, Token['kind']>([
  ['and', 'and'],
  ['or', 'or'],
  ['not', 'not'],
  ['与', 'and'],
  ['或', 'or'],
  ['非', 'not'],
])
const QUOTES = new Map([
  ['"', '"'],
  ['＂', '＂'],
  ['“', '”'],
  ['”', '”'],
  ['「', '」'],
  ['『', '』'],
])
const ANY_QUOTE_END: Record<string, string> = { '“': '”"', '”': '”"', '"': '"”' }
const SIGNS = new Map<string, Token['kind']>([
  ['(', '('],
  ['（', '('],
  [')', ')'],
  ['）', ')'],
  ['|', 'or'],
  ['｜', 'or'],
  ['&', 'and'],
  ['＆', 'and'],
])
const BEFORE_TERM = new Map<string, Token['kind']>([
  ['-', 'not'],
  ['－', 'not'],
  ['!', 'not'],
  ['！', 'not'],
])
const FIELD = /^(title|text|author|标题|正文|作者)[:：]/iu
/** With a number it is never a word: other tools write it between two words, where it would wait for a text that says “NEAR/10”. */
const NEAR = /^near\/([^\s()（）]*)(?=\s*[(（])|^near\/(\d+)(?![^\s()（）])/iu
const SPACE = /\s/u

/** Cuts a rule into tokens; the last one is `end`. */
export function tokenize(source: string): { ok: true; tokens: Token[] } | { ok: false; error: RuleError } {
  const tokens: Token[] = []
  const push = (kind: Token['kind'], start: number, end: number, text: string): number => {
    tokens.push({ kind, text, start, end })
    return end
  }
  let at = 0
  while (at < source.length) {
    const character = source.charAt(at)
    if (SPACE.test(character)) {
      at++
      continue
    }
    const sign = SIGNS.get(character)
    if (sign !== undefined) {
      // `||` and `&&` are one operator.
      const twice = sign !== '(' && sign !== ')' && SIGNS.get(source.charAt(at + 1)) === sign
      at = push(sign, at, at + (twice ? 2 : 1), character)
      continue
    }
    const before = BEFORE_TERM.get(character)
    if (before !== undefined) {
      at = push(before, at, at + 1, character)
      continue
    }
    const close = QUOTES.get(character)
    if (close !== undefined) {
      const end = closing(source, at + 1, ANY_QUOTE_END[character] ?? close)
      if (end < 0) return { ok: false, error: ruleError('rule_unclosed_quote', at) }
      tokens.push({ kind: 'term', text: source.slice(at + 1, end), quoted: true, start: at, end: end + 1 })
      at = end + 1
      continue
    }
    const rest = source.slice(at, at + 24)
    const field = FIELD.exec(rest)
    if (field !== null) {
      at = push('field', at, at + field[0].length, field[1]!.toLowerCase())
      continue
    }
    const near = NEAR.exec(rest)
    if (near !== null) {
      at = push('near', at, at + near[0].length, near[1] ?? near[2]!)
      continue
    }
    const end = wordEnd(source, at)
    const text = source.slice(at, end)
    at = push(WORDS.get(text.toLowerCase()) ?? 'term', at, end, text)
  }
  push('end', source.length, source.length, '')
  return { ok: true, tokens }
}

function closing(source: string, from: number, ends: string): number {
  for (let at = from; at < source.length; at++) if (ends.includes(source.charAt(at))) return at
  return -1
}

function wordEnd(source: string, from: number): number {
  let at = from + 1
  while (at < source.length) {
    const character = source.charAt(at)
    if (SPACE.test(character) || SIGNS.has(character) || QUOTES.has(character)) break
    at++
  }
  return at
}
