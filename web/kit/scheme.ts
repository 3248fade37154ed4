import { useSyncExternalStore } from 'react'
import type { Scheme } from './tokens.ts'

export type Choice = Scheme | 'system'
const stored = 'anlan.theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const watchers = new Set<() => void>()

export function choice(): Choice {
  const value = localStorage.getItem(stored)
  return value === 'light' || value === 'dark' ? value : 'system'
}

function apply() {
  const value = choice()
  if (value === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = value
}

/** Before the first paint of React, so that a dark night stays dark. */
export function startScheme() {
  apply()
  system.addEventListener('change', tell)
}

const tell = () => {
  for (const watcher of watchers) watcher()
}

export function chooseScheme(value: Choice) {
  if (value === 'system') localStorage.removeItem(stored)
  else localStorage.setItem(stored, value)
  apply()
  tell()
}

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

const schemeNow = (): Scheme => {
  const value = choice()
  if (value !== 'system') return value
  return system.matches ? 'dark' : 'light'
}

export const useScheme = (): Scheme => useSyncExternalStore(watch, schemeNow)
export const useChoice = (): Choice => useSyncExternalStore(watch, choice)
