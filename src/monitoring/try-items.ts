import type { Parsed } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import type { monitoring } from './contract.ts'
import type { Item } from './item.ts'
import { readApart } from './read-apart.ts'
import { recentMs } from './read-items.ts'
import { orRefused } from './stopped.ts'

const shownItems = 5

/** What would come of items, without taking them in. */
export async function tryItems(_tx: ReadTx, { items }: Parsed<(typeof monitoring)['monitoring.try_items']>) {
  const now = Date.now()
  const { read, refused, noted } = await orRefused(readApart(items, { now, platform: 'other' }))
  const isOld = ({ publishedAt }: Item) => Date.parse(publishedAt) < now - recentMs
  const shown = read.slice(0, shownItems).map(({ item: { platform, author, title, text, url, publishedAt, dated, likes } }) => ({
    ...{ platform, author, title, text: text.slice(0, 200), url, publishedAt, dated, likes },
  }))
  return { read: read.length, old: read.filter(({ item }) => isOld(item)).length, refused, noted, shown }
}
