import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { JsonBroken, type LocatedJson, type Place, readLocatedJson } from './located-json.ts'

/** One thing wrong with a group or people file. */
export interface FileFault extends Place {
  /** Stable, such as `unknown_parent`. */
  readonly code: string
  readonly zh: string
  readonly en: string
}

/** A group or people file that is not taken, with everything that is wrong in it. */
export class GroupFault extends Error {
  override name = 'GroupFault'
  readonly faults: readonly FileFault[]
  /** The file's path; null when its text was given. */
  readonly file: string | null
  constructor(faults: readonly FileFault[], file: string | null) {
    super(faults.map(({ line, column, en }) => `${line}:${column} ${en}`).join('\n'))
    this.faults = faults
    this.file = file
  }

  /** Each fault as an editor finds it. */
  lines(): string[] {
    return this.faults.map(({ line, column, zh, en }) => `${this.file ?? ''}:${line}:${column} ${zh} / ${en}`)
  }
}

/** Gathers what is wrong with one file, each fault at its place. */
export class Findings {
  readonly faults: FileFault[] = []
  readonly json: LocatedJson
  readonly file: string | null
  constructor(json: LocatedJson, file: string | null) {
    this.json = json
    this.file = file
    for (const fault of json.repeated) this.faults.push({ ...fault, code: 'repeated_field' })
  }

  add(path: readonly PropertyKey[], code: string, zh: string, en: string, part: 'value' | 'key' = 'value'): void {
    this.faults.push({ ...this.json.at(path, part), code, zh, en })
  }

  /** Adds everything in which the file departs from its shape, and texts that no line of a page or a table can hold. */
  addShape(schema: z.ZodType): void {
    this.#addSigns(this.json.value, [])
    const parsed = schema.safeParse(this.json.value)
    for (const issue of parsed.error?.issues ?? []) {
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys)
          this.add([...issue.path, key], 'unknown_field', `没有“${key}”这个字段`, `there is no field “${key}”`, 'key')
      else this.add(issue.path, ...describe(issue))
    }
  }

  #addSigns(value: unknown, path: readonly PropertyKey[]): void {
    if (typeof value === 'string') {
      const found = oddSign.exec(path.length === 1 && path[0] === 'note' ? value.replace(/[\n\r\t]/g, '') : value)?.[0]
      if (found === undefined) return
      const sign = `U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
      this.add(path, 'odd_sign', `含有不能保存的字符 ${sign}，请删去`, `holds ${sign}, which cannot be kept; take it out`)
    } else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) this.#addSigns(inner, [...path, Array.isArray(value) ? Number(key) : key])
  }

  /** Throws a `GroupFault` with all faults in the order of the file. */
  refuse(): void {
    if (this.faults.length === 0) return
    throw new GroupFault(
      this.faults.toSorted((a, b) => a.line - b.line || a.column - b.column),
      this.file,
    )
  }
}

/** Controls, which break lines and which PostgreSQL refuses in part, and lone surrogates. */
const oddSign = /\p{Cc}|\p{Cs}/u

const kinds: Readonly<Record<string, readonly [zh: string, en: string]>> = {
  string: ['文字', 'a text'],
  array: ['列表', 'a list'],
  object: ['对象', 'an object'],
  record: ['对象', 'an object'],
  boolean: ['true 或 false', 'true or false'],
}

function describe(issue: z.core.$ZodIssue): [code: string, zh: string, en: string] {
  const field = String(issue.path.at(-1) ?? '')
  switch (issue.code) {
    case 'invalid_type': {
      const [zh, en] = kinds[issue.expected] ?? [issue.expected, issue.expected]
      const missing = issue.input === undefined && /undefined/.test(issue.message)
      return missing
        ? ['missing_field', `缺少“${field}”`, `“${field}” is missing`]
        : ['wrong_type', `“${field}”应为${zh}`, `“${field}” should be ${en}`]
    }
    case 'invalid_value':
      return [
        `unknown_${field}`,
        `“${field}”只能是 ${issue.values.join('、')}`,
        `“${field}” is one of ${issue.values.join(', ')}`,
      ]
    case 'too_small':
      return ['empty', `“${field}”不能为空`, `“${field}” must not be empty`]
    case 'too_big':
      return ['too_long', `“${field}”过长（最多 ${issue.maximum}）`, `“${field}” is too long (at most ${issue.maximum})`]
    case 'invalid_format':
      return field === 'email'
        ? ['wrong_email', '邮箱地址不对', 'this is no e-mail address']
        : [
            `wrong_${field}`,
            `“${field}”只能用小写字母、数字、点、下划线和短横线，以字母或数字开头`,
            `“${field}” holds a–z, 0–9, dot, underscore and hyphen, and starts with a letter or digit`,
          ]
    default:
      return ['wrong_value', `“${field}”不对`, `“${field}” is not right: ${issue.message}`]
  }
}

/** The text of a file, or the text itself when that was given. Throws a `GroupFault` when it is no JSON in UTF-8. */
export function openFile(file: string): Findings {
  const path = /^\s*[[{]|\n/.test(file) ? null : file
  const text = path === null ? file : readText(path)
  try {
    return new Findings(readLocatedJson(text), path)
  } catch (error) {
    if (error instanceof JsonBroken) throw new GroupFault([{ ...error.fault, code: 'broken_json' }], path)
    throw error
  }
}

function readText(path: string): string {
  const fault = (code: string, line: number, zh: string, en: string) => new GroupFault([{ line, column: 1, code, zh, en }], path)
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error)
    throw fault('unreadable', 1, `无法读取文件（${reason}）`, `the file cannot be read (${reason})`)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const lines = bytes.toString('latin1').split('\n')
    const wrong = lines.findIndex((line) => Buffer.from(line, 'latin1').toString().includes('\ufffd'))
    throw fault('not_utf8', wrong + 1, '文件不是 UTF-8 编码，请另存为 UTF-8', 'this is not UTF-8; save the file as UTF-8')
  }
}
