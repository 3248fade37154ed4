/** Why a text was not parsed, and at which character it was known. */
export class UnreadableJson extends Error {
  override name = 'UnreadableJson'
  readonly reason: 'syntax' | 'deep' | 'many'
  readonly at: number
  constructor(reason: UnreadableJson['reason'], at: number) {
    super(`JSON refused: ${reason} at ${at}`)
    this.reason = reason
    this.at = at
  }
}

export interface JsonLimits {
  /** How deep arrays and objects may stand in each other. */
  readonly maxDepth?: number
  /** How many values may stand in the text: marks that part values are counted, before anything is built of them. */
  readonly maxValues?: number
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown
const parse = JSON.parse as (text: string, reviver?: Reviver) => unknown

/**
 * Reads JSON that strangers wrote. One linear look over the text bounds depth and number of values before the parser sees it.
 * Integers that a number cannot carry exactly come as text, digit for digit; fields named `__proto__` are left out.
 */
export function parseJson(text: string, { maxDepth = 64, maxValues = 1_000_000 }: JsonLimits = {}): unknown {
  const careful = look(text, maxDepth, maxValues)
  try {
    return careful ? parse(text, exact) : parse(text)
  } catch {
    throw new UnreadableJson('syntax', 0)
  }
}

const exact: Reviver = (key, value, { source }) => {
  if (key === '__proto__') return undefined
  return typeof value === 'number' && !Number.isSafeInteger(value) && source && /^-?\d+$/.test(source) ? source : value
}

const marks = { quote: 0x22, backslash: 0x5c, comma: 0x2c, zero: 0x30, nine: 0x39 }

/** Throws where a limit is passed. True when long numbers or odd names stand in the text, so that each value has to be looked at. */
function look(text: string, maxDepth: number, maxValues: number): boolean {
  let depth = 0
  let values = 1
  let digits = 0
  let careful = /__proto__|\\u00[567]/i.test(text)
  for (let at = 0; at < text.length; at++) {
    const mark = text.charCodeAt(at)
    if (mark >= marks.zero && mark <= marks.nine) {
      if (++digits > 15) careful = true
      continue
    }
    digits = 0
    if (mark === marks.quote) at = endOfString(text, at)
    else if (mark === 0x5b || mark === 0x7b) {
      if (++depth > maxDepth) throw new UnreadableJson('deep', at)
      values++
    } else if (mark === 0x5d || mark === 0x7d) depth--
    else if (mark === marks.comma) values++
    if (values > maxValues) throw new UnreadableJson('many', at)
  }
  return careful
}

/** Where the string that begins here ends. Backslashes are counted once for the quote behind them, so this is linear. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === marks.backslash) escapes++
    if (escapes % 2 === 0) return end
  }
  throw new UnreadableJson('syntax', start)
}
