import { call, type Output } from '../../../web/api.ts'

export type LoadedFile = Output<'monitoring.read_file'> & { readonly name: string }
export type ColumnMap = LoadedFile['map']
export type ItemField = keyof ColumnMap
export type Problem = Output<'monitoring.try_items'>['refused'][number]
export type Alerting = 'recent' | 'none' | 'all'

export const fields = [
  ...(['title', 'text', 'url', 'published_at', 'author', 'platform', 'id', 'kind'] as const),
  ...(['likes', 'comments', 'shares', 'followers'] as const),
] as const satisfies readonly ItemField[]
const counts: readonly string[] = ['likes', 'comments', 'shares', 'followers']

export const largestBytes = 10 * 1024 * 1024
const batchSize = 200
const tryingSize = 1000
const shownFaults = 20

/** Reads a file on the server, where Excel, CSV and encodings are understood. */
export async function loadFile(file: File): Promise<LoadedFile> {
  const address = await new Promise<string>((done, fail) => {
    const reader = new FileReader()
    reader.onload = () => done(String(reader.result))
    reader.onerror = () => fail(reader.error)
    reader.readAsDataURL(file)
  })
  const read = await call('monitoring.read_file', { base64: address.slice(address.indexOf(',') + 1) })
  return { ...read, name: file.name }
}

interface Placed {
  readonly line: number
  readonly item: unknown
}

/** The items of a file, its columns named. */
export const itemsIn = ({ items, rows }: LoadedFile, map: ColumnMap): Placed[] => [
  ...items.map(({ line, value }) => ({ line, item: value ?? null })),
  ...rows.map(({ line, cells }) => ({ line, item: itemOf(cells, map) })),
]

function itemOf(cells: readonly string[], map: ColumnMap): object {
  const item: Record<string, unknown> = {}
  const engagement: Record<string, string> = {}
  for (const field of fields) {
    const at = map[field]
    const cell = at === undefined ? '' : (cells[at] ?? '').trim()
    if (cell !== '') (counts.includes(field) ? engagement : item)[field] = cell
  }
  return { ...item, engagement }
}

export interface Preview {
  readonly total: number
  readonly read: number
  readonly old: number
  readonly refused: number
  readonly shown: Output<'monitoring.try_items'>['shown']
}

/** What would come of the items, before any is taken in. */
export async function tryFile(placed: readonly Placed[], broken: number, signal: AbortSignal): Promise<Preview> {
  let preview: Preview = { total: placed.length + broken, read: 0, old: 0, refused: broken, shown: [] }
  for (let at = 0; at < placed.length; at += tryingSize) {
    const items = placed.slice(at, at + tryingSize).map(({ item }) => item)
    const said = await call('monitoring.try_items', { items }, { signal })
    preview = {
      ...preview,
      read: preview.read + said.read,
      old: preview.old + said.old,
      refused: preview.refused + said.refused.length,
      shown: at === 0 ? said.shown : preview.shown,
    }
  }
  return preview
}

export interface Fault {
  readonly line: number
  /** Absent when the line is not JSON at all. */
  readonly words?: { zh: string; en: string }
}

export interface Intake {
  done: number
  total: number
  new: number
  repeated: number
  updated: number
  irrelevant: number
  refused: number
  faults: readonly Fault[]
  /** Taken in, but cut or with something supposed. */
  noted: number
  notes: readonly Fault[]
  ended?: 'done' | 'stopped'
}

/** Takes the items in in batches; says after each how far it is. Stops between two batches. */
export async function takeInFile(
  { placed, broken, alert }: { placed: readonly Placed[]; broken: readonly number[]; alert: Alerting },
  stop: AbortSignal,
  tell: (intake: Intake) => void,
): Promise<void> {
  const nothing = { new: 0, repeated: 0, updated: 0, irrelevant: 0, noted: 0, notes: [] }
  const faults = broken.slice(0, shownFaults).map((line) => ({ line }))
  let intake: Intake = { done: 0, total: placed.length, ...nothing, refused: broken.length, faults }
  tell(intake)
  for (let at = 0; at < placed.length && !stop.aborted; at += batchSize) {
    const batch = placed.slice(at, at + batchSize)
    const said = await call('monitoring.take_in', { items: batch.map(({ item }) => item), alert })
    const worded = (problems: readonly Problem[]): Fault[] =>
      problems.map(({ at: place, zh, en }) => ({ line: batch[place]?.line ?? 0, words: { zh, en } }))
    intake = {
      ...intake,
      done: Math.min(at + batchSize, placed.length),
      new: intake.new + said.new,
      repeated: intake.repeated + said.repeated,
      updated: intake.updated + said.updated,
      irrelevant: intake.irrelevant + said.irrelevant,
      refused: intake.refused + said.refused.length,
      faults: [...intake.faults, ...worded(said.refused)].slice(0, shownFaults),
      noted: intake.noted + said.noted.length,
      notes: [...intake.notes, ...worded(said.noted)].slice(0, shownFaults),
    }
    tell(intake)
  }
  tell({ ...intake, ended: intake.done === intake.total ? 'done' : 'stopped' })
}
