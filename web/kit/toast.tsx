import { useSyncExternalStore } from 'react'

interface Said {
  id: number
  text: string
}

let said: readonly Said[] = []
let lastId = 0
const watchers = new Set<() => void>()
const set = (next: readonly Said[]) => {
  said = next
  for (const watcher of watchers) watcher()
}

/** A short word that something was done: 已保存. Never the only place where an error is told. */
export function tell(text: string) {
  lastId += 1
  const id = lastId
  set([...said.slice(-2), { id, text }])
  setTimeout(() => set(said.filter((one) => one.id !== id)), 3200)
}

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export function Toasts() {
  const all = useSyncExternalStore(watch, () => said)
  return (
    <div className="toasts" role="status">
      {all.map((one) => (
        <p key={one.id}>{one.text}</p>
      ))}
    </div>
  )
}
