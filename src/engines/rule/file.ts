import { type Compiled, compileRules, type RuleSet } from './compile.ts'
import type { RuleError } from './error.ts'

/** What is wrong in a rule file; `line` counts from 1. */
export interface RuleFileProblem {
  readonly line: number
  readonly code: string
  /** UTF-16 code units from the start of the line. */
  readonly position: number
  readonly message: { readonly zh: string; readonly en: string }
}

/**
 * Reads a rule file: one rule a line as `name: expression` (a full-width colon will do), `#` comments, blank lines; a line without a
 * name is named by its number. Answers with the compiled rules or with everything that is wrong, by line.
 */
export function readRuleFile(
  content: string,
):
  | { readonly ok: true; readonly set: RuleSet; readonly names: string[] }
  | { readonly ok: false; readonly problems: RuleFileProblem[] } {
  const rules: { id: string; source: string; line: number; offset: number }[] = []
  const problems: RuleFileProblem[] = []
  const names = new Set<string>()
  for (const [index, raw] of content
    .replace(/^\uFEFF/u, '')
    .split(/\r\n|\n|\r/u)
    .entries()) {
    if (raw.trim() === '' || raw.trimStart().startsWith('#')) continue
    const found = /^\s*([^:：()（）"“”|&]{1,80}?)\s*[:：]/u.exec(raw)
    const field = found !== null && /^(title|text|author|标题|正文|作者)$/iu.test(found[1]!)
    const id = found === null || field ? `line ${index + 1}` : found[1]!
    const offset = found === null || field ? 0 : found[0].length
    if (names.has(id)) problems.push({ line: index + 1, code: 'rule_name_repeated', position: 0, message: repeated(id) })
    names.add(id)
    rules.push({ id, source: raw.slice(offset), line: index + 1, offset })
  }
  const compiled: Compiled = compileRules(rules.map(({ source }, index) => ({ id: String(index), source })))
  if (!compiled.ok) {
    for (const { id, error } of compiled.errors) problems.push(problem(rules[Number(id)]!, error))
  }
  if (!compiled.ok || problems.length > 0) return { ok: false, problems: problems.sort((a, b) => a.line - b.line) }
  const { set } = compiled
  return {
    ok: true,
    names: [...names],
    set: {
      match: (fields, stopped) =>
        set
          .match(fields, (rule) => stopped?.(rules[Number(rule)]!.id))
          .map((match) => ({ ...match, rule: rules[Number(match.rule)]!.id })),
    },
  }
}

function problem(rule: { line: number; offset: number }, error: RuleError): RuleFileProblem {
  return { line: rule.line, code: error.code, position: rule.offset + error.position, message: error.message }
}

const repeated = (id: string): RuleFileProblem['message'] => ({
  zh: `规则名“${id}”用了两次`,
  en: `the rule name “${id}” is used twice`,
})
