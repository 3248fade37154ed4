import { decodeBytes } from '../text/decode.ts'
import { repairControls } from './entity.ts'
import { parseJson } from './parse-json.ts'
import { parseXml } from './parse-xml.ts'
import { Problems } from './problem.ts'
import type { Feed, FeedOptions } from './types.ts'

/** Bytes and characters beyond this are not read. */
export const MAX_SIZE = 20_000_000

/**
 * Reads RSS 0.9 to 2.0, RDF, Atom 0.3 and 1.0 and JSON Feed, well-formed or not. Never throws: whatever had to be forgiven is in `problems`,
 * and what is no feed comes back as kind `unknown` without entries. Entities that the document itself declares are never expanded.
 * @param source text, or bytes whose encoding is found out with `contentType`
 */
export function parseFeed(source: string | Uint8Array, options: FeedOptions = {}): Feed {
  const problems = new Problems()
  if (source.length > MAX_SIZE) problems.add('too_large')
  let text: string
  if (typeof source === 'string') text = source.slice(0, MAX_SIZE).replace(/^\ufeff/, '')
  else {
    const decoded = decodeBytes(source.subarray(0, MAX_SIZE), options)
    for (const { code, at } of decoded.problems) problems.add(code, at)
    text = decoded.text
  }
  text = repairControls(text)
  const unknown = (code: 'empty' | 'not_a_feed'): Feed => {
    problems.add(code)
    return { kind: 'unknown', title: '', link: '', ttlMinutes: null, entries: [], problems: problems.list }
  }
  if (text.trim() === '') return unknown('empty')
  const json = /^\s*[{[]/.test(text)
  const feed = json ? parseJson(text, options, problems) : parseXml(text, options, problems)
  return feed ?? unknown('not_a_feed')
}
