import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/base/config.ts'

export interface WrittenPost {
  readonly platform: string
  readonly kind: string
  readonly author: string
  readonly title: string
  readonly text: string
}

/** The posts written for this project. */
export const writtenPosts = (): WrittenPost[] =>
  ['a', 'b', 'c', 'd', 'e'].flatMap((part) =>
    readFileSync(join(projectRoot, `demo/training/opinion-${part}.jsonl`), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as WrittenPost),
  )

/** `count` items, each different from all others: written posts with a number and a day of their own. */
export function* manyItems(count: number): Generator<object> {
  const posts = writtenPosts()
  for (let at = 0; at < count; at++) {
    const { platform, kind, author, title, text } = posts[(at * 7919) % posts.length] as WrittenPost
    const published_at = new Date(Date.UTC(2026, 9, 1) + ((at * 104_729) % 4_000_000) * 1000).toISOString()
    yield {
      id: `bench-${at}`,
      platform,
      kind,
      author,
      title,
      text: `${text}(第${at}号)`,
      published_at,
      url: `https://example.com/${at}`,
    }
  }
}
