import { decodeEntities, escapeAttribute, escapeText } from './entity.ts'
import { type RawAttribute, scanMarkup } from './markup.ts'
import type { Problems } from './problem.ts'
import { resolveUrl } from './url.ts'

/**
 * An element. `name` is lower-case with the usual prefix of its namespace (`content:encoded`, `dc:date`), and no prefix for RSS,
 * RDF site summary and elements in no namespace. Text children are decoded.
 */
export interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: (Element | string)[]
  /** What relative addresses inside resolve against; '' when nothing is known. */
  readonly base: string
  /** Offset of the tag in the text. */
  readonly at: number
}

interface Open {
  readonly element: Element
  readonly written: string
  readonly prefixes: ReadonlyMap<string, string>
}

const spaces: readonly (readonly [uri: string, prefix: string])[] = [
  ['http://www.w3.org/2005/atom', 'atom'],
  ['http://purl.org/atom/ns#', 'atom'],
  ['http://example.com/newformat#', 'atom'],
  ['http://example.com/necho', 'atom'],
  ['http://purl.org/echo/', 'atom'],
  ['uri/of/echo/namespace#', 'atom'],
  ['http://purl.org/pie/', 'atom'],
  ['http://backend.userland.com/rss', ''],
  ['http://blogs.law.harvard.edu/tech/rss', ''],
  ['http://purl.org/rss/1.0/modules/content/', 'content'],
  ['http://purl.org/rss/1.0/modules/', 'module'],
  ['http://purl.org/rss/1.0/', ''],
  ['http://my.netscape.com/', ''],
  ['http://purl.org/net/rss1.1#', ''],
  ['http://channel.netscape.com/rdf/simple/0.9/', ''],
  ['http://www.w3.org/1999/02/22-rdf-syntax-ns#', 'rdf'],
  ['http://purl.org/dc/elements/', 'dc'],
  ['http://purl.org/dc/terms/', 'dcterms'],
  ['http://www.w3.org/1999/xhtml', 'xhtml'],
  ['http://www.itunes.com/dtds/podcast-1.0.dtd', 'itunes'],
  ['http://search.yahoo.com/mrss', 'media'],
  ['http://www.w3.org/xml/1998/namespace', 'xml'],
]

const usual = new Set([...spaces.map(([, prefix]) => prefix), 'feedburner', 'slash', 'wfw', 'thr', 'media', 'georss'])
const voids = new Set(['br', 'hr', 'img', 'wbr'])
const containers = new Set(['item', 'entry', 'atom:entry'])
const frames = new Set([...containers, 'channel', 'rss', 'feed', 'atom:feed', 'rdf:rdf'])
const MAX_DEPTH = 128
const MAX_ELEMENTS = 500_000

function canonicalPrefix(prefix: string, uri: string | undefined): string {
  if (uri !== undefined) {
    const lower = uri.trim().toLowerCase()
    const hit = spaces.find(([known]) => lower.startsWith(known))
    if (hit) return hit[1]
    if (prefix === '') return ''
  }
  const lower = prefix.toLowerCase()
  return usual.has(lower) || uri === undefined ? lower : `x-${lower}`
}

function canonicalName(written: string, prefixes: ReadonlyMap<string, string>): string {
  const colon = written.indexOf(':')
  const prefix = colon > 0 ? written.slice(0, colon) : ''
  const local = written.slice(colon > 0 ? colon + 1 : 0).toLowerCase()
  const canonical = canonicalPrefix(prefix, prefixes.get(prefix))
  return canonical === '' ? local : `${canonical}:${local}`
}

function readAttributes(raw: readonly RawAttribute[], prefixes: ReadonlyMap<string, string>): Map<string, string> {
  const attributes = new Map<string, string>()
  for (const [name, value] of raw) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue
    const key = name.includes(':') ? canonicalName(name, prefixes) : name.toLowerCase()
    if (!attributes.has(key)) attributes.set(key, decodeEntities(value))
  }
  return attributes
}

