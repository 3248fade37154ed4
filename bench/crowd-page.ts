import { openRefresher, type Reading } from '../web/refresh.ts'
import type { Place, StreamEvent } from '../web/touch.ts'
import type { Browser } from './crowd-http.ts'
import type { News } from './crowd-news.ts'

/** What the pages of the console read, each with the bell and the figures beside the menu. */
const kinds: readonly (readonly [name: string, input: object, everyMs?: number])[][] = [
  [
    ['response.get_overview', { days: 7 }, 60_000],
    ['monitoring.get_trend', { since: dayStart(6), until: dayStart(-1), grain: 'day' }],
    ['monitoring.get_shares', { by: 'platform', since: dayStart(6), until: dayStart(-1) }],
  ],
  [
    ['monitoring.list_mentions', {}],
    ['monitoring.count_mentions', {}],
  ],
  [['response.list_cases', { active: true, order: 'due' }]],
]
const beside: (typeof kinds)[number] = [['delivery.list_notices', { limit: 20 }]]

function dayStart(daysAgo: number): string {
  const day = Math.floor((Date.now() + 8 * 3_600_000) / 86_400_000) - daysAgo
  return new Date(day * 86_400_000 - 8 * 3_600_000).toISOString()
}

export interface Seen {
  readonly asks: number[]
  readonly freshness: number[]
  begun: number
  failed: number
  refused: number
  events: number
}

export const nothingSeen = (): Seen => ({ asks: [], freshness: [], begun: 0, failed: 0, refused: 0, events: 0 })

/** An open page as the console keeps it fresh, with the console's own refresher; only the browser is left out. */
export function openPage(
  browser: Browser,
  nr: number,
  seen: Seen,
  news: News,
  branchId: number | null,
  places: readonly Place[],
) {
  const kind = kinds[nr % 5 < 2 ? 0 : nr % 5 < 4 ? 1 : 2] ?? []
  const shown = news.viewOf(branchId)
  const readings: Reading[] = [...kind, ...beside].map(([name, input, everyMs]) => {
    const text = JSON.stringify(input)
    return {
      id: name,
      name,
      input,
      everyMs,
      readAt: Date.now(),
      async read() {
        seen.begun += 1
        const { ok, body } = await browser.ask(name, text, true)
        if (!ok) seen.failed += 1
        else if (name === 'monitoring.list_mentions') shown.saw(body, seen.freshness)
        return ok
      },
    }
  })
  const refresher = openRefresher({
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
    random: () => Math.random(),
    hidden: () => false,
    readings: () => readings,
    places: () => places,
  })
  const close = browser.listen((event) => {
    const { topic } = event as StreamEvent
    if (topic === 'hello') return
    seen.events += 1
    if (topic === 'all' || topic === 'access.me') refresher.again()
    else refresher.hear(event as StreamEvent)
  })
  refresher.plan()
  return () => {
    refresher.close()
    close()
  }
}

/** Somebody at work: an ask every six seconds, of those that people ask all day. */
export function openWork(browser: Browser, nr: number, seen: Seen, everyMs = 6000) {
  const work: readonly (readonly [string, object])[] = [
    ['monitoring.list_mentions', {}],
    ['monitoring.list_mentions', { sentiment: 'negative' }],
    ['response.list_cases', { active: true, order: 'due' }],
    ['monitoring.get_trend', { since: dayStart(6), until: dayStart(-1), grain: 'day' }],
    ['monitoring.list_mentions', { search: '挂号' }],
    ['response.get_overview', { days: 7 }],
    ['monitoring.count_mentions', { minSeverity: 2 }],
    ['delivery.list_notices', { limit: 20 }],
  ]
  let turn = nr
  let closed = false
  let timer: NodeJS.Timeout
  const one = async () => {
    const [name, input] = work[turn++ % work.length] ?? ['access.me', {}]
    const started = performance.now()
    const { ok } = await browser.ask(name, JSON.stringify(input), false)
    if (closed) return
    seen.asks.push(performance.now() - started)
    if (!ok) seen.refused += 1
    timer = setTimeout(one, Math.max(0, everyMs - (performance.now() - started)))
  }
  timer = setTimeout(one, ((nr * 7919) % everyMs) + Math.random() * 50)
  return () => {
    closed = true
    clearTimeout(timer)
  }
}
