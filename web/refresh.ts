import { isTouched, type Place, type StreamEvent } from './touch.ts'

/** Something read that a page shows now. */
export interface Reading {
  /** The same for the same thing, however often it is looked up. */
  readonly id: string
  readonly name: string
  readonly input: unknown
  /** How many answers it takes to read it again: a list that was read on and on costs more and is read less often. */
  readonly pages?: number
  /** Where time alone changes it: how old it may grow. */
  readonly everyMs?: number | undefined
  /** When it was read last. */
  readonly readAt: number
  /** Somebody else is reading it already, perhaps since before it was touched. */
  busy?(): boolean
  /** Reads it again; false when that failed. Not called again before it is done. */
  read(): Promise<boolean>
}

/** All that the refresher knows of the world. A page fills it with the browser, a test with a clock of its own. */
export interface Around {
  now(): number
  /** Runs something later, unless what it returns is called first. */
  after(ms: number, run: () => void): () => void
  random(): number
  /** Nobody looks at the page. */
  hidden(): boolean
  readings(): readonly Reading[]
  places?(): readonly Place[]
}

interface Due {
  at: number
  running: boolean
  /** Touched again while it was being read. */
  again: boolean
  startedAt: number
  tookMs: number
  failures: number
}

const least = 1000
const most = 60_000
/** Pages that come back together, as after a restart of the server, spread over so long. */
const returnMs = 4_000
const tickMs = 60_000
const busyMs = 150

/**
 * Reads again what a page shows, when news touch it: after a short spread, never while it is being read, never more often than the server
 * bears, less often the longer it takes. A hidden page reads nothing; once it is shown it reads what was touched meanwhile.
 */
export function openRefresher(around: Around) {
  const dues = new Map<string, Due>()
  let everyMs = least
  let cancel: (() => void) | undefined
  let wakeAt = Number.POSITIVE_INFINITY
  let closed = false

  const dueOf = (id: string): Due => {
    const found = dues.get(id)
    if (found) return found
    const made = {
      at: Number.POSITIVE_INFINITY,
      running: false,
      again: false,
      startedAt: Number.NEGATIVE_INFINITY,
      tookMs: 0,
      failures: 0,
    }
    dues.set(id, made)
    return made
  }

  /** How long after its last start something may be read again. */
  const gapOf = ({ tookMs, failures }: Due, { pages = 1 }: Reading): number =>
    Math.min(most, Math.max(everyMs * pages, 2 * tookMs) * 2 ** Math.min(failures, 5))

  function touch(reading: Reading, spreadMs: number): void {
    const due = dueOf(reading.id)
    if (due.running) due.again = true
    else {
      const earliest = Math.max(around.now(), due.startedAt + gapOf(due, reading))
      due.at = Math.min(due.at, earliest + around.random() * spreadMs)
    }
  }

  function hear(event: StreamEvent): void {
    if (typeof event.every === 'number') everyMs = Math.min(most, Math.max(least, event.every))
    const places = around.places?.() ?? []
    for (const reading of around.readings())
      if (isTouched(event, reading.name, reading.input, places)) touch(reading, everyMs / 5)
    plan()
  }

  /** Everything may have changed: after a line that was lost, or a change of one's own rights. */
  function again(spreadMs = returnMs): void {
    for (const reading of around.readings()) touch(reading, spreadMs)
    plan()
  }

  function plan(): void {
    if (closed || around.hidden()) return
    let next = around.now() + tickMs
    for (const reading of around.readings()) {
      const due = dueOf(reading.id)
      if (reading.everyMs && !due.running)
        due.at = Math.min(due.at, Math.max(reading.readAt, due.startedAt) + reading.everyMs * (1 + around.random() / 10))
      if (!due.running) next = Math.min(next, due.at)
    }
    if (cancel && wakeAt <= next) return
    cancel?.()
    wakeAt = next
    cancel = around.after(Math.max(0, next - around.now()), run)
  }

  function run(): void {
    cancel = undefined
    wakeAt = Number.POSITIVE_INFINITY
    if (closed || around.hidden()) return
    const readings = around.readings()
    const shown = new Set(readings.map(({ id }) => id))
    for (const [id, due] of dues) if (!shown.has(id) && !due.running) dues.delete(id)
    for (const reading of readings) {
      const due = dueOf(reading.id)
      if (due.running || due.at > around.now()) continue
      if (reading.busy?.()) due.at = around.now() + busyMs
      else void read(reading, due)
    }
    plan()
  }

  async function read(reading: Reading, due: Due): Promise<void> {
    const startedAt = around.now()
    // Whoever opened the page or changed something has read it since it was touched.
    due.at = Number.POSITIVE_INFINITY
    due.running = true
    due.startedAt = startedAt
    const well = await reading.read().catch(() => false)
    due.running = false
    due.tookMs = around.now() - startedAt
    due.failures = well ? 0 : due.failures + 1
    if (due.again || !well) {
      due.again = false
      touch(reading, everyMs / 5)
    }
    plan()
  }

  return {
    hear,
    again,
    /** The page came into sight or went out of it. */
    look(): void {
      if (around.hidden()) {
        cancel?.()
        cancel = undefined
        wakeAt = Number.POSITIVE_INFINITY
      } else plan()
    },
    /** What is on the page changed. */
    plan,
    get everyMs() {
      return everyMs
    },
    close(): void {
      closed = true
      cancel?.()
    },
  }
}

export type Refresher = ReturnType<typeof openRefresher>
