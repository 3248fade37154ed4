import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { shippedWeights } from './engine.ts'
import { examplesOf, readLabelled } from './example.ts'
import { fit } from './fit.ts'
import { measure } from './measure.ts'
import { Model, packModel } from './model.ts'
import type { Group, Judgement } from './types.ts'

const demo = new URL('../../../demo/', import.meta.url)
const group = JSON.parse(readFileSync(new URL('group.json', demo), 'utf8')) as Group
const folder = new URL('training/', demo)
const names = readdirSync(folder).filter((name) => name.endsWith('.jsonl'))
const items = names.sort().flatMap((name) => readLabelled(readFileSync(new URL(name, folder), 'utf8')))

test('the shipped weights are those that the training files give', () => {
  const bytes = packModel(fit(examplesOf(items, group)))
  assert.ok(
    Buffer.from(bytes).equals(Buffer.from(shippedWeights())),
    'run node src/engines/judge/train.ts and commit weights.bin',
  )
})

test('one label changed changes the weights', () => {
  const few = examplesOf(items.slice(0, 60), group)
  const [first, ...rest] = few
  assert.ok(first !== undefined)
  const turned = { ...first, labels: { ...first.labels, severity: first.labels.severity === 0 ? 4 : 0 } as typeof first.labels }
  assert.ok(!Buffer.from(packModel(fit(few))).equals(Buffer.from(packModel(fit([turned, ...rest])))))
})

test('bytes that are no model are refused', () => {
  const whole = shippedWeights()
  for (const bytes of [new Uint8Array(0), new Uint8Array(100), whole.subarray(0, whole.length - 1)])
    assert.throws(() => new Model(bytes), RangeError)
})

test('agreement is counted as one would by hand', () => {
  const base: Omit<Judgement, 'reasons'> = {
    relevant: true,
    units: ['a'],
    sentiment: 'negative',
    category: 'fees',
    also: ['access'],
    severity: 2,
    triage: 'appeal',
  }
  const none = {
    ...base,
    relevant: false,
    units: [],
    sentiment: 'neutral',
    category: 'irrelevant',
    also: [],
    severity: 0,
    triage: 'none',
  } as const
  const perfect = measure([base, { ...none, units: [], also: [] }], [base, { ...none, units: [], also: [] }])
  for (const [name, value] of Object.entries(perfect)) assert.equal(value, name === 'items' ? 2 : 1, name)
  const half = measure([{ ...base, units: ['a', 'b'], severity: 3 }, base], [base, { ...none, units: [], also: [] }])
  assert.equal(half.irrelevantF1, 0)
  assert.equal(half.unitsF1, 2 / 4)
  assert.equal(half.category, 0.5)
  assert.equal(half.severity, 0)
  assert.equal(half.severityWithinOne, 0.5)
  assert.deepEqual([half.alertRecall, half.alertPrecision], [1, 0.5])
  assert.deepEqual([half.severeRecall, half.severePrecision], [1, 0])
})
