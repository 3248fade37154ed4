import { neighbourhoodOf } from '../base/address.ts'
import type { Log } from '../base/log.ts'
import { noteLoopError, noteLoopWell } from '../base/loop.ts'
import { openRate } from '../base/rate.ts'
import type { Trail, TrailEntry } from '../base/serve.ts'

/** So many neighbourhoods have a row of their own in a minute; the rest share one. */
const mostRows = 20

/**
 * What nobody in particular asked in vain. It is counted, and once a minute a row for each neighbourhood says how often: whoever is not
 * known cannot make the trail grow. Tries at an account still leave a row each, as long as there are few.
 */
export function openStrangers(trail: Trail, log: Log, onRefused: (code: string) => void, clock: () => number) {
  const counted = new Map<string, Map<string, number>>()
  const triesHere = openRate({ burst: 40, perSecond: 1 / 60 }, clock)
  const triesInAll = openRate({ burst: 400, perSecond: 1 / 10 }, clock)
  const timer = setInterval(() => void flush(), 60_000)
  timer.unref()

  function refuse(address: string, code: string): void {
    onRefused(code)
    const place = neighbourhoodOf(address)
    add(counted.has(place) || counted.size < mostRows ? place : 'others', code, 1)
  }

  function add(key: string, code: string, times: number): void {
    const codes = counted.get(key) ?? new Map<string, number>()
    codes.set(code, (codes.get(code) ?? 0) + times)
    counted.set(key, codes)
  }

  /** What cannot be written down now is counted on, and said with what comes next. */
  async function flush(): Promise<void> {
    const rows = [...counted]
    counted.clear()
    const done = await Promise.allSettled(rows.map(([address, codes]) => trail.record(sum(address, codes))))
    for (const [at, [address, codes]] of rows.entries())
      if (done[at]?.status === 'rejected') for (const [code, times] of codes) add(address, code, times)
    const failed = done.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') noteLoopError(log, 'strangers', failed.reason)
    else noteLoopWell('strangers')
  }

  return {
    refuse,
    /** The trail for everybody: rows of people as they are, those of strangers counted. */
    async record(entry: TrailEntry): Promise<void> {
      if (entry.personId !== null) return trail.record(entry)
      if (entry.outcome === 'allowed') return
      refuse(entry.address, entry.code ?? 'unexpected')
      const place = neighbourhoodOf(entry.address)
      const tried = entry.code === 'wrong_credentials' || entry.outcome === 'failed'
      if (!tried || triesHere.wait(place) > 0 || triesInAll.wait('all') > 0) return
      triesHere.take(place)
      triesInAll.take('all')
      return trail.record(entry)
    },
    flush,
    async close(): Promise<void> {
      clearInterval(timer)
      await flush()
    },
  }
}

export type Strangers = ReturnType<typeof openStrangers>

function sum(address: string, codes: ReadonlyMap<string, number>): TrailEntry {
  const [[code] = ['unauthenticated']] = [...codes].sort(([, a], [, b]) => b - a)
  const times = [...codes.values()].reduce((all, one) => all + one, 0)
  return {
    personId: null,
    address,
    ask: 'access.knock',
    subject: `refusals:${times}`,
    tier: null,
    unitIds: [],
    outcome: 'refused',
    code,
    writes: false,
    background: false,
    durationMs: 0,
  }
}
