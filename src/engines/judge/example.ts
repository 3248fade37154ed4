import { examine } from './examine.ts'
import { Features } from './features.ts'
import type { Example } from './fit.ts'
import { prepareNames } from './group.ts'
import type { Group, JudgeItem } from './types.ts'

/** An item with its labels, as a line of a labelled file holds it. */
export interface Labelled extends JudgeItem {
  readonly id: string
  readonly labels: Example['labels']
}

/** Reads a file of one labelled item a line. Throws SyntaxError for a line that is not JSON. */
export function readLabelled(content: string): Labelled[] {
  return content
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Labelled)
}

/** Items as the trainer sees them. */
export function examplesOf(items: readonly Labelled[], group: Group): Example[] {
  const names = prepareNames(group)
  const features = new Features()
  return items.map((item) => {
    examine(item, names, features)
    return { features: Int32Array.from(new Set(features.hashes.subarray(0, features.count))), labels: item.labels }
  })
}
