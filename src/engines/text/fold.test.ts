import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import fc from 'fast-check'
import { fold, foldTerm, sourceSpan } from './fold.ts'
import { someText } from './sample.ts'

test('folds width, case, script, digits and marks', () => {
  const folded: [string, string][] = [
    ['ＣＴ检查①②❸', 'ct检查123'],
    ['醫療衡川著了', '医疗衡川着了'],
    ['Ｅ́Éé', 'eee'],
    ['COVID－19', 'covid-19'],
    ['раураl', 'paypal'],
    ['١٢٣', '123'],
    ['㍻℡', '平成tel'],
  ]
  for (const [source, want] of folded) assert.equal(fold(source).text, want)
})

test('skips up to two marks between Han characters and says so', () => {
  for (const source of ['医*院', '医 院', '医**院', '医🏥院', '医\u200b院', '医\u{1F3E5}\ufe0f院', '医\ud800院']) {
    const folded = fold(source)
    assert.equal(folded.text, '医院', JSON.stringify(source))
    assert.deepEqual(sourceSpan(folded, 0, 2), { start: 0, end: source.length, obfuscated: true }, JSON.stringify(source))
  }
  assert.equal(fold('医***院').text, '医***院')
  assert.equal(fold('去医。院长').text, '去医。院长', 'a sentence end is never crossed')
  assert.equal(sourceSpan(fold('衡川（杭州）医院'), 0, 6).obfuscated, false, 'brackets are not obfuscation')
  assert.equal(fold('a*b c').text, 'a*b c', 'Latin words keep their marks')
})

test('offsets lead back to the original', () => {
  const source = '去𠮷野家,杭州衡*川醫院①號樓'
  const folded = fold(source)
  const at = folded.text.indexOf('衡川医院1号')
  const span = sourceSpan(folded, at, at + '衡川医院1号'.length)
  assert.equal(source.slice(span.start, span.end), '衡*川醫院①號')
  assert.equal(span.obfuscated, true)
})

test('what stands in brackets as one sign folds to its inside, and once is enough', () => {
  for (const [sign, inside] of Object.entries({ '㈠医': '一医', '⑴号楼': '1号楼', '⒜': 'a', '㈱': '株' })) {
    assert.equal(fold(sign).text, inside)
    assert.equal(fold(fold(sign).text).text, inside)
  }
})

test('folding never throws, keeps offsets in order, and folding twice changes nothing', () => {
  fc.assert(
    fc.property(someText, (source) => {
      const folded = fold(source)
      assert.equal(folded.text.length, folded.starts.length)
      for (let at = 0; at < folded.text.length; at++) {
        assert.ok(folded.starts[at]! < folded.ends[at]! && folded.ends[at]! <= source.length)
        if (at > 0) assert.ok(folded.starts[at]! >= folded.starts[at - 1]!)
      }
      assert.equal(fold(folded.text).text, folded.text)
    }),
    { numRuns: 500 },
  )
})

test('whatever is cut from a text and looked for as a term is found in it', () => {
  fc.assert(
    fc.property(someText, fc.nat(), fc.nat(), (source, from, size) => {
      const characters = [...source]
      const start = from % (characters.length + 1)
      const part = characters.slice(start, start + 1 + (size % 12)).join('')
      const term = foldTerm(part)
      assert.ok(fold(source).text.includes(term), JSON.stringify({ source, part, term }))
    }),
    { numRuns: 1000 },
  )
})

test('hostile text is folded in steps with its length', () => {
  const looked = mock.method(String.prototype, 'charCodeAt')
  for (const unit of ['\ud800', '\0', '医*', '\u0301', '👨‍👩‍👧']) {
    const stepsFor = (count: number) => {
      looked.mock.resetCalls()
      fold(unit.repeat(count))
      return looked.mock.callCount()
    }
    const [once, twice] = [stepsFor(2000), stepsFor(4000)]
    assert.ok(twice <= once * 2 + 100, `${JSON.stringify(unit)}: ${once} steps became ${twice}`)
  }
  mock.restoreAll()
})
