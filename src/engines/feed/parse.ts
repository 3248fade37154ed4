import { decodeBytes } from '../text/decode.ts'
import { repairControls } from './entity.ts'
import { parseJson } from './parse-json.ts'
import { parseXml } from './parse-xml.ts'
import { type ProblemCode, Problems } from './problem.ts'
import type { Feed, FeedOptions } from './types.ts'
import { announcedFeed, isWebPage } from './web-page.ts'

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
  const unreadable: Feed = { kind: 'unknown', title: '', link: '', ttlMinutes: null, entries: [], problems: problems.list }
  let text: string
  if (typeof source === 'string') text = source.slice(0, MAX_SIZE).replace(/^\ufeff/, '')
  else {
    const decoded = decodeBytes(source.subarray(0, MAX_SIZE), options)
    for (const { code, at } of decoded.problems) problems.add(code, at)
    text = decoded.text
    if (decoded.refused) return unreadable
  }
  text = repairControls(text)
  const unknown = (code: ProblemCode, at?: string): Feed => {
    problems.add(code, at)
    return unreadable
  }
  if (text.trim() === '') return unknown('empty')
  const json = /^\s*[{[]/.test(text)
  const feed = json ? parseJson(text, options, problems) : parseXml(text, options, problems)
  if (feed) return feed
  if (json || !isWebPage(text)) return unknown('not_a_feed')
  // What is wrong with the page as a feed is of no interest then.
  const page = new Problems()
  const announced = announcedFeed(text, options.url ?? '')
  if (announced === undefined) page.add('web_page')
  else page.add('feed_elsewhere', announced)
  return { ...unreadable, problems: page.list }
}
