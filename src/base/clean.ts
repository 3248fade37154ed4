/**
 * Text that PostgreSQL can keep and JSON can carry: U+0000 and lone surrogates, which no keyboard writes and no column holds, are taken out.
 */
export const cleanText = (text: string): string => {
  const whole = text.includes('\0') ? text.replaceAll('\0', '') : text
  return whole.isWellFormed() ? whole : whole.replace(loneSurrogate, '')
}

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g

/** The same value with every text in it clean. What is clean already is handed back as it is, not copied. */
export function cleanInput(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const cleaned = value.map(cleanInput)
    return cleaned.every((one, at) => one === value[at]) ? value : cleaned
  }
  const entries = Object.entries(value)
  const cleaned = entries.map(([key, one]) => [cleanText(key), cleanInput(one)] as const)
  return cleaned.every(([key, one], at) => key === entries[at]?.[0] && one === entries[at]?.[1])
    ? value
    : Object.fromEntries(cleaned)
}
