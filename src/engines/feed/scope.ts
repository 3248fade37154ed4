import { step } from '../steps.ts'
import { decodeEntities } from './entity.ts'
import type { RawAttribute } from './markup.ts'

/**
 * The namespaces in force at one place of a document. What an element declares is written down on entering and undone on leaving, so the
 * whole costs as much as there are declarations, however deep they stand.
 */
export class Scopes {
  /** The usual prefix of what each written prefix stands for. */
  private readonly prefixes = new Map<string, string>()
  private readonly replaced: [prefix: string, before: string | undefined][] = []

  /** Enters an element; answers with what `leave` wants. */
  declare(attributes: readonly RawAttribute[]): number {
    const outside = this.replaced.length
    for (const [name, value] of attributes) {
      if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue
      step()
      const prefix = name.slice(6)
      this.replaced.push([prefix, this.prefixes.get(prefix)])
      this.prefixes.set(prefix, canonicalPrefix(prefix, decodeEntities(value)))
    }
    return outside
  }

  leave(outside: number): void {
    while (this.replaced.length > outside) {
      step()
      const [prefix, before] = this.replaced.pop()!
      if (before === undefined) this.prefixes.delete(prefix)
      else this.prefixes.set(prefix, before)
    }
  }

  canonicalName(written: string): string {
    const colon = written.indexOf(':')
    const prefix = colon > 0 ? written.slice(0, colon) : ''
    const local = written.slice(colon > 0 ? colon + 1 : 0).toLowerCase()
    const canonical = this.prefixes.get(prefix) ?? prefix.toLowerCase()
    return canonical === '' ? local : `${canonical}:${local}`
  }
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

function canonicalPrefix(prefix: string, uri: string): string {
  const lower = uri.trim().toLowerCase()
  const hit = spaces.find(([known]) => lower.startsWith(known))
  if (hit) return hit[1]
  if (prefix === '') return ''
  const name = prefix.toLowerCase()
  return usual.has(name) ? name : `x-${name}`
}
