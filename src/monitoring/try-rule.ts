import { threadTask } from '../base/thread.ts'
import { compileRules, type FiredSpan, type RuleSet } from '../engines/index.ts'
import { trying } from './lane.ts'

interface Post {
  readonly id: number
  readonly title: string
  readonly text: string
  readonly author: string
}

interface TriedPage {
  readonly expression: string
  readonly posts: readonly Post[]
}

let last: { readonly expression: string; readonly match: RuleSet['match'] } | undefined

/** Runs in a thread: which of the posts a rule finds, and by what. */
export function matchPage({ expression, posts }: TriedPage): { id: number; spans: FiredSpan[] }[] {
  if (last?.expression !== expression) {
    const compiled = compileRules([{ id: 'tried', source: expression }])
    if (!compiled.ok) return []
    last = { expression, match: compiled.set.match }
  }
  const { match } = last
  return posts.flatMap((post) => match(post).map(({ spans }) => ({ id: post.id, spans })))
}

const task = threadTask<typeof matchPage>(new URL(import.meta.url), 'matchPage')

export const tryPage = (page: TriedPage): Promise<{ id: number; spans: FiredSpan[] }[]> => trying.run(task, page)

const running = new Map<number, AbortController>()

/** One trial at a time for each person: a newer one ends the one before, between two pages. */
export async function tryAlone<T>(personId: number, work: (replaced: AbortSignal) => Promise<T>): Promise<T> {
  running.get(personId)?.abort()
  const own = new AbortController()
  running.set(personId, own)
  try {
    return await work(own.signal)
  } finally {
    if (running.get(personId) === own) running.delete(personId)
  }
}
