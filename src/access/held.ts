import type { Grant, HeldRight, UnitRef } from './contract.ts'

type Placed = Grant & { readonly place: { readonly regionId: number } }

/** Each right that follows from these grants now: where it counts, and which grants it comes from. */
export function heldRights(grants: readonly Placed[]): HeldRight[] {
  const active = grants.filter(({ state }) => state === 'active')
  const names = [...new Set(active.flatMap(({ rights }) => rights))].sort()
  return names.map((right) => {
    const through = active.filter(({ rights }) => rights.includes(right))
    const because = through.map(({ id, role, unit }) => ({ grantId: id, role: role.name, roleEn: role.nameEn, unit: unit.name }))
    return { right, ...whereHeld(through), because }
  })
}

/** The widest places: headquarters swallows all, a region its branches. */
function whereHeld(grants: readonly Placed[]): { tier: HeldRight['tier']; units: UnitRef[] } {
  const places = [...new Map(grants.map((grant) => [grant.unit.id, grant])).values()]
  const top = places.find(({ unit }) => unit.kind === 'headquarters')
  if (top) return { tier: 'headquarters', units: [top.unit] }
  const regions = new Set(places.filter(({ unit }) => unit.kind === 'region').map(({ unit }) => unit.id))
  const roots = places.filter(({ unit, place }) => unit.kind === 'region' || !regions.has(place.regionId))
  const units = roots.map(({ unit }) => unit).sort((a, b) => a.id - b.id)
  return { tier: units.length > 1 ? 'several' : units[0]?.kind === 'region' ? 'region' : 'branch', units }
}
