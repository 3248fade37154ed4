import { useSyncExternalStore } from 'react'

interface Act {
  name: string
  run: () => void
}
interface Said {
  id: number
  text: string
  act?: Act | undefined
}

let said: readonly Said[] = []
let lastId = 0
const watchers = new Set<() => void>()
const set = (next: readonly Said[]) => {
  said = next
  for (const watcher of watchers) watcher()
}
const drop = (id: number) => set(said.filter((one) => one.id !== id))

/** A short word that something was done: 已保存. Never the only place where an error is told. What can be undone stays longer. */
export function tell(text: string, act?: Act) {
  lastId += 1
  const id = lastId
  set([...said.slice(-2), { id, text, act }])
  setTimeout(() => drop(id), act ? 10_000 : 3200)
}

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export function Toasts() {
  const all = useSyncExternalStore(watch, () => said)
  return (
    <div className="toasts" role="status">
      {all.map(({ id, text, act }) => (
        <p key={id}>
          {text}
          {act ? (
            <button
              type="button"
              className="toast-act"
              onClick={() => {
                act.run()
                drop(id)
              }}
            >
              {act.name}
            </button>
          ) : null}
        </p>
      ))}
    </div>
  )
}
