import type pg from 'pg'

/** A branch in which rows are made. */
export interface Place {
  readonly code: string
  readonly branchId: number
  readonly regionId: number
  /** Somebody who works there. */
  readonly personId: number
}

export type Row = Readonly<Record<string, string | number | boolean | null>>

/** What factories may know of the rows made before them. */
export interface Scene {
  /** The first row of a table at a place. */
  row(table: string, place: Place): number
  role(code: string): number
  /** A number that no row had before. */
  next(): number
}

/** Somebody who tries to write, and who else there is. */
export interface Asker {
  readonly personId: number
  readonly others: readonly number[]
}

/**
 * How rows of a scoped table are made, for tests that must know every table. A new table with policies for the tiers needs an entry here:
 * `make` gives the rows of one branch (all columns without a default), in an order in which parents come before children.
 */
export interface Factory {
  make(at: Place, scene: Scene): readonly Row[]
  /** Values that a writer may try beside those of `make`: another's name, a row out of sight. */
  attempts?(asker: Asker, scene: Scene, places: readonly Place[]): readonly Row[]
  /** Assignments of values to columns that a tier may update; constants only, as reading a column would ask the reading policy too. */
  changes?(asker: Asker, places: readonly Place[]): readonly string[]
}

const scope = ({ branchId, regionId }: Place) => ({ branch_id: branchId, region_id: regionId })
const today = new Date().toISOString()
const moves = (places: readonly Place[]) =>
  places.map(({ branchId, regionId }) => `branch_id = ${branchId}, region_id = ${regionId}`)
const counts = { negative: 1, neutral: 2, positive: 3 }
const inEveryName = ({ personId, others }: Asker) => [{ person_id: personId }, ...others.map((other) => ({ person_id: other }))]

