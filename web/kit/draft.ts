import { useMemo, useSyncExternalStore } from 'react'
import { useText } from '../i18n/index.ts'
import { useMe } from '../me.ts'
import { tell } from './toast.tsx'

/**
 * What somebody has typed and not sent yet, kept in the browser for that person alone: by person, thing and action.
 * Every form of one person for one thing shows the same words, in all tabs. They go when sent, or when the person says so.
 */
export interface Kept {
  /** When it was last typed in. */
  readonly at: number
  /** What differs from an empty form. */
  readonly words: Readonly<Record<string, unknown>>
  /** How far the person had read when the typing began. */
  readonly mark?: number | undefined
}

export interface Draft<W extends object> {
  readonly value: W
  readonly kept: Kept | undefined
  set: (change: Partial<W>, mark?: number) => void
  /** The person has read on, and goes on typing. */
  remark: (mark: number) => void
  /** It was sent. */
  end: () => void
  /** The person does not want it; they may still think again. */
  discard: () => void
}

const prefix = 'anlan.draft.'
const maxAgeMs = 30 * 86_400_000
const ofPerson = (personId: number) => `${prefix}${personId}.`

export function useDraft<W extends object>(key: string, blank: W): Draft<W> {
  const { t } = useText()
  const full = ofPerson(useMe().person.id) + key
  const json = useSyncExternalStore(watch, () => read(full))
  const kept = parse(json)
  return {
    value: over(blank, kept),
    kept,
    set: (change, mark) => {
      const former = parse(read(full))
      const next = { ...over(blank, former), ...change }
      const words = Object.fromEntries(Object.entries(next).filter(([name, value]) => value !== blank[name as keyof W]))
      if (Object.keys(words).length === 0) write(full, null)
      else write(full, JSON.stringify({ at: Date.now(), words, mark: former?.mark ?? mark }))
    },
    remark: (mark) => {
      const former = parse(read(full))
      if (former) write(full, JSON.stringify({ ...former, mark }))
    },
    end: () => write(full, null),
    discard: () => {
      const former = read(full)
      write(full, null)
      if (former) tell(t('common:draft.discarded'), { name: t('common:draft.undo'), run: () => write(full, former) })
    },
  }
}

/** What this person has not sent, of the things whose key begins so: the rest of the key, and the words. */
export function useDrafts(start: string): ReadonlyMap<string, Kept> {
  const mine = ofPerson(useMe().person.id) + start
  const now = useSyncExternalStore(watch, () => version)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each change of any draft has its number
  return useMemo(() => {
    const found = keys()
      .filter((full) => full.startsWith(mine))
      .map((full) => [full.slice(mine.length), parse(read(full))] as const)
      .filter((one): one is readonly [string, Kept] => one[1] !== undefined)
    return new Map(found.sort(([, a], [, b]) => b.at - a.at))
  }, [mine, now])
}

/** Moves words from one form to another, behind what stands there. */
export function appendDraft(personId: number, from: string, to: string, field: string, mark: number) {
  const [source, target] = [ofPerson(personId) + from, ofPerson(personId) + to]
  const [moved, there] = [parse(read(source)), parse(read(target))]
  const text = [there?.words[field], moved?.words[field]].filter((one) => typeof one === 'string' && one !== '').join('\n')
  write(target, JSON.stringify({ at: Date.now(), words: { ...there?.words, [field]: text }, mark }))
  write(source, null)
}

export const countDrafts = (personId: number) => keys().filter((full) => full.startsWith(ofPerson(personId))).length

/** Who leaves by their own will leaves no words behind on this machine. */
export function clearDrafts(personId: number) {
  for (const full of keys()) if (full.startsWith(ofPerson(personId))) write(full, null)
}

const over = <W extends object>(blank: W, kept: Kept | undefined): W =>
  ({
    ...blank,
    ...Object.fromEntries(Object.entries(kept?.words ?? {}).filter(([name]) => name in blank)),
  }) as W

function parse(json: string | null): Kept | undefined {
  if (!json) return undefined
  try {
    const { at, words, mark } = JSON.parse(json) as Partial<Kept>
    return typeof at === 'number' && words ? { at, words, mark } : undefined
  } catch {
    return undefined
  }
}

/** What the browser would not take (full, forbidden) lives as long as the page; only then leaving it is asked about. */
const unstored = new Map<string, string>()
const watchers = new Set<() => void>()
let version = 0

const store = () => {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}
const read = (full: string) => unstored.get(full) ?? store()?.getItem(full) ?? null
const keys = () => [...new Set([...Object.keys(store() ?? {}), ...unstored.keys()])].filter((full) => full.startsWith(prefix))

function write(full: string, json: string | null) {
  unstored.delete(full)
  try {
    if (json === null) store()?.removeItem(full)
    else if (store()) store()?.setItem(full, json)
    else unstored.set(full, json)
  } catch {
    if (json !== null) unstored.set(full, json)
  }
  changed()
}

function changed() {
  version += 1
  for (const watcher of watchers) watcher()
}

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

if (typeof window !== 'undefined') {
  addEventListener('storage', (event) => {
    if (event.key === null || event.key.startsWith(prefix)) changed()
  })
  addEventListener('beforeunload', (event) => {
    if (unstored.size > 0) event.preventDefault()
  })
  for (const full of keys()) if (Date.now() - (parse(read(full))?.at ?? 0) > maxAgeMs) store()?.removeItem(full)
}
