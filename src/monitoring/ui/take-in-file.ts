import { call } from '../../../web/api.ts'

interface Fault {
  line: number
  /** Absent when the line is not JSON at all. */
  words?: { zh: string; en: string }
}

export interface Intake {
  done: number
  total: number
  new: number
  repeated: number
  irrelevant: number
  refused: number
  faults: readonly Fault[]
  ended?: 'done' | 'stopped'
}

const batchSize = 200
const shownFaults = 20

/** Sends a file of JSON lines in batches; says after each how far it is. Stops between two batches. */
export async function takeInFile(file: File, stop: AbortSignal, tell: (intake: Intake) => void): Promise<void> {
  const lines = (await file.text())
    .split(/\r?\n/)
    .map((text, index) => ({ text: text.replace(/^\uFEFF/, '').trim(), line: index + 1 }))
  const filled = lines.filter(({ text }) => text !== '')
  let intake: Intake = { done: 0, total: filled.length, new: 0, repeated: 0, irrelevant: 0, refused: 0, faults: [] }
  tell(intake)
  for (let at = 0; at < filled.length && !stop.aborted; at += batchSize) {
    const read = filled.slice(at, at + batchSize).map(({ text, line }) => ({ line, item: parsed(text) }))
    const broken = read.filter(({ item }) => item === undefined)
    const whole = read.filter(({ item }) => item !== undefined)
    const said =
      whole.length > 0
        ? await call('monitoring.take_in', { items: whole.map(({ item }) => item) })
        : { new: 0, repeated: 0, irrelevant: 0, refused: [] }
    const faults: Fault[] = [
      ...broken.map(({ line }) => ({ line })),
      ...said.refused.map(({ at: index, zh, en }) => ({ line: whole[index]?.line ?? 0, words: { zh, en } })),
    ]
    intake = {
      ...intake,
      done: Math.min(at + batchSize, filled.length),
      new: intake.new + said.new,
      repeated: intake.repeated + said.repeated,
      irrelevant: intake.irrelevant + said.irrelevant,
      refused: intake.refused + faults.length,
      faults: [...intake.faults, ...faults].slice(0, shownFaults),
    }
    tell(intake)
  }
  tell({ ...intake, ended: intake.done === intake.total ? 'done' : 'stopped' })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
