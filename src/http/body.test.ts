import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refusal } from '../base/error.ts'
import { readJson } from './body.ts'

test('a large ask holds a hundred thousand values at most, however short they are', () => {
  // The field and its list are values too.
  const body = (values: number) => Buffer.from(JSON.stringify({ items: Array.from({ length: values - 2 }, () => 0) }))
  assert.equal((readJson(body(100_000)) as { items: unknown[] }).items.length, 99_998)
  assert.throws(
    () => readJson(body(100_001)),
    (error) => error instanceof Refusal && error.entry.code === 'invalid_input' && error.fields[0]?.zh === '内容项过多',
  )
})
