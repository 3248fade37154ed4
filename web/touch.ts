/** One event of the stream. `every`: how long a page is to wait between two reads by itself, as loaded as the server is now. */
export interface StreamEvent {
  readonly topic: string
  /** Branches whose rows changed; absent: all of those in sight may have. */
  readonly units?: readonly number[]
  /** Rows that are new. */
  readonly count?: number
  /** The highest severity among them, before or after. */
  readonly severity?: number
  /** Rows that were there and changed; absent: not known. */
  readonly ids?: readonly number[]
  readonly every?: number
}

/** What is known of units, to tell whether an event lies within a filter. */
export interface Place {
  readonly id: number
  readonly kind: string
  readonly branchId: number
  readonly regionId: number
}

type Filter = Readonly<Record<string, unknown>>

/** Asks about one row, and the topic of their row: other rows' news are none of theirs. */
const single: Readonly<Record<string, string>> = {
  'monitoring.get_mention': 'monitoring.mention',
  'response.get_case': 'response.case',
}

/** What shows rows of a topic, besides its own room. A change of grants may change anything. */
const shown: Readonly<Record<string, readonly string[]>> = {
  'monitoring.mention': [
    'monitoring.list_mentions',
    'monitoring.count_mentions',
    'monitoring.get_mention',
    'monitoring.get_trend',
    'monitoring.get_shares',
    'response.get_overview',
  ],
  'monitoring.rule': ['monitoring.list_rules', 'monitoring.list_mentions'],
  'monitoring.source': ['monitoring.list_sources'],
  'response.case': [
    'response.list_cases',
    'response.get_case',
    'response.get_overview',
    'response.count_cases',
    'response.find_cases',
  ],
  'delivery.notice': ['delivery.list_notices'],
}

/** Whether what was read may have changed by an event. In doubt it has. */
export function isTouched(event: StreamEvent, name: string, input: unknown, places: readonly Place[] = []): boolean {
  const { topic, units, ids, count = 0, severity } = event
  const known = shown[topic]
  if (!known) return true
  if (!known.includes(name)) return false
  const filter = (typeof input === 'object' && input !== null ? input : {}) as Filter
  if (name in single) return single[name] === topic ? !ids || ids.includes(Number(filter.id)) : false
  if (count === 0 && ids?.length === 0) return false
  if (severity !== undefined && typeof filter.minSeverity === 'number' && severity < filter.minSeverity) return false
  return units === undefined || typeof filter.unitId !== 'number' || isWithin(units, filter.unitId, places)
}

function isWithin(units: readonly number[], wanted: number, places: readonly Place[]): boolean {
  const place = places.find(({ id }) => id === wanted)
  if (!place || place.kind === 'headquarters') return true
  if (place.kind !== 'region') return units.includes(place.branchId)
  return units.some((unit) => places.find(({ id }) => id === unit)?.regionId === wanted)
}
