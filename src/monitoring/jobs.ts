import type { JobContext, RoomJobs } from '../base/job.ts'
import { anchorSources } from './anchor.ts'
import { claimDue, fetchOne } from './fetch.ts'

/** So many sources are fetched side by side in one process; one that hangs holds up no other. */
const sideBySide = 8
const busy = new Set<Promise<void>>()

export const jobs: RoomJobs = {
  anchor: anchorSources,
  tasks: {},
  on: {},
  clocks: [{ name: 'monitoring.fetch_sources', everyMs: 500, sweep: startDue }],
}

/** Starts on what is due and does not wait for it: the row says who has it, and frees it should this process die. */
async function startDue(given: JobContext): Promise<number> {
  const room = sideBySide - busy.size
  if (room <= 0) return 0
  const due = await claimDue(given.db, room)
  for (const source of due) {
    const fetching = fetchOne(given, source)
      .catch((error: unknown) => {
        if (!given.signal.aborted) given.log.error({ err: error, source: source.id }, 'fetch')
      })
      .finally(() => busy.delete(fetching))
    busy.add(fetching)
  }
  return due.length
}

/** Fetches everything that is due and waits for it. */
export async function fetchDue(given: JobContext): Promise<number> {
  const due = await claimDue(given.db, 100)
  await Promise.all(due.map((source) => fetchOne(given, source)))
  return due.length
}
