/** Stable codes of what can be wrong with a rule. */
export type RuleErrorCode =
  | 'rule_empty'
  | 'rule_too_long'
  | 'rule_too_deep'
  | 'rule_missing_operand'
  | 'rule_unclosed_parenthesis'
  | 'rule_unexpected_parenthesis'
  | 'rule_unclosed_quote'
  | 'rule_term_without_letters'
  | 'rule_near_distance'
  | 'rule_near_operands'

/** Why a rule cannot be read. */
export interface RuleError {
  readonly code: RuleErrorCode
  /** Where, in UTF-16 code units from the start of the rule. */
  readonly position: number
  /** What would have been right there: names of tokens, for machines. */
  readonly expected: readonly string[]
  readonly message: { readonly zh: string; readonly en: string }
}

const MESSAGES: Record<RuleErrorCode, { zh: string; en: string; expected: string[] }> = {
  rule_empty: { zh: '规则是空的，请写至少一个词', en: 'the rule is empty: write at least one term', expected: ['term'] },
  rule_too_long: { zh: '规则太长，上限 20000 字', en: 'the rule is longer than 20,000 characters', expected: ['end'] },
  rule_too_deep: {
    zh: '括号或“非”套得太深，上限 100 层',
    en: 'parentheses or negations are nested deeper than 100',
    expected: ['term'],
  },
  rule_missing_operand: { zh: '这里缺一个词或括号', en: 'a term or a parenthesis is missing here', expected: ['term', '('] },
  rule_unclosed_parenthesis: { zh: '这个左括号没有对应的右括号', en: 'this parenthesis is never closed', expected: [')'] },
  rule_unexpected_parenthesis: {
    zh: '多了一个右括号',
    en: 'this closing parenthesis has no opening one',
    expected: ['term', 'end'],
  },
  rule_unclosed_quote: { zh: '这个引号没有关上', en: 'this quotation mark is never closed', expected: ['”'] },
  rule_term_without_letters: {
    zh: '词里要有文字、字母或数字',
    en: 'a term needs at least one letter, digit or Chinese character',
    expected: ['term'],
  },
  rule_near_distance: {
    zh: 'NEAR 的距离应写作 NEAR/1 到 NEAR/200',
    en: 'write the distance as NEAR/1 to NEAR/200',
    expected: ['NEAR/1…200'],
  },
  rule_near_operands: {
    zh: 'NEAR 后面应是括号，里面两个词，或两组用“或”连接的词，如 NEAR/10(手术 (失败|感染))',
    en: 'NEAR takes two terms, or two groups of terms joined by OR, in parentheses: NEAR/10(手术 (失败|感染))',
    expected: ['(term term)'],
  },
}

export function ruleError(code: RuleErrorCode, position: number): RuleError {
  const { zh, en, expected } = MESSAGES[code]
  return { code, position, expected, message: { zh, en } }
}
