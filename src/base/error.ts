import type { Words } from './contract.ts'

/**
 * An entry of the error catalogue: a code that never changes, a sentence and the next step in both languages.
 * `{name}` in a sentence is filled from the facts of the refusal.
 */
export interface ErrorEntry extends Words {
  readonly code: string
  readonly status: number
  readonly next: Words
}

type Entries = Readonly<Record<string, Omit<ErrorEntry, 'code'>>>
export type Catalogue<E extends Entries> = { readonly [K in keyof E]: ErrorEntry }

const known = new Map<string, ErrorEntry>()

/** Declares a room's errors. Codes are unique over all rooms. */
export function errors<const E extends Entries>(entries: E): Catalogue<E> {
  const made = Object.entries(entries).map(([code, entry]) => {
    if (known.has(code)) throw new Error(`error code ${code} is declared twice`)
    const full = { code, ...entry }
    known.set(code, full)
    return [code, full] as const
  })
  return Object.fromEntries(made) as Catalogue<E>
}

/** Every declared error, for the OpenAPI document and the test that compares it with docs/errors.md. */
export const errorCatalogue = (): ErrorEntry[] => [...known.values()].sort((a, b) => a.code.localeCompare(b.code))

export interface FieldFault extends Words {
  readonly path: string
}

/** A failure that the caller may act on. Anything else that is thrown is a defect and becomes `unexpected`. */
export class Refusal extends Error {
  override name = 'Refusal'
  readonly entry: ErrorEntry
  readonly facts: Readonly<Record<string, string | number>>
  readonly fields: readonly FieldFault[]
  constructor(entry: ErrorEntry, facts: Readonly<Record<string, string | number>> = {}, fields: readonly FieldFault[] = []) {
    super(fill(entry.en, facts))
    this.entry = entry
    this.facts = facts
    this.fields = fields
  }
}

/** Refuses what was decided on something older than what is there now. */
export function refuseStale(seen: string | undefined, updatedAt: string): void {
  if (seen !== undefined && Date.parse(seen) < Date.parse(updatedAt)) throw new Refusal(baseErrors.conflict)
}

export const fill = (sentence: string, facts: Readonly<Record<string, string | number>>): string =>
  sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole))

/** The body of every error answer. */
export function errorBody(refusal: Refusal, trace: string) {
  const { entry, facts, fields } = refusal
  const words = (of: Words) => ({ zh: fill(of.zh, facts), en: fill(of.en, facts) })
  return { error: { code: entry.code, ...words(entry), next: words(entry.next), ...(fields.length > 0 && { fields }), trace } }
}

export const baseErrors = errors({
  unauthenticated: {
    status: 401,
    zh: '请先登录。',
    en: 'Please sign in first.',
    next: { zh: '登录后重试；如刚才已登录，可能是会话已过期。', en: 'Sign in and try again; a session may have expired.' },
  },
  forbidden: {
    status: 403,
    zh: '您没有此操作的权限。',
    en: 'You do not have the right to do this.',
    next: { zh: '如确需使用，请联系本单位安全管理员授权。', en: 'If you need it, ask your security administrator.' },
  },
  not_found: {
    status: 404,
    zh: '没有找到，或不在您的权限范围内。',
    en: 'Not found, or outside what you may see.',
    next: { zh: '请返回列表重新选择。', en: 'Go back to the list and choose again.' },
  },
  invalid_input: {
    status: 422,
    zh: '提交的内容有误，未作任何更改。',
    en: 'The input is not valid; nothing was changed.',
    next: { zh: '请按标出的位置修改后重试。', en: 'Correct the marked fields and try again.' },
  },
  conflict: {
    status: 409,
    zh: '内容已被他人更新，本次操作未生效。',
    en: 'Somebody else changed this first; nothing was done.',
    next: { zh: '已为您刷新，请核对后重试。', en: 'Reload, check and try again.' },
  },
  body_too_large: {
    status: 413,
    zh: '提交的内容过大。',
    en: 'The request body is too large.',
    next: { zh: '单次不超过 {limit}，请拆分后提交。', en: 'Send at most {limit} at a time.' },
  },
  body_encoded: {
    status: 415,
    zh: '不接受压缩的请求正文。',
    en: 'Compressed request bodies are not accepted.',
    next: { zh: '请去掉 Content-Encoding，以原文发送。', en: 'Send the body as it is, without Content-Encoding.' },
  },
  too_many: {
    status: 429,
    zh: '请求过于频繁。',
    en: 'Too many requests.',
    next: { zh: '请在 {seconds} 秒后重试。', en: 'Try again in {seconds} seconds.' },
  },
  bad_origin: {
    status: 403,
    zh: '请求来源不明，已拒绝。',
    en: 'The request did not come from this console and was refused.',
    next: { zh: '请在本系统页面内操作。', en: 'Use the console, or a bearer token.' },
  },
  busy: {
    status: 503,
    zh: '系统繁忙或数据库暂不可用。',
    en: 'The system is busy or its database cannot be reached.',
    next: { zh: '请稍候重试；持续出现请联系系统管理员。', en: 'Try again shortly; if it lasts, tell the system administrator.' },
  },
  storage_full: {
    status: 507,
    zh: '磁盘空间不足，未保存任何内容。',
    en: 'The disk is full; nothing was saved.',
    next: { zh: '请系统管理员清理或扩容后重试。', en: 'Ask the system administrator to free space, then try again.' },
  },
  unexpected: {
    status: 500,
    zh: '系统内部错误，已记录。',
    en: 'Something went wrong inside; it has been logged.',
    next: { zh: '请将追踪号 {trace} 告知系统管理员。', en: 'Give the trace number {trace} to the system administrator.' },
  },
})
