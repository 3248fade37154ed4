import { step } from '../steps.ts'

/** A name and a value as written: references are not decoded. */
export type RawAttribute = readonly [name: string, value: string]

export interface MarkupHandler {
  /** Text between tags as written, or the inside of a CDATA section (`literal`: nothing in it is to be decoded). */
  text(raw: string, literal: boolean): void
  open(name: string, attributes: readonly RawAttribute[], selfClosing: boolean, at: number): void
  close(name: string, at: number): void
  doctype?(raw: string): void
  /** Something that a strict parser would have refused. */
  fault?(what: 'illformed' | 'truncated', at: number): void
}

const rawText = new Set(['script', 'style', 'xmp', 'iframe', 'noembed', 'noframes', 'textarea', 'title'])
const MAX_ATTRIBUTES = 256
const isSpace = (code: number) => code === 32 || (code >= 9 && code <= 13)
const isLetter = (code: number) => (code | 32) >= 97 && (code | 32) <= 122
const startsName = (code: number, html: boolean) => isLetter(code) || (!html && (code === 95 || code === 58 || code >= 0xc0))

/** indexOf that never walks over the same stretch twice: a scan over the whole text stays linear however hostile it is. */
function finder(text: string) {
  const seen = new Map<string, readonly [from: number, at: number]>()
  return (needle: string, from: number): number => {
    const before = seen.get(needle)
    if (before && before[0] <= from && (before[1] < 0 || before[1] >= from)) return before[1]
    const at = text.indexOf(needle, from)
    step((at < 0 ? text.length : at + 1) - from)
    seen.set(needle, [from, at])
    return at
  }
}

/**
 * Whether an element that opens at an offset is ever closed. One that is not must not swallow what follows, or a stray tag would hide a
 * whole post; scripts and styles are dropped all the same.
 */
export function closerOf(html: string): (name: string, at: number) => boolean {
  const last = new Map<string, number>()
  return (name, at) => {
    if (name === 'script' || name === 'style') return true
    let found = last.get(name)
    if (found === undefined) {
      found = -1
      for (const match of html.matchAll(new RegExp(`</${name}(?=[\\s/>])`, 'gi'))) found = match.index
      last.set(name, found)
    }
    return found > at
  }
}

/**
 * Walks over XML or HTML, well-formed or not, and tells the handler what it meets. Never throws, in time linear in the text.
 * In HTML names are lower-case and the inside of scripts and the like is passed as text of that element.
 */
