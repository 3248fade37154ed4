import { type Item, readItem } from './item.ts'
import { type ItemProblem, problemOf } from './problem.ts'
import { clean, scalar } from './said.ts'

/** Older than this an item is old news. */
export const recentMs = 3 * 86_400_000
const mostNoted = 1000

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
