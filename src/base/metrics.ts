import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Asked } from './serve.ts'

/** What operators watch. Labels are names of asks and outcomes; never a person, a unit or a text. */
export function openMetrics() {
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
  const pages = new Gauge({ name: 'anlan_open_pages', help: 'Pages that hear news now', registers: [registry] })
  return {
    asked({ name, outcome, durationMs }: Asked): void {
      asks.inc({ ask: name, outcome })
      seconds.observe({ ask: name }, durationMs / 1000)
    },
    text(openPages: number): Promise<string> {
      pages.set(openPages)
      return registry.metrics()
    },
  }
}