export function scanMarkup(text: string, html: boolean, handler: MarkupHandler): void {
  const find = finder(text)
  const size = text.length
  const noCloser = new Set<string>()
  let at = 0

  /** Reads the attributes of a tag from `from`; returns where the tag ends, or -1 when the text ends first. */
  function readAttributes(from: number, into: RawAttribute[]): { end: number; selfClosing: boolean } {
    let i = from
    let slash = false
    while (i < size) {
      step()
      const code = text.charCodeAt(i)
      if (code === 62) return { end: i + 1, selfClosing: slash }
      if (code === 60 && !html) {
        handler.fault?.('illformed', i)
        return { end: i, selfClosing: slash }
      }
      if (isSpace(code) || code === 47) {
        slash = code === 47
        i += 1
        continue
      }
      slash = false
      const start = i
      i += 1
      while (i < size) {
        const c = text.charCodeAt(i)
        if (c === 61 || c === 62 || c === 47 || isSpace(c) || (c === 60 && !html)) break
        i += 1
      }
      const name = text.slice(start, i)
      let j = i
      while (j < size && isSpace(text.charCodeAt(j))) j += 1
      let value = ''
      if (text.charCodeAt(j) === 61) {
        j += 1
        while (j < size && isSpace(text.charCodeAt(j))) j += 1
        const quote = text.charAt(j)
        const closing = quote === '"' || quote === "'" ? find(quote, j + 1) : -1
        if (closing >= 0) {
          value = text.slice(j + 1, closing)
          i = closing + 1
        } else {
          const valueStart = j
          while (j < size && text.charCodeAt(j) !== 62 && !isSpace(text.charCodeAt(j))) j += 1
          value = text.slice(valueStart, j)
          i = j
          if (!html) handler.fault?.('illformed', valueStart)
        }
      }
      if (into.length < MAX_ATTRIBUTES) into.push([html ? name.toLowerCase() : name, value])
    }
    return { end: -1, selfClosing: false }
  }

  /** The text up to the end tag of a script and the like, which holds no markup. */
  function skipRaw(name: string): void {
    let end = -1
    if (!noCloser.has(name)) {
      const closer = new RegExp(`</${name}(?=[\\s/>]|$)`, 'gi')
      closer.lastIndex = at
      end = closer.exec(text)?.index ?? -1
      if (end < 0) noCloser.add(name)
    }
    if (end < 0 && name !== 'script' && name !== 'style') return
    if (end < 0) end = size
    if (end > at) handler.text(text.slice(at, end), true)
    at = end
  }

  function readDeclaration(): void {
    if (text.startsWith('<!--', at)) {
      const end = find('-->', at + 4)
      if (end >= 0) {
        at = end + 3
        return
      }
      handler.fault?.('illformed', at)
      const bracket = find('>', at + 4)
      at = bracket < 0 ? size : bracket + 1
      return
    }
    if (!html && text.startsWith('<![CDATA[', at)) {
      const end = find(']]>', at + 9)
      if (end < 0) handler.fault?.('truncated', at)
      const inside = text.slice(at + 9, end < 0 ? size : end)
      if (inside.length > 0) handler.text(inside, true)
      at = end < 0 ? size : end + 3
      return
    }
    let end = find('>', at + 2)
    if (html && (end < 0 || !/^<!(doctype|\[)/i.test(text.slice(at, at + 9)))) {
      handler.text('<!', true)
      at += 2
      return
    }
    if (/^<!doctype/i.test(text.slice(at, at + 9))) {
      const subset = find('[', at)
      if (subset >= 0 && end >= 0 && subset < end) {
        const bracket = find(']', subset)
        if (bracket >= 0) end = find('>', bracket)
      }
      handler.doctype?.(text.slice(at, end < 0 ? Math.min(size, at + 4096) : end))
    }
    if (end < 0) handler.fault?.('truncated', at)
    at = end < 0 ? size : end + 1
  }

  function readClose(): void {
    const end = find('>', at + 2)
    const next = find('<', at + 2)
    if (end < 0 && next < 0) {
      handler.fault?.('truncated', at)
      const cut = /^[^\s/>]+/.exec(text.slice(at + 2, at + 130))
      if (cut) handler.close(html ? cut[0].toLowerCase() : cut[0], at)
      at = size
      return
    }
    const stop = end < 0 || (next >= 0 && next < end && !html) ? next : end
    if (stop === next) handler.fault?.('illformed', at)
    const name =
      text
        .slice(at + 2, Math.min(stop, at + 258))
        .trim()
        .split(/[\s/]/, 1)[0] ?? ''
    handler.close(html ? name.toLowerCase() : name, at)
    at = stop === end ? stop + 1 : stop
  }

  function readOpen(): void {
    const start = at
    let i = at + 1
    while (i < size) {
      const code = text.charCodeAt(i)
      if (code === 62 || code === 47 || isSpace(code) || (code === 60 && !html)) break
      i += 1
    }
    const name = html ? text.slice(start + 1, i).toLowerCase() : text.slice(start + 1, i)
    const attributes: RawAttribute[] = []
    const { end, selfClosing } = readAttributes(i, attributes)
    if (end < 0) {
      handler.fault?.('truncated', start)
      at = size
      return
    }
    at = end
    handler.open(name, attributes, selfClosing, start)
    if (html && rawText.has(name)) skipRaw(name)
  }

  while (at < size) {
    step()
    const bracket = find('<', at)
    if (bracket < 0) {
      handler.text(text.slice(at), false)
      return
    }
    if (bracket > at) handler.text(text.slice(at, bracket), false)
    at = bracket
    const next = text.charCodeAt(at + 1)
    if (next === 33) readDeclaration()
    else if (next === 63) {
      const end = html ? find('>', at + 2) : find('?>', at + 2)
      const plain = end < 0 ? find('>', at + 2) : end
      at = plain < 0 ? size : plain + (end < 0 || html ? 1 : 2)
    } else if (next === 47 && (html ? isLetter(text.charCodeAt(at + 2)) : at + 2 < size)) readClose()
    else if (startsName(next, html)) readOpen()
    else {
      if (!html) handler.fault?.('illformed', at)
      handler.text('<', true)
      at += 1
    }
  }
}
