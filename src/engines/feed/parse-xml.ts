import { atomConstruct, bestOf, type Construct, hasText, lineOf, nameOf, rssConstruct } from './construct.ts'
import { finishEntries, type RawEntry } from './finish.ts'
import { toLine } from './html-to-text.ts'
import type { Problems } from './problem.ts'
import { childOf, childrenOf, type Element, readTree, textOf } from './tree.ts'
import type { Feed, FeedKind, FeedOptions } from './types.ts'
import { resolveUrl } from './url.ts'

/** In Atom's namespace or in none: feeds forget to declare it. */
const both = (...names: readonly string[]) => names.flatMap((name) => [`atom:${name}`, name])
/** An id as it is written, whole. */
const idOf = (element: Element | undefined) => (element ? toLine(textOf(element).slice(0, 100_000), 100_000) : '')
const line = (element: Element | undefined) => (element ? toLine(textOf(element)) : '')
const web = (written: string, base: string) => resolveUrl(written, base, true) || (base === '' ? resolveUrl(written, base) : '')

/** `me@example.com (Name)`, `Name <me@example.com>`, `Name`: the name. */
function personOf(text: string): string {
  const clean = nameOf(text)
  const name = clean
    .replace(/[\w.+%-]+@[\w-]+(?:\.[\w-]+)+/g, ' ')
    .replace(/mailto:|[<>]|\(\s*\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const bare = /^\(([^()]*)\)$/.exec(name)?.[1]?.trim() ?? name
  return bare === '' ? clean : bare
}

function personElement(element: Element): string {
  const name = childOf(element, ...both('name'))
  const mail = childOf(element, ...both('email', 'uri', 'url', 'homepage'))
  if (name || mail) return personOf(textOf(name) || textOf(mail))
  return personOf(textOf(element))
}

const people = (elements: readonly Element[]): string =>
  [...new Set(elements.map(personElement))]
    .filter((name) => name !== '')
    .slice(0, 20)
    .join(', ')

/** The page that Atom links point to. */
function alternateOf(element: Element, ...names: readonly string[]): string {
  const links = childrenOf(element, ...names).filter((link) => link.attributes.has('href'))
  const relOf = (link: Element) => (link.attributes.get('rel') ?? 'alternate').trim().toLowerCase().replace(/^.*\//, '')
  const pages = links.filter((link) => relOf(link) === 'alternate')
  const page =
    pages.find((link) => /^(text\/html|application\/xhtml\+xml|)$/i.test(link.attributes.get('type') ?? '')) ?? pages[0]
  const chosen =
    page ??
    links.find(
      (link) =>
        !/^(self|edit|enclosure|replies|hub|next|prev|previous|first|last|service|search|license|payment)/.test(relOf(link)),
    )
  return chosen ? web(chosen.attributes.get('href') ?? '', chosen.base) : ''
}

/** What an entry brings along when it has no page: a recording, a film. */
function enclosureOf(item: Element): string {
  const media = childOf(item, 'media:group') ?? item
  for (const element of [...childrenOf(item, 'enclosure'), ...childrenOf(media, 'media:player', 'media:content')]) {
    const url = web(element.attributes.get('url') ?? element.attributes.get('href') ?? '', element.base)
    if (url !== '') return url
  }
  const link = childrenOf(item, ...both('link')).find((one) => /enclosure$/i.test(one.attributes.get('rel') ?? ''))
  return link ? web(link.attributes.get('href') ?? '', link.base) : ''
}

const datesOf = (element: Element, ...names: readonly string[]) =>
  childrenOf(element, ...names).map((child) => toLine(textOf(child), 400) || (child.attributes.get('datetime') ?? ''))

function categoriesOf(element: Element): string[] {
  const nested = childrenOf(element, 'itunes:category').flatMap((category) => [
    category,
    ...childrenOf(category, 'itunes:category'),
  ])
  return [...childrenOf(element, 'category', 'atom:category', 'dc:subject', 'media:category'), ...nested].map((category) =>
    nameOf(
      category.attributes.get('label') || category.attributes.get('term') || category.attributes.get('text') || textOf(category),
    ),
  )
}

function rssContent(item: Element): Construct | undefined {
  const full = childrenOf(item, 'content:encoded', 'xhtml:body', 'body', 'fullitem', 'content:items').map((element) =>
    rssConstruct(element, true),
  )
  const atom = childrenOf(item, 'atom:content').map(atomConstruct)
  const own = childrenOf(item, 'content', 'description', 'summary', 'abstract', 'dc:description', 'itunes:summary').map((e) =>
    rssConstruct(e, true),
  )
  const media = childOf(item, 'media:group') ?? item
  const rest = [
    ...childrenOf(item, 'atom:summary').map(atomConstruct),
    ...childrenOf(media, 'media:description').map((e) => rssConstruct(e, false)),
  ]
  return bestOf([...full, ...atom, ...own, ...rest])
}

/** The first of the titles that says something. */
function titleOf(element: Element): string {
  const media = childOf(element, 'media:group') ?? element
  const told = [
    ...childrenOf(element, 'title').map((own) => rssConstruct(own, false)),
    ...childrenOf(element, 'atom:title').map(atomConstruct),
    ...childrenOf(element, 'dc:title', 'media:title', 'itunes:title').map((other) => rssConstruct(other, false)),
    ...childrenOf(media, 'media:title').map((other) => rssConstruct(other, false)),
  ]
  return lineOf(told.find(hasText) ?? told[0] ?? nothing)
}

const nothing: Construct = { value: '', isHtml: false, base: '' }

const rssDates = (item: Element): string[] =>
  datesOf(
    item,
    ...['pubdate', 'atom:published', 'published', 'dcterms:issued', 'issued', 'dcterms:created', 'dc:date', 'pubdated', 'date'],
  )

const atomDates = (entry: Element): string[] =>
  datesOf(entry, ...both('published', 'issued', 'created', 'pubdate'), 'dcterms:issued', 'dc:date')
const atomUpdates = (entry: Element): string[] => datesOf(entry, ...both('updated', 'modified'), 'dcterms:modified')

function rssItem(item: Element): RawEntry {
  const guid = childrenOf(item, 'guid', 'id', 'atom:id').find((element) => line(element) !== '')
  const about = item.attributes.get('rdf:about') ?? item.attributes.get('about') ?? ''
  const own = childrenOf(item, 'link').find((element) => line(element) !== '' || element.attributes.has('href'))
  const href = own?.attributes.get('href') ?? item.attributes.get('href') ?? ''
  const permalink = guid && guid.attributes.get('ispermalink')?.trim().toLowerCase() !== 'false' ? idOf(guid) : ''
  const written = own ? web(line(own) || href, own.base) : web(href, item.base)
  const byId = /^https?:/i.test(permalink) ? permalink : /^https?:/i.test(about) ? about : ''
  const authors = childrenOf(item, 'author', 'dc:creator', 'dc:author', 'itunes:author', 'atom:author', 'managingeditor')
  return {
    id: idOf(guid) || about.trim() || idOf(childOf(item, 'dc:identifier')),
    title: titleOf(item),
    url: written || alternateOf(item, 'atom:link') || web(byId, item.base) || enclosureOf(item),
    author: people(authors.slice(0, 1).concat(authors.slice(1).filter((element) => element.name === authors[0]?.name))),
    published: rssDates(item),
    updated: datesOf(item, 'atom:updated', 'updated', 'dcterms:modified', 'modified', 'lastmod', 'dc:date').concat(
      item.attributes.get('lastmod') ?? [],
    ),
    content: rssContent(item),
    categories: categoriesOf(item),
  }
}

function atomEntry(entry: Element, feedAuthor: string): RawEntry {
  const title = childOf(entry, ...both('title'), 'media:title', 'dc:title')
  const id = childOf(entry, ...both('id'))
  const contents = childrenOf(entry, ...both('content'))
  const bodies = [
    ...contents.filter((element) => !element.attributes.has('src')),
    ...childrenOf(entry, ...both('summary', 'tagline')),
  ].map(atomConstruct)
  const group = childOf(entry, 'media:group') ?? entry
  const source = contents.find((element) => element.attributes.has('src'))
  const authors = childrenOf(entry, ...both('author'), 'dc:creator')
  const inSource = childOf(entry, ...both('source'))
  return {
    id: idOf(id),
    title: title ? lineOf(atomConstruct(title)) : '',
    url:
      alternateOf(entry, ...both('link')) ||
      (source ? web(source.attributes.get('src') ?? '', source.base) : '') ||
      (/^https?:/i.test(idOf(id)) ? web(idOf(id), '') : '') ||
      enclosureOf(entry),
    author: people(authors) || (inSource ? people(childrenOf(inSource, ...both('author'))) : '') || feedAuthor,
    published: atomDates(entry),
    updated: atomUpdates(entry),
    content: bestOf([...bodies, ...childrenOf(group, 'media:description').map((element) => rssConstruct(element, false))]),
    categories: categoriesOf(entry),
  }
}

/** All elements with one of the names, none inside another. */
function collect(from: Element, names: readonly string[], into: Element[] = []): Element[] {
  for (const child of from.children) {
    if (typeof child === 'string') continue
    if (names.includes(child.name)) into.push(child)
    else collect(child, names, into)
  }
  return into
}

const periods: Readonly<Record<string, number>> = { hourly: 60, daily: 1440, weekly: 10_080, monthly: 43_200, yearly: 525_600 }

function ttlOf(channel: Element): number | null {
  const ttl = Number(line(childOf(channel, 'ttl')))
  if (Number.isFinite(ttl) && ttl > 0) return Math.min(Math.round(ttl), 525_600)
  const period = periods[line(childOf(channel, 'sy:updateperiod', 'module:updateperiod')).toLowerCase()]
  if (period === undefined) return null
  const frequency = Number(line(childOf(channel, 'sy:updatefrequency', 'module:updatefrequency'))) || 1
  return Math.max(1, Math.round(period / Math.max(1, frequency)))
}

/** Addresses that nothing in the document gives a base resolve against the channel's page, as their writers mean it. */
function rebase(element: Element, from: string, to: string): void {
  if (element.base === from) element.base = to
  for (const child of element.children) if (typeof child !== 'string') rebase(child, from, to)
}

function rss(root: Element, kind: FeedKind, options: FeedOptions, problems: Problems): Feed {
  const channel = collect(root, ['channel'])[0] ?? root
  const items = collect(root, ['item'])
  const link = childrenOf(channel, 'link').find((element) => line(element) !== '' || element.attributes.has('href'))
  const href = link?.attributes.get('href') ?? channel.attributes.get('href') ?? ''
  const page = (link ? web(line(link) || href, link.base) : web(href, channel.base)) || alternateOf(channel, 'atom:link')
  if (/^https?:/i.test(page)) for (const item of items) rebase(item, options.url ?? '', page)
  return {
    kind,
    title: titleOf(channel),
    link: page,
    ttlMinutes: ttlOf(channel),
    entries: finishEntries(
      items.length,
      (index) => rssItem(items[index]!),
      options,
      problems,
      (index) => rssDates(items[index]!),
    ),
    problems: problems.list,
  }
}

function atom(feed: Element, options: FeedOptions, problems: Problems): Feed {
  const entries = /entry$/.test(feed.name) ? [feed] : collect(feed, both('entry'))
  const title = childOf(feed, ...both('title'))
  const author = people(childrenOf(feed, ...both('author')))
  return {
    kind: 'atom',
    title: title ? lineOf(atomConstruct(title)) : '',
    link: alternateOf(feed, ...both('link')),
    ttlMinutes: ttlOf(feed),
    entries: finishEntries(
      entries.length,
      (index) => atomEntry(entries[index]!, author),
      options,
      problems,
      (index) => [...atomDates(entries[index]!), ...atomUpdates(entries[index]!)],
    ),
    problems: problems.list,
  }
}

/** RSS 0.9 to 2.0, RDF site summaries and Atom 0.3 and 1.0 from text of any quality; undefined when it is none of them. */
export function parseXml(text: string, options: FeedOptions, problems: Problems): Feed | undefined {
  const tree = readTree(text, options.url ?? '', problems)
  const [root] = collect(tree, ['rss', 'rdf:rdf', 'rdf', 'channel', ...both('feed')])
  if (root)
    return /feed$/.test(root.name)
      ? atom(root, options, problems)
      : rss(root, root.name.startsWith('rdf') ? 'rdf' : 'rss', options, problems)
  if (collect(tree, ['item']).length > 0) return rss(tree, 'rss', options, problems)
  const [entry] = collect(tree, both('entry'))
  return entry ? atom(entry, options, problems) : undefined
}
