import { decodeHtml } from './entity.ts'
import { scanMarkup } from './markup.ts'
import { resolveUrl } from './url.ts'

const MAX_HEAD = 200_000
const kinds =
  /^(application|text)\/(rss|atom|rdf)\+xml|^application\/feed\+json|^application\/rss$|^text\/xml$|^application\/xml$/i

/** Whether text is a page for people. */
export const isWebPage = (text: string): boolean =>
  /<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]/i.test(text.slice(0, 10_000))

/** The address of the feed that a page announces for readers to find; of several the first that is not for its comments. */
export function announcedFeed(html: string, url: string): string | undefined {
  const found: { address: string; isMain: boolean }[] = []
  let base = url
  const take = (name: string, attributes: ReadonlyMap<string, string>) => {
    const href = decodeHtml(attributes.get('href') ?? '').trim()
    if (name === 'base' && href !== '') base = resolveUrl(href, url, true) || base
    if (name !== 'link' || href === '') return
    const rel = (attributes.get('rel') ?? '').toLowerCase().split(/\s+/)
    const type = (attributes.get('type') ?? '').trim()
    if (!(rel.includes('alternate') || rel.includes('feed')) || !(kinds.test(type) || rel.includes('feed'))) return
    const address = resolveUrl(href.replace(/^feed:(?:\/\/)?(?=https?:)/i, '').replace(/^feed:\/\//i, 'http://'), base, true)
    const isMain = !/comment|评论|留言/i.test(`${attributes.get('title') ?? ''} ${href}`)
    if (address !== '' && address !== url) found.push({ address, isMain })
  }
  const ignore = () => undefined
  scanMarkup(html.slice(0, MAX_HEAD), true, {
    text: ignore,
    open: (name, raw) => take(name, new Map(raw.map(([key, value]) => [key.toLowerCase(), value]))),
    close: ignore,
    doctype: ignore,
    fault: ignore,
  })
  return (found.find(({ isMain }) => isMain) ?? found[0])?.address
}
