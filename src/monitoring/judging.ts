import { ThreadFault, threadTask } from '../base/thread.ts'
import type { Ground, Place } from './ground.ts'
import type { Batch, JudgedRow, judgeBatch } from './judge-batch.ts'
import { judging } from './lane.ts'

const task = threadTask<typeof judgeBatch>(new URL('./judge-batch.ts', import.meta.url), 'judgeBatch')

/** Judges a batch in a thread. The ground goes along only to a thread that has not seen it. */
export async function judgeAll(
  items: Batch['items'],
  { version, state }: Ground,
  within: Place | null,
  signal?: AbortSignal,
): Promise<JudgedRow[]> {
  if (items.length === 0) return []
  // Only what the thread reads: whatever else an item of the caller holds stays here.
  const plain = items.map(({ item, key, told }) => ({ item, key, ...(told && { told }) }))
  const batch: Batch = { version, within: within?.code ?? null, items: plain }
  const rows = (await judging.run(task, batch, signal)) ?? (await judging.run(task, { ...batch, ground: state }, signal))
  if (rows === null) throw new ThreadFault('broken', 'the ground was given and is not known')
  return rows
}
