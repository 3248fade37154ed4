import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textKey } from './key.ts'

const SAME = '衡川医院停车太贵了'

test('reposts and light edits share a key', () => {
  for (const text of [
    '衡川醫院停車太貴了！！😡',
    '#衡川医院# 停车太贵了',
    '转发微博 //@小王: 衡川医院停车太贵了',
    '衡川医院停车太贵了 http://t.cn/A6xYz',
    '@人民日报 衡川医院,停车太贵了',
    ' 衡川 医院\n停车太贵了… ',
  ]) {
    if (text.startsWith('#')) assert.equal(textKey(text), textKey('衡川医院停车太贵了'))
    assert.equal(textKey(text), textKey(SAME), text)
  }
})

test('other words have another key, also where little else is left', () => {
  const keys = ['衡川医院停车不贵', '@衡川医院', '@协和医院', '😡', '😡😡', '', 'http://a.cn/1', 'http://a.cn/2', '好', '差'].map(
    textKey,
  )
  assert.equal(new Set(keys).size, keys.length)
  assert.match(keys[0]!, /^[0-9a-f]{32}$/)
})
