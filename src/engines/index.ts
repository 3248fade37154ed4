/** The doors of the engines: pure functions, no database, no clock, no network. */

export { createJudge } from './judge/engine.ts'
export { LABEL_WORDS, REASON_WORDS, sayReason } from './judge/reasons.ts'
export {
  CATEGORIES,
  type Category,
  type Evidence,
  type Group,
  type GroupUnit,
  type JudgeEngine,
  type JudgeItem,
  type Judgement,
  type Reason,
  SENTIMENTS,
  type Sentiment,
  type Severity,
  TRIAGES,
  type Triage,
} from './judge/types.ts'
export type { Field, Node, Rule } from './rule/ast.ts'
export { type Compiled, compileRules, type FiredSpan, type RuleMatch, type RuleSet } from './rule/compile.ts'
export type { RuleError, RuleErrorCode } from './rule/error.ts'
export { type RuleFileProblem, readRuleFile } from './rule/file.ts'
export { type Parsed, parseRule } from './rule/parse.ts'
export { AhoCorasick } from './text/aho-corasick.ts'
export { type Decoded, decodeBytes } from './text/decode.ts'
export { type Folded, fold, type SourceSpan, sourceSpan } from './text/fold.ts'
export { textKey } from './text/key.ts'
export { normalForm } from './text/normal.ts'
export { containsQuery, pairsOf, type Query, readQuery, searched } from './text/search.ts'
