import type { Problem } from './problem.ts'

export type FeedKind = 'rss' | 'atom' | 'json' | 'rdf' | 'unknown'

export interface FeedEntry {
  /** The feed's own id, or the address, or a hash of title, date and text; never empty. */
  readonly id: string
  /** One line of plain text, at most 1,000 UTF-16 units. */
  readonly title: string
  /** Absolute when the feed or its address allows it, http or https; '' when there is none. */
  readonly url: string
  /** Names, without mail addresses unless there is nothing else. */
  readonly author: string
  /** ISO 8601 in UTC; what the feed says first of published, created and updated. May lie in the future: see problems. */
  readonly publishedAt: string | null
  readonly updatedAt: string | null
  /** Markup without anything that runs or loads frames, addresses absolute; at most 500,000 UTF-16 units. For export, not for display. */
  readonly html: string
  /** Plain text of the same, at most 200,000 UTF-16 units. */
  readonly text: string
  readonly categories: readonly string[]
}

export interface Feed {
  readonly kind: FeedKind
  readonly title: string
  readonly link: string
  /** How long the feed asks to be left alone, in minutes. */
  readonly ttlMinutes: number | null
  readonly entries: readonly FeedEntry[]
  readonly problems: readonly Problem[]
}

export interface FeedOptions {
  /** The HTTP header as received: names the charset. */
  readonly contentType?: string | undefined
  /** Where the feed was fetched from: relative addresses resolve against it. */
  readonly url?: string | undefined
  /** ISO text or milliseconds: with it relative dates are read and dates in the future are reported. */
  readonly now?: string | number | undefined
  /** IANA zone of dates that name none. Default Asia/Shanghai. */
  readonly zone?: string | undefined
}
