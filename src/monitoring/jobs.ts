import type { JobContext, RoomJobs } from '../base/job.ts'
import { noteLoopError } from '../base/loop.ts'
import { anchorSources } from './anchor.ts'
import { claimDue, type Due, fetchOne } from './fetch.ts'

/**
 * So many sources are fetched side by side in one process, of one host a few, and of those that did not work last time half: one that
 * hangs holds up no other, nor do a hundred.
 */
const sideBySide = 32
const ofOneHost = 4
const forFailing = sideBySide / 2
const busy = new Map<Promise<void>, Due>()

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
  const under = [...busy.values()]
  const hosts = [...Map.groupBy(under, ({ host }) => host)].filter(([, those]) => those.length >= ofOneHost)
  const due = await claimDue(given.db, Math.min(room, 8), {
    hosts: hosts.map(([host]) => host),
    failing: under.filter(({ failures }) => failures > 0).length >= forFailing,
    ofOneHost,
  })
  for (const source of due) {
    const fetching = fetchOne(given, source)
      .catch((error: unknown) => {
        if (!given.signal.aborted) noteLoopError(given.log.child({ source: source.id }), 'monitoring.fetch', error)
      })
      .finally(() => busy.delete(fetching))
    busy.set(fetching, source)
  }
  return due.length
}

/** Fetches everything that is due and waits for it. */
export async function fetchDue(given: JobContext): Promise<number> {
  const due = await claimDue(given.db, 100)
  await Promise.all(due.map((source) => fetchOne(given, source)))
  return due.length
}
