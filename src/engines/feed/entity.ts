import { Parser } from 'htmlparser2'

const xml: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }
const known = new Map<string, string>(Object.entries(xml))

/** What browsers read the numbers 128 to 159 as: they are windows-1252, whatever the standard says. */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'

/** The characters of a named HTML entity (`hellip` to `…`), or undefined. Names come from HTML only, never from the document. */
export function namedEntity(name: string): string | undefined {
  const hit = known.get(name)
  if (hit !== undefined) return hit
  let text = ''
  const parser = new Parser(
    {
      ontext(part) {
        text += part
      },
    },
    { decodeEntities: true },
  )
  parser.end(`&${name};`)
  if (text.includes('&') || text.endsWith(';')) return undefined
  known.set(name, text)
  return text
}

/** Characters 128 to 159, which are controls nobody uses, as the windows-1252 punctuation they were meant to be. */
export const repairControls = (text: string): string =>
  text.replace(/[\u0080-\u009f]/g, (character) => windows1252.charAt(character.charCodeAt(0) - 0x80))

function fromNumber(code: number): string {
  if (code >= 0x80 && code <= 0x9f) return windows1252.charAt(code - 0x80)
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd'
  return String.fromCodePoint(code)
}

const half = /&#(?:(\d{5,7})|[xX]([0-9a-fA-F]{4,6}));/g

/** An emoji written as references to its two surrogates becomes that emoji; half of one is nothing. */
export function joinSurrogates(text: string): string {
  if (!/&#(?:5[56789]|x[dD])/i.test(text)) return text
  return text
    .replace(half, (whole, decimal?: string, hex?: string) => {
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
      return code >= 0xd800 && code <= 0xdfff ? String.fromCharCode(code) : whole
    })
    .replace(/[\ud800-\udfff]/gu, '')
}

const reference = /&(?:#(\d{1,9})|#[xX]([0-9a-fA-F]{1,8})|([A-Za-z][A-Za-z0-9]{1,31}));/g
const unterminated = /&(nbsp|amp|lt|gt|quot)(?![A-Za-z0-9;])/g

/** Decodes numeric, XML and HTML references once, in linear time; what is none stays as it is. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return joinSurrogates(text).replace(reference, (whole, decimal?: string, hex?: string, name?: string) => {
    if (decimal !== undefined) return fromNumber(Number.parseInt(decimal, 10))
    if (hex !== undefined) return fromNumber(Number.parseInt(hex, 16))
    return namedEntity(name ?? '') ?? whole
  })
}

/** As {@link decodeEntities}, and the few references that pages often leave without their semicolon. */
export const decodeHtml = (text: string): string => decodeEntities(text.includes('&') ? text.replace(unterminated, '&$1;') : text)

/** Escapes text for a place between tags. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>]/g, (c) => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : '&gt;'))

/** Escapes text for a double-quoted attribute. */
export const escapeAttribute = (text: string): string => escapeText(text).replaceAll('"', '&quot;')
