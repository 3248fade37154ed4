import { threadTask } from '../base/thread.ts'
import { reading } from './lane.ts'
import { readItems } from './read-items.ts'

type Given = Parameters<typeof readItems>[1]
type Read = ReturnType<typeof readItems>

/** A few short items are read at once; sending them to a thread would cost more. */
const fewItems = 20
const fewCharacters = 5000

/** Runs in a thread. */
export const readAll = ({ items, given }: { items: readonly unknown[]; given: Given }): Read => readItems(items, given)

const task = threadTask<typeof readAll>(new URL(import.meta.url), 'readAll')

/** Reads items that strangers wrote, beside the thread that answers people unless they are few and short. */
export async function readApart(items: readonly unknown[], given: Given, signal?: AbortSignal): Promise<Read> {
  if (items.length <= fewItems && items.every((item) => isShort(item))) return readItems(items, given)
  try {
    return await reading.run(task, { items, given }, signal)
  } catch (error) {
    // What is no plain data was not written by strangers.
    if (error instanceof DOMException && error.name === 'DataCloneError') return readItems(items, given)
    throw error
  }
}

const fewFields = 40

/** All that it says, also one step further in, as counts do. */
function isShort(item: unknown, inside = false): boolean {
  if (typeof item === 'string') return item.length <= fewCharacters
  if (typeof item !== 'object' || item === null) return true
  const fields = Object.values(item)
  return (
    fields.length <= fewFields &&
    fields.every((field) => (inside ? typeof field !== 'object' || field === null : true) && isShort(field, true))
  )
}
