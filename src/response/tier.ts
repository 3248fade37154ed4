import type { UnitRef } from '../access/contract.ts'
import type { Actor, Tier } from '../base/db.ts'

/** The tier that holds a case. */
export type Holder = 'branch' | 'region' | 'headquarters'

export interface CaseUnit {
  readonly branchId: number
  readonly regionId: number
  readonly kind: UnitRef['kind']
}

const upwards = ['branch', 'region', 'headquarters'] as const

/** Whether one tier stands above another. */
export const isAbove = (tier: Holder, other: Holder): boolean => upwards.indexOf(tier) > upwards.indexOf(other)

/** Where a unit's cases begin: a region's and headquarters' own are never a branch's. */
export const ownTier = ({ kind }: CaseUnit): Holder => (kind === 'region' || kind === 'headquarters' ? kind : 'branch')

/** This tier and those above it, nearest first. */
export const fromTier = (tier: Holder): readonly Holder[] => upwards.slice(upwards.indexOf(tier))

/** The tier at which a person holds a right over a unit; null where they do not. */
export function tierOn({ scopes }: Pick<Actor, 'scopes'>, right: string, unit: CaseUnit): Holder | null {
  const scope = scopes.get(right)
  if (!scope) return null
  const holds = (id: number) => scope.units.includes(id)
  const found: Record<Tier, () => Holder | null> = {
    group: () => 'headquarters',
    region: () => (holds(unit.regionId) ? 'region' : null),
    branch: () => (holds(unit.branchId) ? 'branch' : null),
    // Somebody with several units holds a region as a whole when the region itself is among them.
    several: () => (holds(unit.regionId) ? 'region' : holds(unit.branchId) ? 'branch' : null),
  }
  return found[scope.tier]()
}
