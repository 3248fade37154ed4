import { htmlToText } from '../engines/feed/index.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g
/** Without controls and halves of characters, neither of which a database or a page can hold. */
export const clean = (text: string): string => text.replace(control, '').toWellFormed()

/** What stands for a text in an item: a number counts as its digits, anything else as nothing. */
export const scalar = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'bigint' ? String(value) : ''

const tags =
  'a|abbr|article|b|blockquote|body|br|button|center|code|dd|div|dl|dt|em|embed|font|form|h[1-6]|head|hr|html|i|iframe|img|input'
const moreTags = 'li|link|meta|object|ol|p|pre|script|section|small|span|strong|style|sub|sup|svg|table|tbody|td|th|tr|u|ul|video'
const markup = new RegExp(`</?(?:${tags}|${moreTags})(?:[\\s/][^<]*)?>|<!--`, 'i')

/** The references that crawlers leave in plain text. */
const named: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', ensp: ' ', emsp: ' ', thinsp: ' ', hellip: '…', mdash: '—' },
  ...{ ndash: '–', ldquo: '“', rdquo: '”', lsquo: '‘', rsquo: '’', middot: '·', bull: '•', copy: '©', reg: '®', trade: '™' },
  ...{ times: '×', divide: '÷', deg: '°', yen: '¥', euro: '€', laquo: '«', raquo: '»', plusmn: '±', zwnj: '', zwj: '', shy: '' },
}
const reference = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi

const decodeOnce = (text: string): string =>
  text.replace(reference, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? named[name.toLowerCase()] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ''
  })

/** References decoded, twice where a crawler wrote `&amp;quot;`. */
function withoutReferences(text: string): string {
  if (!text.includes('&')) return text
  const once = decodeOnce(text)
  return /&amp;(?:#\w{1,7}|[a-z]{2,8});/i.test(text) ? decodeOnce(once) : once
}

/** Text as a person would see it, at most `max` characters of it. `a<b` is no markup. */
export function readText(written: string, max: number): string {
  const decoded = markup.test(written) ? written : withoutReferences(written)
  const text = markup.test(decoded) ? htmlToText(decoded, max) : decoded
  return clean(text.replace(/\r\n?/g, '\n')).trim()
}

/** At most `max` UTF-16 units, never half a character, with `…` when something is missing. */
export const cut = (text: string, max: number): string =>
  text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\uFFFD$/, '')}…`
