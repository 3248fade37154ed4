import { step } from '../steps.ts'
import { decodeEntities, escapeAttribute, escapeText } from './entity.ts'
import { type RawAttribute, scanMarkup } from './markup.ts'
import type { Problems } from './problem.ts'
import { Scopes } from './scope.ts'
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
  base: string
  /** Offset of the tag in the text. */
  readonly at: number
}

interface Open {
  readonly element: Element
  readonly written: string
  /** How many namespace declarations were in force outside it. */
  readonly outside: number
}

const voids = new Set(['br', 'hr', 'img', 'wbr'])
const containers = new Set(['item', 'entry', 'atom:entry'])
const frames = new Set([...containers, 'channel', 'rss', 'feed', 'atom:feed', 'rdf:rdf'])
const MAX_DEPTH = 128
const MAX_ELEMENTS = 500_000

/** At most so many children of one name are looked at: an entry with more says nothing by the rest. */
const MAX_ALIKE = 200
/** So much markup of one element is written out; what is kept of it is shorter. */
const MAX_MARKUP = 1_000_000

const none: ReadonlyMap<string, string> = new Map()

function readAttributes(raw: readonly RawAttribute[], scopes: Scopes): ReadonlyMap<string, string> {
  if (raw.length === 0) return none
  const attributes = new Map<string, string>()
  for (const [name, value] of raw) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue
    const key = name.includes(':') ? scopes.canonicalName(name) : name.toLowerCase()
    if (!attributes.has(key)) attributes.set(key, decodeEntities(value))
  }
  return attributes
}

/** Reads XML of any quality into a tree, in time linear in the text. Never throws; what had to be forgiven is among the problems. */
export function readTree(text: string, url: string, problems: Problems): Element {
  const root: Element = { name: '#root', attributes: new Map(), children: [], base: url, at: 0 }
  const stack: Open[] = [{ element: root, written: '', outside: 0 }]
  const scopes = new Scopes()
  let elements = 0
  const top = () => stack[stack.length - 1]!
  const illformed = (at: number) => problems.once('xml_illformed', at)

  function closeTo(depth: number): void {
    const outermost = stack[Math.max(1, depth)]
    if (outermost) scopes.leave(outermost.outside)
    stack.length = Math.max(1, depth)
  }

  scanMarkup(text, false, {
    text(raw, literal) {
      const { children } = top().element
      const said = literal ? raw : decodeEntities(raw)
      const before = children.at(-1)
      if (typeof before === 'string') children[children.length - 1] = before + said
      else children.push(said)
    },
    open(written, rawAttributes, selfClosing, at) {
      elements += 1
      if (elements > MAX_ELEMENTS) return problems.once('too_large', at)
      let outside = scopes.declare(rawAttributes)
      const name = scopes.canonicalName(written)
      if (containers.has(name)) {
        const unclosed = stack.findIndex((open) => open.element.name === name)
        if (unclosed > 0) {
          illformed(at)
          closeTo(unclosed)
          outside = scopes.declare(rawAttributes)
        }
      }
      const attributes = readAttributes(rawAttributes, scopes)
      const parent = top().element
      const ownBase = attributes.get('xml:base')
      const base = ownBase === undefined ? parent.base : resolveUrl(ownBase, parent.base, true) || parent.base
      const stays = !selfClosing && !voids.has(name.replace('xhtml:', ''))
      if (stack.length >= MAX_DEPTH || !stays) scopes.leave(outside)
      if (stack.length >= MAX_DEPTH) return problems.once('too_deep', at)
      const element: Element = { name, attributes, children: [], base, at }
      parent.children.push(element)
      if (stays) stack.push({ element, written: written.toLowerCase(), outside })
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
      problems.once(what === 'truncated' ? 'xml_truncated' : 'xml_illformed', at)
    },
  })
  if (stack.length > 1 && elements <= MAX_ELEMENTS) problems.once('xml_truncated', text.length)
  return root
}

/** The direct children with one of the names, in the order of the names, then of the document; the first 200 of each name. */
export function childrenOf(element: Element, ...names: readonly string[]): Element[] {
  const found = new Map<string, Element[]>(names.map((name) => [name, []]))
  step(element.children.length)
  for (const child of element.children) {
    const alike = typeof child === 'string' ? undefined : found.get(child.name)
    if (alike && alike.length < MAX_ALIKE) alike.push(child as Element)
  }
  return [...found.values()].flat()
}

/** The first direct child with one of the names; earlier names win. */
export const childOf = (element: Element, ...names: readonly string[]): Element | undefined => childrenOf(element, ...names)[0]

/** All text inside, as written. */
export function textOf(element: Element | undefined): string {
  const parts: string[] = []
  const gather = ({ children }: Element) => {
    step(children.length)
    for (const child of children) typeof child === 'string' ? parts.push(child) : gather(child)
  }
  if (element) gather(element)
  return parts.join('')
}

/** Whether there are elements inside. */
export const hasElements = (element: Element): boolean => element.children.some((child) => typeof child !== 'string')

/** The inside written as markup. `escaped` is off where text was already markup (an escaped and a naked part mixed). */
export function innerMarkup(element: Element, escaped: boolean): string {
  const parts: string[] = []
  let size = 0
  const push = (part: string) => {
    size += part.length
    parts.push(part)
  }
  const write = ({ children }: Element) => {
    step(children.length)
    for (const child of children) {
      if (size > MAX_MARKUP) return
      if (typeof child === 'string') {
        push(escaped ? escapeText(child) : child)
        continue
      }
      const name = child.name.replace(/^(xhtml|x-[^:]*|atom):/, '')
      const isVoid = voids.has(name)
      push(`<${name}`)
      for (const [key, value] of child.attributes) push(` ${key}="${escapeAttribute(value)}"`)
      push(isVoid ? ' />' : '>')
      if (isVoid) continue
      write(child)
      push(`</${name}>`)
    }
  }
  write(element)
  return parts.join('')
}
