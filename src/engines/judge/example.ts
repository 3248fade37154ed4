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

/** Every so many-th relevant item is also taught with its names made vague. */
const VAGUE_EVERY = 8

/**
 * Items as the trainer sees them. Writers who say only 衡川医院 are rare here and common elsewhere, so some relevant items teach
 * relevance a second time with their full names read as the bare shared word.
 */
export function examplesOf(items: readonly Labelled[], group: Group): Example[] {
  const names = prepareNames(group)
  const features = new Features()
  const drawn = (): Int32Array => Int32Array.from(new Set(features.hashes.subarray(0, features.count)))
  const examples: Example[] = []
  for (const [at, item] of items.entries()) {
    const { passage, mentions, lookalikes, signs } = examine(item, names, features)
    examples.push({ features: drawn(), labels: item.labels })
    if (at % VAGUE_EVERY !== 0 || !item.labels.relevant || !mentions.some((mention) => mention.kind === 'alias')) continue
    const vague = mentions
      .filter((mention) => mention.kind === 'alias')
      .map((mention) => ({ ...mention, kind: 'brand' as const }))
    features.draw(passage, vague, lookalikes, signs, item)
    examples.push({ features: drawn(), labels: item.labels, only: 'relevant' })
  }
  return examples
}
