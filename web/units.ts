import { useMemo } from 'react'
import { useAsk } from './api.ts'
import type { Output } from './asks.ts'
import type { Option } from './kit/FilterBar.tsx'
import { useMe } from './me.ts'

export type Unit = Output<'access.list_units'>[number]

/** The units this person may see, in the order of the tree, each with its depth. */
export function useUnits() {
  const me = useMe()
  const asked = useAsk('access.list_units', {}, { enabled: me.rights.includes('access.read') })
  const ordered = useMemo(() => inOrder(asked.data ?? []), [asked.data])
  return { asked, ordered }
}

export interface Placed {
  unit: Unit
  depth: number
}

export function inOrder(units: readonly Unit[]): Placed[] {
  const ids = new Set(units.map((unit) => unit.id))
  const under = Map.groupBy(units, (unit) => (unit.parentId !== null && ids.has(unit.parentId) ? unit.parentId : 0))
  const walk = (parent: number, depth: number): Placed[] =>
    (under.get(parent) ?? []).flatMap((unit) => [{ unit, depth }, ...walk(unit.id, depth + 1)])
  return walk(0, 0)
}

/** For a choice of units; empty for those who have but one. Rights and rows belong to branches, so departments are left out. */
export function useUnitOptions(): Option[] {
  const { ordered } = useUnits()
  return useMemo(() => {
    const shown = ordered.filter(({ unit }) => unit.kind !== 'department')
    if (shown.length < 2) return []
    return shown.map(({ unit, depth }) => ({ value: String(unit.id), label: `${'  '.repeat(depth)}${unit.name}` }))
  }, [ordered])
}
