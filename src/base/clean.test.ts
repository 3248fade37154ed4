import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanInput, cleanText } from './clean.ts'

test('U+0000 and lone surrogates go, everything else stays', () => {
  assert.equal(cleanText('壹\0贰\u0000叁'), '壹贰叁')
  assert.equal(cleanText('谢谢\ud83d医生\udc00'), '谢谢医生')
  assert.equal(cleanText('🙏\ud83d\ud83d\ude4f\ude4f'), '🙏🙏')
  for (const text of ['', '🙏', '\u2028\u2029\ufeff', '\u0001\u007f', 'é']) assert.equal(cleanText(text), text)
})

test('a cleaned text is well-formed, holds no U+0000 and is a subsequence of what was given', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff })), (units) => {
      const text = String.fromCharCode(...units, 0, 0xd83d, 0x61)
      const cleaned = cleanText(text)
      assert.ok(cleaned.isWellFormed() && !cleaned.includes('\0'))
      let at = 0
      for (const unit of cleaned.split('')) at = text.indexOf(unit, at) + 1
      assert.ok(at > 0)
      assert.equal(cleanText(cleaned), cleaned)
    }),
  )
})

test('texts are cleaned wherever they stand, keys too, and clean values are not copied', () => {
  const given = { list: ['a\0', { 'k\0': '\udc00b' }], n: 1, none: null }
  assert.deepEqual(cleanInput(given), { list: ['a', { k: 'b' }], n: 1, none: null })
  const clean = { list: ['a', { k: 'b' }] }
  assert.equal(cleanInput(clean), clean)
})
