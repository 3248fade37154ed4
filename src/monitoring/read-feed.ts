import { threadTask } from '../base/thread.ts'
import { type Feed, type FeedEntry, parseFeed } from '../engines/feed/index.ts'
import { reading } from './lane.ts'

interface FetchedFeed {
  readonly bytes: Uint8Array
  readonly contentType: string | undefined
  readonly url: string
  readonly now: number
}

/** A feed as far as intake wants it: the markup of its entries stays in the thread. */
export interface ReadFeed extends Omit<Feed, 'entries'> {
  readonly entries: readonly Omit<FeedEntry, 'html'>[]
}

/** Runs in a thread. */
export function parseFetched({ bytes, ...options }: FetchedFeed): ReadFeed {
  const feed = parseFeed(bytes, options)
  return { ...feed, entries: feed.entries.map(({ html: _, ...entry }) => entry) }
}

const task = threadTask<typeof parseFetched>(new URL(import.meta.url), 'parseFetched')

/** Reads what was fetched, in a thread, which keeps its bytes. */
export const readFeed = (fetched: FetchedFeed, signal: AbortSignal): Promise<ReadFeed> =>
  reading.run(task, fetched, signal, [fetched.bytes])
