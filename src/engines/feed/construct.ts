import { decodeEntities, escapeText, namedEntity } from './entity.ts'
import { htmlToLine, htmlToText, toLine } from './html-to-text.ts'
import { sanitizeHtml } from './sanitize.ts'
import { type Element, hasElements, innerMarkup, textOf } from './tree.ts'

/** A text of a feed: markup to be made harmless, or plain characters. */
export interface Construct {
  readonly value: string
  readonly isHtml: boolean
  readonly base: string
}

const htmlElements = new Set(
  'a abbr b big blockquote br center cite code dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr i img ins li ol p pre q s samp small span strike strong sub sup table tbody td th thead tr tt u ul var video wbr figure figcaption section article'.split(
    ' ',
  ),
)

/** Whether text that does not say so is HTML after all: known end tags or references and nothing that is not HTML. */
export function looksLikeHtml(text: string): boolean {
  if (!/<\/\w+>|&#?\w+;|<(?:br|hr|img)\b/i.test(text)) return false
  for (const [, name = ''] of text.slice(0, 10_000).matchAll(/<\/?([A-Za-z][A-Za-z0-9]*)/g))
    if (!htmlElements.has(name.toLowerCase())) return false
  for (const [, name = ''] of text.slice(0, 10_000).matchAll(/&([A-Za-z][A-Za-z0-9]*);/g))
    if (namedEntity(name) === undefined) return false
  return true
}

/** The text of a base64 element; undefined when it is no base64 or its bytes are no UTF-8 text. */
function fromBase64(encoded: string): string | undefined {
  try {
    const binary = atob(encoded.replace(/\s+/g, ''))
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
  } catch {
    return undefined
  }
}

const empty = (base: string): Construct => ({ value: '', isHtml: false, base })

/** CDATA that was escaped as a whole, as some writers do. */
const unwrap = (html: string): string => /^\s*<!\[CDATA\[([\s\S]*)\]\]>\s*$/.exec(html)?.[1] ?? html

/** The div that XHTML needs around itself is no part of the text. */
function withoutDiv(element: Element): Element {
  const inner = element.children.filter((child) => typeof child !== 'string' || child.trim() !== '')
  const [only] = inner
  const isDiv = inner.length === 1 && only !== undefined && typeof only !== 'string' && /^(xhtml:|atom:)?div$/.test(only.name)
  return isDiv ? only : element
}

/** Atom's text constructs and content, of 1.0 (`type`) and 0.3 (`type` and `mode`). */
export function atomConstruct(element: Element): Construct {
  const { base } = element
  const type = (element.attributes.get('type') ?? '').trim().toLowerCase().split(';', 1)[0] ?? ''
  const mode = (element.attributes.get('mode') ?? '').trim().toLowerCase()
  const isXml = type === 'xhtml' || type === 'xml' || /[+/]xml$/.test(type)
  const isText = type === '' || type === 'text' || type === 'html' || isXml || type.startsWith('text/')
  if (mode === 'base64' || (!isText && mode === '' && type.includes('/'))) {
    const value = fromBase64(textOf(element))
    if (value === undefined) return mode === 'base64' ? { value: textOf(element), isHtml: false, base } : empty(base)
    return { value: unwrap(value), isHtml: isXml || type.includes('html') || looksLikeHtml(value), base }
  }
  if (hasElements(element)) {
    const xhtml = type === 'xhtml' || type === 'application/xhtml+xml'
    const source = type === 'xhtml' ? withoutDiv(element) : element
    return { value: innerMarkup(source, xhtml || isXml || mode === 'xml' || mode === '').trim(), isHtml: true, base: source.base }
  }
  const value = textOf(element).trim()
  if (isXml && mode !== 'escaped') return { value: escapeText(value), isHtml: true, base }
  if (type === 'html' || type === 'text/html' || mode === 'escaped' || isXml) {
    return { value: unwrap(value), isHtml: !type.startsWith('text/plain') || looksLikeHtml(value), base }
  }
  // Atom 1.0 means what it says with `text`; older feeds and missing types often hold HTML all the same.
  return { value: unwrap(value), isHtml: type !== 'text' && looksLikeHtml(value), base }
}

/** An RSS element: `html` for descriptions, which hold HTML by custom, otherwise what the text looks like. */
export function rssConstruct(element: Element, html: boolean): Construct {
  if (hasElements(element)) {
    const xhtml = element.name.startsWith('xhtml:') || element.name === 'body'
    return { value: innerMarkup(element, xhtml).trim(), isHtml: true, base: element.base }
  }
  const value = unwrap(textOf(element).trim())
  const plain = /^(text\/)?plain$/i.test(element.attributes.get('type') ?? '')
  return { value, isHtml: (html && !plain && /[<&]/.test(value)) || looksLikeHtml(value), base: element.base }
}

const unseen = /[\u115f\u1160\u2800\u3164\uffa0]/g

/** Whether there is anything to read: invisible characters and marks alone are nothing, nor is a picture, however long its address. */
export function hasText(construct: Construct): boolean {
  const { value, isHtml } = construct
  const start = value.slice(0, 20_000)
  const said = (isHtml ? htmlToText(start) : start).replace(unseen, '')
  return /[\p{L}\p{N}\p{S}]/u.test(said) || (value.length > start.length && !hasMedia(construct))
}

/** Whether there is anything to look at. */
const hasMedia = ({ value, isHtml }: Construct): boolean =>
  isHtml && /<(?:img|video|audio|iframe|object|embed|svg)\b/i.test(value.slice(0, 20_000))

/** The first that says something; otherwise the first that shows something; otherwise the first that is not empty. */
export const bestOf = (constructs: readonly Construct[]): Construct | undefined =>
  constructs.find(hasText) ?? constructs.find(hasMedia) ?? constructs.find(({ value }) => value !== '') ?? constructs[0]

/** Harmless markup of a construct, at most `max` UTF-16 units of source. */
export function htmlOf({ value, isHtml, base }: Construct, max: number): string {
  const source = value.length > max ? value.slice(0, max) : value
  return isHtml ? sanitizeHtml(source, base) : escapeText(source)
}

/** One line of plain text of a construct. */
export const lineOf = ({ value, isHtml }: Construct): string =>
  isHtml ? htmlToLine(value.slice(0, 20_000)) : toLine(value.slice(0, 20_000))

/** A word or two: decoded again when it was escaped twice. */
export const nameOf = (text: string): string => toLine(decodeEntities(text.slice(0, 2000)), 200)