export const factories: Readonly<Record<string, Factory>> = {
  'access.person': {
    make: (at, scene) => [{ login: `probe.${scene.next()}`, name: '某人', unit_id: at.branchId }],
    changes: () => ['active = true'],
  },
  'access.grant': {
    make: (at, scene) => [{ person_id: at.personId, role_id: scene.role('coordinator'), unit_id: at.branchId }],
    attempts: ({ personId, others }, scene, places) =>
      places.flatMap((place) =>
        [personId, ...others].map((giver) => ({
          person_id: place.personId,
          role_id: scene.role('reader'),
          unit_id: places[0]?.branchId ?? 0,
          granted_by: giver,
        })),
      ),
    changes: ({ personId, others }) => [personId, ...others].map((by) => `withdrawn_at = now(), withdrawn_by = ${by}`),
  },
  'privacy.trail': {
    make: (at) => [
      {
        person_id: at.personId,
        address: '::1',
        ask: 'access.me',
        branch_id: at.branchId,
        outcome: 'allowed',
        writes: false,
        duration_ms: 1,
      },
    ],
    attempts: (who) =>
      inEveryName(who).flatMap((name) => ['branch', 'region', 'group', 'several'].map((tier) => ({ ...name, tier }))),
  },
  'delivery.notice': {
    make: (at) => [{ person_id: at.personId, template: 'probe', facts: '{}', path: '/', severity: 1 }],
    attempts: inEveryName,
    changes: () => ['read_at = null'],
  },
  'delivery.webhook': {
    make: (at) => [
      { name: '外发', url: 'https://example.test', secret: 's'.repeat(32), min_severity: 1, enabled: true, ...scope(at) },
    ],
    changes: (_, places) => [`name = '改名'`, ...moves(places)],
  },
  'delivery.outbox': {
    make: (at, scene) => [
      { channel: 'mail', person_id: at.personId, kind: 'probe', facts: '{}', path: '/', severity: 1 },
      {
        ...{
          channel: 'webhook',
          webhook_id: scene.row('delivery.webhook', at),
          kind: 'probe',
          facts: '{}',
          path: '/',
          severity: 1,
        },
        ...{ state: 'failed', problem: 'HTTP 500', ended_at: '2026-01-01T00:00:00Z' },
      },
    ],
  },
  'monitoring.source': {
    make: (at) => [{ name: '来源', kind: 'webhook', platform: 'news', ...scope(at), interval_seconds: 60, enabled: true }],
    changes: () => [`name = '改名'`],
  },
  'monitoring.source_secret': {
    make: (at, scene) => [{ source_id: scene.row('monitoring.source', at), ...scope(at), secret: 's' }],
  },
  'monitoring.source_problem': {
    make: (at, scene) => [
      { source_id: scene.row('monitoring.source', at), ...scope(at), code: 'text_cut', item: String(scene.next()), detail: '' },
    ],
  },
  'monitoring.source_problem_count': {
    make: (at, scene) => [
      { source_id: scene.row('monitoring.source', at), ...scope(at), code: 'text_cut', zh: '截断', en: 'cut', total: 1 },
    ],
  },
  'monitoring.post': {
    make: (_, scene) => [
      {
        platform: 'news',
        kind: 'article',
        author: '某人',
        title: '',
        text: '排队太久',
        published_at: today,
        likes: 0,
        comments: 0,
        shares: 0,
        followers: 0,
        intake_key: uuid(scene.next()),
        text_key: uuid(scene.next()),
        units: '{}',
        judgement: '{}',
        demo: false,
      },
    ],
  },
  'monitoring.mention': {
    make: (at, scene) => [
      {
        post_id: scene.row('monitoring.post', at),
        ...scope(at),
        published_at: today,
        severity: 2,
        demo: false,
        heat: 1,
        sentiment: 'negative',
        category: 'access',
        triage: 'appeal',
        platform: 'news',
        kind: 'article',
        author: '某人',
        title: '',
        excerpt: '排队太久',
        folded: '排队太久',
        grams: '',
      },
    ],
    changes: () => [`triage = 'none'`],
  },
  'monitoring.wording': {
    make: (at, scene) => [
      {
        ...{ identity: uuid(scene.next()), content: uuid(scene.next()), post_id: scene.row('monitoring.post', at) },
        ...{ title: '', text: '排队久', judgement: '{}', worded_at: today },
      },
    ],
  },
  'monitoring.rule': {
    make: (at) => [{ name: '规则', expression: '排队', ...scope(at), severity_floor: 0, enabled: true }],
    changes: (_, places) => [`name = '改名'`, ...moves(places)],
  },
  'monitoring.mention_rule': {
    make: (at, scene) => [
      {
        mention_id: scene.row('monitoring.mention', at),
        rule_id: scene.row('monitoring.rule', at),
        ...scope(at),
        published_at: today,
        spans: '[]',
      },
    ],
  },
  'monitoring.correction': {
    make: (at, scene) => [
      {
        mention_id: scene.row('monitoring.mention', at),
        ...scope(at),
        person_id: at.personId,
        person: '某人',
        field: 'triage',
        before: 'none',
        after: 'appeal',
      },
    ],
  },
  'monitoring.volume_hour': { make: (at, scene) => [{ ...scope(at), at: hour(scene.next()).toISOString(), ...counts }] },
  'monitoring.volume_day': {
    make: (at, scene) => [
      {
        ...scope(at),
        day: hour(scene.next() * 24)
          .toISOString()
          .slice(0, 10),
        facet: 'all',
        key: '',
        ...counts,
      },
    ],
  },
  'response.case': {
    make: (at) => [
      {
        ...scope(at),
        category: 'fees',
        severity: 2,
        state: 'open',
        holder: 'branch',
        acts_from: 'branch',
        awaiting: 'acknowledge',
        due_at: '2030-01-01T00:00:00Z',
        strikes_at: '2030-01-01T00:00:00Z',
        acknowledge_seconds: 600,
        answer_seconds: 600,
      },
    ],
    changes: () => ['severity = 2'],
  },
  'response.alert': {
    make: (at, scene) => [
      {
        mention_id: scene.row('monitoring.mention', at),
        case_id: scene.row('response.case', at),
        ...scope(at),
        severity: 2,
        heat: 1,
      },
    ],
    attempts: (_, scene, places) => places.map((place) => ({ mention_id: scene.row('monitoring.mention', place) })),
  },
  'response.case_event': {
    make: (at, scene) => [{ case_id: scene.row('response.case', at), ...scope(at), kind: 'noted', person_id: null }],
    attempts: inEveryName,
  },
  'response.clock_policy': { make: () => [], changes: () => ['answer_seconds = 432000'] },
}

/** Each number another hour, in the years before the rows of posts. */
const hour = (number: number) => new Date(Date.UTC(2025, 0, 1) + (number % 8000) * 3_600_000)
const uuid = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

export const insertInto = (table: string, row: Row): string =>
  `insert into ${quoteTable(table)} (${Object.keys(row).join(', ')}) values (${Object.values(row).map(literal).join(', ')})`

/** Column names are plain words; `grant` and `case` are words of SQL too. */
export const quoteTable = (table: string): string =>
  table
    .split('.')
    .map((part) => `"${part}"`)
    .join('.')

const literal = (value: Row[string]): string =>
  value === null ? 'null' : typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value)

let counter = 1_000_000

/** Makes rows of every factory at every place, past the policies. Returns the scene for those who go on. */
export async function makeRows(client: pg.Client, places: readonly Place[], tables = Object.keys(factories)): Promise<Scene> {
  const made = new Map<string, number>()
  const { rows: roles } = await client.query<{ id: number; code: string }>('select id, code from access.role')
  const scene: Scene = {
    row: (table, place) => made.get(`${table} ${place.code}`) ?? 0,
    role: (code) => roles.find((role) => role.code === code)?.id ?? 0,
    next: () => ++counter,
  }
  for (const table of tables)
    for (const place of places)
      for (const row of factories[table]?.make(place, scene) ?? []) {
        const { rows } = await client.query<{ id: number | null }>(`${insertInto(table, row)} returning *`)
        const key = `${table} ${place.code}`
        if (!made.has(key)) made.set(key, rows[0]?.id ?? 0)
      }
  return scene
}
