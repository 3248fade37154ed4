/** Where something stands in a text. Both count from 1; columns count characters as editors do. */
export interface Place {
  readonly line: number
  readonly column: number
}

export interface JsonFault extends Place {
  readonly zh: string
  readonly en: string
}

type Path = readonly PropertyKey[]

/** A parsed JSON text that still knows where each value stood. */
export interface LocatedJson {
  readonly value: unknown
  /** Where a value stands, or the nearest thing around it; with `'key'`, where the name of a field stands. */
  at(path: Path, part?: 'value' | 'key'): Place
  /** Fields that are named twice in one object. The last one counts, as in `JSON.parse`. */
  readonly repeated: readonly JsonFault[]
}

/** The text is no JSON. JSON has no way to go on behind a fault, so there is only one. */
export class JsonBroken extends Error {
  override name = 'JsonBroken'
  readonly fault: JsonFault
  constructor(fault: JsonFault) {
    super(`${fault.line}:${fault.column} ${fault.en}`)
    this.fault = fault
  }
}

const deepest = 64
const keyOf = (path: Path) => path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/** Reads JSON and keeps the place of every value. Throws `JsonBroken` at the first character that does not fit. */
export function readLocatedJson(text: string): LocatedJson {
  const places = new Map<string, { key: number; value: number }>()
  const repeated: JsonFault[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0

  const placeOf = (offset: number): Place => {
    const before = text.slice(0, offset)
    const line = before.split('\n').length
    return { line, column: [...before.slice(before.lastIndexOf('\n') + 1)].length + 1 }
  }
  const fail = (offset: number, zh: string, en: string): never => {
    throw new JsonBroken({ ...placeOf(offset), zh, en })
  }
  const unexpected = (zh: string, en: string): never => {
    if (at >= text.length) return fail(at, `文件到此中断，${zh}`, `the file ends here; ${en}`)
    const found = String.fromCodePoint(text.codePointAt(at) ?? 0)
    return fail(at, `此处出现“${found}”，${zh}`, `found “${found}”; ${en}`)
  }
  const skipSpace = () => {
    while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at++
  }
  const take = (token: string): boolean => {
    skipSpace()
    if (!text.startsWith(token, at)) return false
    at += token.length
    return true
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0]
  }

  function readString(): string {
    const start = at
    const found = match(/"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy)
    if (found === undefined) return fail(start, '字符串没有正确结束', 'this string does not end as it should')
    at += found.length
    return JSON.parse(found)
  }

  function readMembers(path: Path): Record<string, unknown> {
    const members: Record<string, unknown> = Object.create(null)
    if (take('}')) return members
    do {
      skipSpace()
      const start = at
      if (text.charAt(at) !== '"') unexpected('应为带双引号的字段名', 'a field name in double quotes should stand here')
      const name = readString()
      if (name in members)
        repeated.push({ ...placeOf(start), zh: `字段“${name}”重复出现`, en: `the field “${name}” stands here a second time` })
      if (!take(':')) unexpected(`字段“${name}”后应为冒号`, `a colon should follow “${name}”`)
      members[name] = readValue([...path, name], start)
    } while (take(','))
    if (!take('}')) unexpected('应为逗号或右花括号', 'a comma or a closing brace should stand here')
    return members
  }

  function readElements(path: Path): unknown[] {
    const elements: unknown[] = []
    if (take(']')) return elements
    do elements.push(readValue([...path, elements.length]))
    while (take(','))
    if (!take(']')) unexpected('应为逗号或右方括号', 'a comma or a closing bracket should stand here')
    return elements
  }

  function readValue(path: Path, key?: number): unknown {
    skipSpace()
    if (path.length > deepest) fail(at, `嵌套超过 ${deepest} 层`, `nested deeper than ${deepest}`)
    places.set(keyOf(path), { key: key ?? at, value: at })
    if (take('{')) return readMembers(path)
    if (take('[')) return readElements(path)
    if (text.charAt(at) === '"') return readString()
    const plain = match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y)
    if (plain === undefined) return unexpected('应为一个值', 'a value should stand here')
    at += plain.length
    return JSON.parse(plain)
  }

  const value = readValue([])
  skipSpace()
  if (at < text.length) unexpected('文件应到此结束', 'the file should end here')
  return {
    value,
    repeated,
    at(path, part = 'value') {
      const found = places.get(keyOf(path))
      return found ? placeOf(found[part]) : path.length > 0 ? this.at(path.slice(0, -1)) : placeOf(0)
    },
  }
}