/** Reads XML of any quality into a tree. Never throws; what had to be forgiven is among the problems. */
export function readTree(text: string, url: string, problems: Problems): Element {
  const root: Element = { name: '#root', attributes: new Map(), children: [], base: url, at: 0 }
  const stack: Open[] = [{ element: root, written: '', prefixes: new Map() }]
  let elements = 0
  const top = () => stack[stack.length - 1]!
  const illformed = (at: number) => problems.once('xml_illformed', `offset ${at}`)

  function closeTo(depth: number): void {
    stack.length = Math.max(1, depth)
  }

  scanMarkup(text, false, {
    text(raw, literal) {
      top().element.children.push(literal ? raw : decodeEntities(raw))
    },
    open(written, rawAttributes, selfClosing, at) {
      elements += 1
      if (elements > MAX_ELEMENTS) return problems.once('too_large', `offset ${at}`)
      let prefixes = top().prefixes
      for (const [name, value] of rawAttributes) {
        if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue
        if (prefixes === top().prefixes) prefixes = new Map(prefixes)
        ;(prefixes as Map<string, string>).set(name.slice(6), decodeEntities(value))
      }
      const name = canonicalName(written, prefixes)
      if (containers.has(name)) {
        const unclosed = stack.findIndex((open) => open.element.name === name)
        if (unclosed > 0) {
          illformed(at)
          closeTo(unclosed)
        }
      }
      const attributes = readAttributes(rawAttributes, prefixes)
      const parent = top().element
      const ownBase = attributes.get('xml:base')
      const base = ownBase === undefined ? parent.base : resolveUrl(ownBase, parent.base, true) || parent.base
      if (stack.length >= MAX_DEPTH) return problems.once('too_deep', `offset ${at}`)
      const element: Element = { name, attributes, children: [], base, at }
      parent.children.push(element)
      if (!selfClosing && !voids.has(name.replace('xhtml:', '')))
        stack.push({ element, written: written.toLowerCase(), prefixes })
    },
    close(written, at) {
      const wanted = written.toLowerCase()
      for (let depth = stack.length - 1; depth > 0; depth -= 1) {
        const { written: open, element } = stack[depth]!
        if (open === wanted) {
          if (depth !== stack.length - 1) illformed(at)
          return closeTo(depth)
        }
        if (containers.has(element.name) && !frames.has(wanted.replace(/^.*:/, '')) && wanted !== 'rdf:rdf') break
      }
      if (!voids.has(wanted)) illformed(at)
    },
    doctype(raw) {
      if (/<!entity/i.test(raw)) problems.once('xml_entity_declared')
    },
    fault(what, at) {
      problems.once(what === 'truncated' ? 'xml_truncated' : 'xml_illformed', `offset ${at}`)
    },
  })
  if (stack.length > 1 && elements <= MAX_ELEMENTS) problems.once('xml_truncated', `offset ${text.length}`)
  return root
}

/** The direct children with one of the names, in the order of the names, then of the document. */
export function childrenOf(element: Element, ...names: readonly string[]): Element[] {
  const all = element.children.filter((child): child is Element => typeof child !== 'string')
  return names.flatMap((name) => all.filter((child) => child.name === name))
}

/** The first direct child with one of the names; earlier names win. */
export const childOf = (element: Element, ...names: readonly string[]): Element | undefined => childrenOf(element, ...names)[0]

/** All text inside, as written. */
export function textOf(element: Element | undefined): string {
  if (!element) return ''
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
}

/** Whether there are elements inside. */
export const hasElements = (element: Element): boolean => element.children.some((child) => typeof child !== 'string')

/** The inside written as markup. `escaped` is off where text was already markup (an escaped and a naked part mixed). */
export function innerMarkup(element: Element, escaped: boolean): string {
  return element.children
    .map((child) => (typeof child === 'string' ? (escaped ? escapeText(child) : child) : outerMarkup(child, escaped)))
    .join('')
}

function outerMarkup(element: Element, escaped: boolean): string {
  const name = element.name.replace(/^(xhtml|x-[^:]*|atom):/, '')
  let attributes = ''
  for (const [key, value] of element.attributes) attributes += ` ${key}="${escapeAttribute(value)}"`
  if (voids.has(name)) return `<${name}${attributes} />`
  return `<${name}${attributes}>${innerMarkup(element, escaped)}</${name}>`
}
