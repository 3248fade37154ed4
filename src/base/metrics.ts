import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import { type Health, lookMs, oneLook, type QueueFigures } from './health.ts'
import { loopErrors } from './loop.ts'
import type { Asked } from './serve.ts'

/** What /metrics asks of the database each time it is read. */
export interface Watched {
  readonly queue: QueueFigures
  readonly health: Health
}

/** What is counted as it happens: an ask that was answered, or a stranger who was refused. */
export type Counted = { readonly asked: Asked } | { readonly refused: string }

/** What operators watch. Labels are names of asks and outcomes; never a person, a unit or a text. */
export function openMetrics(watch?: () => Promise<Watched>, withinMs = lookMs) {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'anlan_' })
  const asks = new Counter({
    name: 'anlan_asks_total',
    help: 'Asks answered',
    labelNames: ['ask', 'outcome'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'anlan_ask_seconds',
    help: 'Time from ask to answer, trail included',
    labelNames: ['ask'],
    buckets: [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 5],
    registers: [registry],
  })
  const strangers = new Counter({
    name: 'anlan_strangers_refused_total',
    help: 'Requests of nobody in particular that were refused',
    labelNames: ['code'],
    registers: [registry],
  })
  const pages = new Gauge({ name: 'anlan_open_pages', help: 'Pages that hear news now', registers: [registry] })
  const errors = new Counter({
    name: 'anlan_loop_errors_total',
    help: 'Unexpected errors in background loops, which went on',
    labelNames: ['loop'],
    registers: [registry],
  })
  const queue = new Gauge({
    name: 'anlan_queue_jobs',
    help: 'Jobs in the queue',
    labelNames: ['state'],
    registers: [registry],
  })
  const oldest = new Gauge({ name: 'anlan_queue_oldest_seconds', help: 'Age of the oldest job', registers: [registry] })
  const late = new Gauge({
    name: 'anlan_late',
    help: 'What should have happened a minute ago and has not',
    labelNames: ['what'],
    registers: [registry],
  })
  const held = new Gauge({
    name: 'anlan_outward_held',
    help: '1 while a restored copy sends nothing out and fetches nothing',
    registers: [registry],
  })

  const find = oneLook<Watched | undefined>(async () => watch?.().catch(() => undefined), undefined, withinMs)

  /** A database that is away leaves these figures out; that it is away is told by health. */
  async function look(): Promise<void> {
    const found = await find()
    // From here to the end nothing is waited for: of two who read at once, neither finds what the other has half written.
    for (const figure of [errors, queue, oldest, late]) figure.reset()
    const counts = found?.queue.errors ?? {}
    // A process that only serves has no row of its own among the workers.
    for (const each of [loopErrors(), counts]) for (const [loop, count] of Object.entries(each)) errors.inc({ loop }, count)
    if (!found) return
    queue.set({ state: 'waiting' }, found.queue.waiting)
    queue.set({ state: 'given_up' }, found.queue.givenUp)
    oldest.set(found.queue.oldestSeconds)
    held.set(found.health.outwardHeld ? 1 : 0)
    for (const [what, count] of Object.entries(found.health.late)) late.set({ what }, count)
  }

  return {
    count(counted: Counted): void {
      if ('refused' in counted) strangers.inc({ code: counted.refused })
      else {
        const { name, outcome, durationMs } = counted.asked
        asks.inc({ ask: name, outcome })
        seconds.observe({ ask: name }, durationMs / 1000)
      }
    },
    async text(openPages: number): Promise<string> {
      await look()
      pages.set(openPages)
      return registry.metrics()
    },
  }
}
