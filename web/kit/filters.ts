import { useCallback, useMemo } from 'react'
import { useSearchParams } from 'react-router'

/** Filters live in the URL: a link carries them, Back undoes them, a figure leads to exactly its rows. */
export type Filters = Record<string, string | readonly string[]>
type Wide<F extends Filters> = { [K in keyof F]: F[K] extends string ? string : readonly string[] }

export function readFilters<F extends Filters>(params: URLSearchParams, defaults: F): Wide<F> {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) =>
      typeof value === 'string'
        ? [name, params.get(name) ?? value]
        : [name, params.has(name) ? params.getAll(name).filter(Boolean) : value],
    ),
  ) as Wide<F>
}

const same = (a: string | readonly string[], b: string | readonly string[]) => String(a) === String(b) && a.length === b.length

/** Only what differs from the defaults is written, so that addresses stay short. */
export function writeFilters<F extends Filters>(params: URLSearchParams, defaults: F, change: Partial<Wide<F>>): URLSearchParams {
  const next = new URLSearchParams(params)
  for (const [name, value] of Object.entries(change) as [string, string | readonly string[]][]) {
    next.delete(name)
    const fallback = defaults[name]
    if (fallback === undefined || same(value, fallback)) continue
    if (typeof value === 'string') next.set(name, value)
    else for (const one of value.length > 0 ? value : ['']) next.append(name, one)
  }
  return next
}

export function useFilters<F extends Filters>(defaults: F) {
  const [params, setParams] = useSearchParams()
  const shape = JSON.stringify(defaults)
  // biome-ignore lint/correctness/useExhaustiveDependencies: defaults are written in the page; their shape stands for them
  const filters = useMemo(() => readFilters(params, defaults), [params, shape])
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const set = useCallback(
    (change: Partial<Wide<F>>) => setParams((now) => writeFilters(now, defaults, change), { replace: true }),
    [setParams, shape],
  )
  const active = Object.keys(defaults).filter((name) => !same(filters[name]!, defaults[name]!)).length
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  const clear = useCallback(() => set(defaults as unknown as Partial<Wide<F>>), [set, shape])
  return { filters, set, clear, active }
}
