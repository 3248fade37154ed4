import { z } from 'zod'
import type { Scope } from './db.ts'

/** A change as the database announces it: what kind of thing, whose, and how much. */
const Change = z.union([
  z.object({ topic: z.string().max(80), personId: z.int() }),
  z.object({
    topic: z.string().max(80),
    branchId: z.int(),
    regionId: z.int(),
    /** Rows that are new. */
    count: z.int().min(0).optional(),
    severity: z.int().optional(),
    /** Rows that were there and changed; absent where nobody counted them. */
    ids: z.array(z.int()).max(50).optional(),
  }),
])
type Change = z.output<typeof Change>
type UnitChange = Extract<Change, { branchId: number }>

/** What an open page is told of one topic: nothing of units that its person may not see. */
export interface News {
  readonly topic: string
  /** The branches whose rows changed; headquarters and regions stand for their own. Absent for one's own things, such as the bell. */
  readonly units?: readonly number[]
  readonly count?: number
  /** The highest severity among the rows, before or after. */
  readonly severity?: number
  /** The rows that changed; absent where they are many or not known. */
  readonly ids?: readonly number[]
}

/** Null when it is nothing that this program says: anybody with a login of the database can send anything. */
export function readChange(payload: string | undefined): Change | null {
  try {
    const read = Change.safeParse(JSON.parse(payload ?? ''))
    return read.success ? read.data : null
  } catch {
    return null
  }
}

const mostIds = 50
const mostUnits = 200

/** Changes gathered until they are told; ten thousand of one unit take the room of one. */
export function gatherNews() {
  const units = new Map<string, UnitChange>()
  const people = new Map<number, Set<string>>()
  return {
    get empty(): boolean {
      return units.size === 0 && people.size === 0
    },
    add(change: Change): void {
      if ('personId' in change) {
        people.set(change.personId, (people.get(change.personId) ?? new Set()).add(change.topic))
        return
      }
      const key = `${change.topic}|${change.branchId}|${change.regionId}`
      const before = units.get(key)
      units.set(key, before ? merge(before, change) : change)
    },
    /** Topics of one person's own. */
    own: (personId: number): News[] => [...(people.get(personId) ?? [])].map((topic) => ({ topic })),
    topics: (): ReadonlySet<string> => new Set([...units.values()].map(({ topic }) => topic)),
    /** What somebody hears of a topic who holds its right in this scope; null when none of it is theirs. */
    within(topic: string, scope: Scope): News | null {
      const heard = [...units.values()].filter((change) => change.topic === topic && reaches(scope, change))
      const [first, ...more] = heard
      if (!first) return null
      const { count = 0, severity, ids } = more.reduce(merge, first)
      const where = [...new Set(heard.map(({ branchId }) => branchId))]
      return {
        topic,
        ...(where.length <= mostUnits && { units: where }),
        count,
        ...(severity !== undefined && { severity }),
        ...(ids && { ids }),
      }
    },
  }
}

function merge(a: UnitChange, b: UnitChange): UnitChange {
  const ids = a.ids && b.ids && [...new Set([...a.ids, ...b.ids])]
  const { topic, branchId, regionId } = a
  const severity = a.severity === undefined || b.severity === undefined ? undefined : Math.max(a.severity, b.severity)
  return {
    topic,
    branchId,
    regionId,
    count: (a.count ?? 0) + (b.count ?? 0),
    ...(severity !== undefined && { severity }),
    ...(ids && ids.length <= mostIds && { ids }),
  }
}

/** Whether a right that is held in this scope counts for rows of a unit. */
export function reaches({ tier, units }: Scope, unit: { readonly branchId: number; readonly regionId: number }): boolean {
  switch (tier) {
    case 'group':
      return true
    case 'region':
      return units[0] === unit.regionId
    case 'branch':
      return units[0] === unit.branchId
    case 'several':
      return units.includes(unit.branchId)
  }
}
