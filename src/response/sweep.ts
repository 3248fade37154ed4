import { isConnectionLost } from '../base/loop.ts'

/** How one row is looked for: not among those passed over; `at` says which one it is before anything is done to it. */
export interface Looking {
  readonly passed: readonly number[]
  at(id: number): void
}

/** So many rows in one sweep; the next one follows at once. */
const most = 200

/**
 * Does what is due row by row, each in a transaction of its own, until nothing is. A row at which something fails holds up no other: it is
 * passed over until the next sweep, and what failed is thrown when the others are done.
 */
export async function sweepRows(signal: AbortSignal, doNext: (looking: Looking) => Promise<boolean>): Promise<number> {
  const passed: number[] = []
  const failures: unknown[] = []
  for (let done = 0; !signal.aborted && done + passed.length < most; ) {
    const found: { id?: number } = {}
    const at = (id: number) => {
      found.id = id
    }
    try {
      if (!(await doNext({ passed, at }))) return endOf(failures, done)
      done++
    } catch (error) {
      if (found.id === undefined || isConnectionLost(error)) throw error
      passed.push(found.id)
      failures.push(error)
    }
  }
  return endOf(failures, most)
}

function endOf(failures: readonly unknown[], done: number): number {
  if (failures.length > 0) throw failures[0]
  return done
}
