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

interface PageTrial {
  readonly found: readonly { readonly id: number; readonly spans: FiredSpan[] }[]
  /** It wanted more work on one of the posts than a rule may cause. */
  readonly costly: boolean
}

/** Runs in a thread: which of the posts a rule finds, and by what. */
export function matchPage({ expression, posts }: TriedPage): PageTrial {
  if (last?.expression !== expression) {
    const compiled = compileRules([{ id: 'tried', source: expression }])
    if (!compiled.ok) return { found: [], costly: false }
    last = { expression, match: compiled.set.match }
  }
  const { match } = last
  let costly = false
  const stopped = () => {
    costly = true
  }
  const found = posts.flatMap((post) => match(post, stopped).map(({ spans }) => ({ id: post.id, spans })))
  return { found, costly }
}

const task = threadTask<typeof matchPage>(new URL(import.meta.url), 'matchPage')

export const tryPage = (page: TriedPage): Promise<PageTrial> => trying.run(task, page)

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
