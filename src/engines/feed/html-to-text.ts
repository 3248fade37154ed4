import { decodeHtml } from './entity.ts'
import { closerOf, scanMarkup } from './markup.ts'

/** Longest HTML that is read and longest text that is returned, in UTF-16 units. */
export const MAX_HTML = 2_000_000
export const MAX_TEXT = 200_000

const dropped = new Set(['script', 'style', 'head', 'template', 'iframe', 'noembed', 'noframes', 'svg', 'canvas', 'title'])
const paragraphs = new Set([
  'p',
  'blockquote',
  'pre',
  'table',
  'ul',
  'ol',
  'dl',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'hr',
  'figure',
])
const lines = new Set([
  ...[
    'br',
    'div',
    'li',
    'dt',
    'dd',
    'tr',
    'section',
    'article',
    'header',
    'footer',
    'aside',
    'main',
    'nav',
    'address',
    'figcaption',
  ],
  ...[
    'caption',
    'fieldset',
    'form',
    'legend',
    'option',
    'summary',
    'details',
    'center',
    'body',
    'html',
    'thead',
    'tbody',
    'tfoot',
  ],
])

/** Zero-width, direction and tag characters that show nothing and are used to hide or break up words. */
const invisible = new RegExp(
  [
    '[\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufeff\\uffa0]',
    '\\u034f|\\u17b4|\\u17b5|\\u180b|\\u180c|\\u180d|[\\ufe00-\\ufe0e]|\\u{e0001}|[\\u{e0020}-\\u{e007f}]',
  ].join('|'),
  'gu',
)
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g
/** Joins the parts of one emoji (a family, a profession), so it stays there and nowhere else. */
const emojiJoiner = /(?<=\p{Extended_Pictographic}\ufe0f?|[\u{1f3fb}-\u{1f3ff}])\u200d(?=\p{Extended_Pictographic})/gu

/** Takes out characters that show nothing: zero-width, direction marks, controls. Line breaks, tabs and joined emoji stay. */
export function stripInvisible(text: string): string {
  if (!/[^\n\t\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u3000-\u3163\u3165-\ud7ff\uff01-\uff9f]/.test(text))
    return text
  return text
    .replace(emojiJoiner, '\ue000')
    .replace(invisible, '')
    .replaceAll('\ue000', '\u200d')
    .replace(control, '')
    .toWellFormed()
}

/**
 * Hostile HTML as plain text: scripts, styles and comments are dropped, blocks end lines, references are decoded, invisible characters are
 * taken out. Never throws; linear time; at most {@link MAX_TEXT} UTF-16 units, with `…` at the end when cut.
 * `max` lowers that cap.
 */
export function htmlToText(html: string, max: number = MAX_TEXT): string {
  const source = html.length > MAX_HTML ? html.slice(0, MAX_HTML) : html
  if (!/[<&]/.test(source)) return tidy(source, max)
  const parts: string[] = []
  let skipping = ''
  let skipDepth = 0
  let preformatted = 0
  let size = 0
  const push = (part: string) => {
    if (size > MAX_TEXT * 2) return
    size += part.length
    parts.push(part)
  }
  const closes = closerOf(source)
  const breakFor = (name: string) => {
    if (paragraphs.has(name)) push('\ue002')
    else if (name === 'br') push('\ue001')
    else if (lines.has(name)) push('\ue003')
    else if (name === 'td' || name === 'th') push(' ')
  }
  scanMarkup(source, true, {
    text(raw) {
      if (skipping !== '') return
      const text = decodeHtml(raw)
      push(preformatted > 0 ? text.replace(/\r\n?|\n/g, '\ue001') : text.replace(/[ \t\r\n\f]+/g, ' '))
    },
    open(name, attributes, selfClosing, at) {
      if (skipping !== '') {
        if (name === skipping && !selfClosing) skipDepth += 1
        return
      }
      if (dropped.has(name) && !selfClosing && closes(name, at)) {
        skipping = name
        skipDepth = 1
        return
      }
      if (name === 'img') {
        const alt = attributes.find(([key]) => key === 'alt')?.[1].trim()
        if (alt && /^\[.{1,8}\]$/.test(alt)) push(decodeHtml(alt))
      }
      if (name === 'pre') preformatted += 1
      breakFor(name)
    },
    close(name) {
      if (skipping !== '') {
        if (name === skipping) skipDepth -= 1
        if (skipDepth === 0) skipping = ''
        return
      }
      if (name === 'pre' && preformatted > 0) preformatted -= 1
      if (name !== 'br') breakFor(name)
    },
  })
  return tidy(parts.join(''), max)
}

/** Marks of blocks become line breaks, space is collapsed, and the whole is capped. */
function tidy(marked: string, max: number): string {
  const broken = marked.replace(/[\s\ue001-\ue003]+/g, blockBreak)
  const text = stripInvisible(broken.replace(/\r\n?/g, '\n').replaceAll('\u00a0', ' '))
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
  return cut(text, Math.min(max, MAX_TEXT))
}

function blockBreak(run: string): string {
  if (!/[\ue001-\ue003]/.test(run)) return run
  return run.includes('\ue002') || run.split('\ue001').length > 2 ? '\n\n' : '\n'
}

/** At most `max` UTF-16 units, never half a character, with `…` when something is missing. */
export function cut(text: string, max: number): string {
  return text.length <= max
    ? text
    : `${text
        .slice(0, Math.max(0, max - 1))
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`
}

/** One line of plain text from HTML, for titles and names. */
export const htmlToLine = (html: string, max = 1000): string => cut(htmlToText(html, MAX_TEXT).replace(/\s+/g, ' ').trim(), max)

/** One line of plain text from plain text. */
export const toLine = (text: string, max = 1000): string => cut(stripInvisible(text).replace(/\s+/g, ' ').trim(), max)
