import { readFileSync } from 'node:fs'
import { createJudge } from '../src/engines/judge/engine.ts'
import { examplesOf, type Labelled, readLabelled } from '../src/engines/judge/example.ts'
import { fit } from '../src/engines/judge/fit.ts'
import { type Agreement, measure } from '../src/engines/judge/measure.ts'
import { packModel } from '../src/engines/judge/model.ts'
import type { Group, Judgement } from '../src/engines/judge/types.ts'

/** One figure of an evaluation; `bar` is what it must reach, where there is one. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly bar?: number
}

export interface JudgePaths {
  /** A group file. */
  readonly group: string
  /** Labelled items that no weight was trained on; left out where there are none. */
  readonly held?: string
  /** The files that the shipped weights were trained on, one an author. */
  readonly training: readonly string[]
}

const BARS: Partial<Record<keyof Agreement, number>> = {
  irrelevantF1: 0.74,
  unitsF1: 0.87,
  sentimentF1: 0.72,
  category: 0.67,
  triageF1: 0.44,
}
const NAMES: Record<Exclude<keyof Agreement, 'items'>, string> = {
  irrelevantF1: 'irrelevant_f1',
  unitsF1: 'units_micro_f1',
  sentimentF1: 'sentiment_macro_f1',
  category: 'category_accuracy',
  alsoF1: 'also_micro_f1',
  triageF1: 'triage_macro_f1',
  severity: 'severity_accuracy',
  severityWithinOne: 'severity_within_one',
  alertRecall: 'alert_recall',
  alertPrecision: 'alert_precision',
  severeRecall: 'severity_3_recall',
  severePrecision: 'severity_3_precision',
}

/**
 * Figures of the shipped engine on held-out items, of its speed, and of engines each trained without one author's file and tried on
 * that file, which is the honest estimate for writers that nobody has seen. Takes about ten seconds.
 */
export function evaluateJudge(paths: JudgePaths): Figure[] {
  const group = JSON.parse(readFileSync(paths.group, 'utf8')) as Group
  const figures: Figure[] = []
  const started = performance.now()
  const judge = createJudge(group)
  judge.judge({ platform: '', kind: '', author: '', title: '', text: '' })
  figures.push({ name: 'judge/start', value: Math.round(performance.now() - started), unit: 'ms', bar: 300 })
  const files = paths.training.map((path) => readLabelled(readFileSync(path, 'utf8')))
  figures.push({ name: 'judge/speed', value: speed(files.flat(), (item) => judge.judge(item)), unit: 'items/s', bar: 5000 })
  if (paths.held !== undefined) {
    const items = readLabelled(readFileSync(paths.held, 'utf8'))
    figures.push(
      ...agreement(
        'judge/held',
        judged(items, (item) => judge.judge(item)),
        items,
        true,
      ),
    )
  }
  const examples = files.map((file) => examplesOf(file, group))
  const got: Judgement[] = []
  for (const [left, file] of files.entries()) {
    const trial = createJudge(group, packModel(fit(examples.flatMap((rows, at) => (at === left ? [] : rows)))))
    got.push(...judged(file, (item) => trial.judge(item)))
  }
  figures.push(...agreement('judge/leave_one_author_out', got, files.flat(), false))
  return figures
}

const judged = (items: readonly Labelled[], judge: (item: Labelled) => Judgement): Judgement[] => items.map(judge)

function agreement(prefix: string, got: readonly Judgement[], items: readonly Labelled[], bars: boolean): Figure[] {
  const found = measure(
    got,
    items.map((item) => ({ ...item.labels })),
  )
  return Object.entries(NAMES).map(([key, name]) => {
    const field = key as keyof typeof NAMES
    const bar = bars ? BARS[field] : undefined
    const value = Math.round(found[field] * 1e4) / 1e4
    return {
      name: `${prefix}/${name}`,
      value,
      unit: field.endsWith('F1') ? 'f1' : 'share',
      ...(bar === undefined ? {} : { bar }),
    }
  })
}

function speed(items: readonly Labelled[], judge: (item: Labelled) => unknown): number {
  for (const item of items) judge(item)
  const started = performance.now()
  for (const item of items) judge(item)
  return Math.round((items.length / (performance.now() - started)) * 1000)
}
