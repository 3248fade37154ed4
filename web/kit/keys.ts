import { useEffect, useRef } from 'react'

/** Keys of a page: one character, or two in a row such as `g o`. Never while something is being typed. */
export type Keys = Record<string, () => void>

const stack: { current: Keys }[] = []
let first = ''
let firstAt = 0

function typing(target: EventTarget | null) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || target.closest('[role=dialog]') !== null)
  )
}

function onKey(event: KeyboardEvent) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return
  const pair = Date.now() - firstAt < 900 ? `${first} ${event.key}` : ''
  first = event.key
  firstAt = Date.now()
  // The last that came is on top: a table in a dialog comes before the page below.
  for (const name of [pair, event.key]) {
    const run = name && [...stack].reverse().find((keys) => keys.current[name])?.current[name]
    if (!run) continue
    event.preventDefault()
    first = ''
    run()
    return
  }
}

export function useKeys(keys: Keys) {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    if (stack.length === 0) document.addEventListener('keydown', onKey)
    stack.push(latest)
    return () => {
      stack.splice(stack.indexOf(latest), 1)
      if (stack.length === 0) document.removeEventListener('keydown', onKey)
    }
  }, [])
}
