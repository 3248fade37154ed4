import { CATEGORIES, type Judgement, SENTIMENTS, TRIAGES } from './types.ts'

type Labels = Omit<Judgement, 'reasons'>

/** How well judgements agree with labels; every figure lies between 0 and 1. */
export interface Agreement {
  readonly items: number
  /** F1 of finding what is not relevant. */
  readonly irrelevantF1: number
  /** Micro-averaged F1 over (item, unit) pairs. */
  readonly unitsF1: number
  readonly sentimentF1: number
  readonly category: number
  /** Micro-averaged F1 over (item, further category) pairs. */
  readonly alsoF1: number
  readonly triageF1: number
  readonly severity: number
  readonly severityWithinOne: number
  /** Of what must raise an alert (severity 3 and more, or 2 and negative), the share that does; and of what does, the share that must. */
  readonly alertRecall: number
  readonly alertPrecision: number
  /** The same for severity 3 and more. */
  readonly severeRecall: number
  readonly severePrecision: number
}

const alerts = ({ severity, sentiment }: Labels): boolean => severity >= 3 || (severity === 2 && sentiment === 'negative')
const isSevere = ({ severity }: Labels): boolean => severity >= 3

/** Compares judgements with labels, item by item; macro F1 is over the classes that occur in the labels. */
export function measure(got: readonly Labels[], wanted: readonly Labels[]): Agreement {
  const pairs = got.map((judged, at) => ({ judged, label: wanted[at]! }))
  const share = (test: (pair: (typeof pairs)[number]) => boolean): number => pairs.filter(test).length / Math.max(1, pairs.length)
  const found = (test: (labels: Labels) => boolean) => {
    const both = pairs.filter(({ judged, label }) => test(judged) && test(label)).length
    const [must, did] = [wanted.filter(test).length, got.filter(test).length]
    return { recall: must === 0 ? 1 : both / must, precision: did === 0 ? 1 : both / did }
  }
  return {
    items: pairs.length,
    irrelevantF1: f1(pairs.map(({ judged, label }) => [!judged.relevant, !label.relevant])),
    unitsF1: setF1(pairs.map(({ judged, label }) => [judged.units, label.units])),
    sentimentF1: macroF1(
      SENTIMENTS,
      pairs.map(({ judged, label }) => [judged.sentiment, label.sentiment]),
    ),
    category: share(({ judged, label }) => judged.category === label.category),
    alsoF1: setF1(pairs.map(({ judged, label }) => [judged.also, label.also])),
    triageF1: macroF1(
      TRIAGES,
      pairs.map(({ judged, label }) => [judged.triage, label.triage]),
    ),
    severity: share(({ judged, label }) => judged.severity === label.severity),
    severityWithinOne: share(({ judged, label }) => Math.abs(judged.severity - label.severity) <= 1),
    alertRecall: found(alerts).recall,
    alertPrecision: found(alerts).precision,
    severeRecall: found(isSevere).recall,
    severePrecision: found(isSevere).precision,
  }
}

/** Macro F1 of categories, each class by itself. */
export function categoryF1(got: readonly Labels[], wanted: readonly Labels[]): Record<string, number> {
  const pairs = got.map((judged, at) => [judged.category, wanted[at]!.category] as const)
  return Object.fromEntries(
    CATEGORIES.map((name) => [name, f1(pairs.map(([judged, label]) => [judged === name, label === name]))]),
  )
}

function f1(pairs: readonly (readonly [boolean, boolean])[]): number {
  const both = pairs.filter(([got, wanted]) => got && wanted).length
  const either = pairs.filter(([got]) => got).length + pairs.filter(([, wanted]) => wanted).length
  return either === 0 ? 1 : (2 * both) / either
}

function setF1(pairs: readonly (readonly [readonly string[], readonly string[]])[]): number {
  let both = 0
  let either = 0
  for (const [got, wanted] of pairs) {
    both += got.filter((name) => wanted.includes(name)).length
    either += got.length + wanted.length
  }
  return either === 0 ? 1 : (2 * both) / either
}

function macroF1(classes: readonly string[], pairs: readonly (readonly [string, string])[]): number {
  const present = classes.filter((name) => pairs.some(([, label]) => label === name))
  const sum = present.reduce((total, name) => total + f1(pairs.map(([got, wanted]) => [got === name, wanted === name])), 0)
  return sum / Math.max(1, present.length)
}
