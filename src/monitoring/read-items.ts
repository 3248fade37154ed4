import type { Parsed } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import type { monitoring } from './contract.ts'
import { type Item, readItem } from './item.ts'
import { type ItemProblem, problemOf } from './problem.ts'
import { clean, scalar } from './said.ts'

/** Older than this an item is old news. */
export const recentMs = 3 * 86_400_000
const mostNoted = 1000
const shownItems = 5

/** Reads items; what is refused and what was supposed is told with its place. */
export function readItems(items: readonly unknown[], given: { now: number; platform: string }) {
  const refused: ItemProblem[] = []
  const noted: ItemProblem[] = []
  const read: { at: number; item: Item }[] = []
  for (const [at, value] of items.entries()) {
    const result = readItem(value, given)
    if (!result.ok) {
      refused.push(problemOf(result.code, at, nameOf(value)))
      continue
    }
    read.push({ at, item: result.item })
    if (noted.length < mostNoted)
      for (const { code, detail } of result.notes) noted.push(problemOf(code, at, result.item, detail))
  }
  return { read, refused, noted }
}

/** What an item that is refused calls itself. */
function nameOf(value: unknown): Pick<Item, 'externalId' | 'url'> | undefined {
  if (typeof value !== 'object' || value === null || !('id' in value)) return undefined
  return { externalId: clean(scalar(value.id)).trim() || null, url: null }
}

/** What would come of items, without taking them in. */
export async function tryItems(_tx: ReadTx, { items }: Parsed<(typeof monitoring)['monitoring.try_items']>) {
  const now = Date.now()
  const { read, refused, noted } = readItems(items, { now, platform: 'other' })
  const isOld = ({ publishedAt }: Item) => Date.parse(publishedAt) < now - recentMs
  const shown = read.slice(0, shownItems).map(({ item: { platform, author, title, text, url, publishedAt, dated, likes } }) => ({
    ...{ platform, author, title, text: text.slice(0, 200), url, publishedAt, dated, likes },
  }))
  return { read: read.length, old: read.filter(({ item }) => isOld(item)).length, refused, noted, shown }
}
