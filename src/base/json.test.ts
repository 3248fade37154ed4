import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { parseJson, UnreadableJson } from './json.ts'

const faultOf = (text: string, limits = {}): string => {
  try {
    parseJson(text, limits)
    return 'read'
  } catch (error) {
    assert.ok(error instanceof UnreadableJson)
    return error.reason
  }
}

test('numbers that a number cannot carry come digit for digit, all others as numbers', () => {
  for (const exact of ['9007199254740993', '-9007199254740993', '1234567890123456789', '9'.repeat(400)])
    assert.deepEqual(parseJson(`{"id":${exact},"list":[${exact}, 1]}`), { id: exact, list: [exact, 1] })
  for (const plain of [9007199254740991, -9007199254740991, 0, -1, 1.5, 1e21, 0.12345678901234568])
    assert.deepEqual(parseJson(`[${JSON.stringify(plain)}]`), [plain])
  assert.deepEqual(parseJson('["9007199254740993"]'), ['9007199254740993'])
})

test('what fits is read as JSON.parse reads it', () => {
  for (const text of [
    'null',
    '"\\\\"',
    '"a\\"[[[\\\\\\"{"',
    ' [1, {"a": [true, null]}, "\\u5b89\\u005f"] ',
    '""',
    '{"":{"":[]}}',
    '"[{"',
  ])
    assert.deepEqual(parseJson(text), JSON.parse(text))
})

test('a field named __proto__ is left out, however it is written, and changes nothing', () => {
  for (const name of ['__proto__', '\\u005f_proto__', '__pr\\u006fto__', '__PROTO__'.toLowerCase()]) {
    const read = parseJson(`{"a":1,"${name}":{"admin":true},"in":[{"${name}":1}]}`)
    assert.deepEqual(read, { a: 1, in: [{}] })
    assert.deepEqual(Object.keys(read as object), ['a', 'in'])
  }
})

test('nesting and number of values are bounded before the parser sees the text', () => {
  const parser = mock.method(JSON, 'parse')
  const million = 1_000_000
  for (const [text, reason] of [
    ['['.repeat(million), 'deep'],
    ['{"a":'.repeat(million), 'deep'],
    [`${'['.repeat(65)}${']'.repeat(65)}`, 'deep'],
    [`[${'1,'.repeat(million)}1]`, 'many'],
    [`[${'[],'.repeat(million)}[]]`, 'many'],
    [`["${'\\"'.repeat(million)}`, 'syntax'],
  ] as const)
    assert.equal(faultOf(text), reason)
  assert.equal(parser.mock.callCount(), 0)
  mock.restoreAll()
  assert.equal(faultOf(`${'['.repeat(64)}${']'.repeat(64)}`), 'read')
  assert.equal(faultOf('[1,2,3]', { maxValues: 3 }), 'many')
  assert.equal(faultOf('[1,2]', { maxValues: 3 }), 'read')
  assert.equal(faultOf('[[1]]', { maxDepth: 1 }), 'deep')
})

test('what is no JSON is a fault and nothing else', () => {
  for (const text of ['', '[', ']', '{"a"', 'nul', '"', '"\\', '[1,]', 'NaN', '\u0000', '[1]]', '{"a":1,}'])
    assert.equal(faultOf(text), 'syntax', JSON.stringify(text))
})

test('quotes and backslashes of any number are each looked at once', () => {
  const looked = mock.method(String.prototype, 'charCodeAt')
  const steps = (text: string) => {
    looked.mock.resetCalls()
    faultOf(text)
    return looked.mock.callCount()
  }
  for (const part of ['\\"', '\\\\', '\\\\\\"', 'a', '"', ',"', '\\']) {
    const few = steps(`"${part.repeat(100)}`)
    const many = steps(`"${part.repeat(1000)}`)
    assert.ok(many <= few * 11, `${part}: ${few} → ${many}`)
  }
  mock.restoreAll()
})
