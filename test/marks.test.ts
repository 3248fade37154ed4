import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mock, test } from 'node:test'
import { projectRoot } from '../src/base/config.ts'
import { parseDate, saysUnknown } from '../src/engines/feed/date.ts'
import { guessColumns } from '../src/engines/table/columns.ts'
import { textKey } from '../src/engines/text/key.ts'
import { normalForm } from '../src/engines/text/normal.ts'
import { readMoment } from '../src/monitoring/moment.ts'
import { readPlatform } from '../src/monitoring/platform.ts'

/** Marks that stand in no order, as `normalize` likes them least; among them one that is a mark only once its width is taken away. */
const marks = `e${'\u0315\u0300\uff9e'.repeat(2000)}`

test('what people write comes in its normal form as ever', () => {
  for (const text of ['Ｃ＋＋ ２０２６年', 'cafe\u0301', 'ﾊﾞｽ', 'Ệ'.normalize('NFD').repeat(500), 'ก็ที่'.repeat(400)])
    for (const form of ['NFC', 'NFKC', 'NFKD'] as const) assert.equal(normalForm(text, form), text.normalize(form))
})

test('a long run of marks, which is put in order by comparing each with all, is never given to it', () => {
  const normalize = mock.method(String.prototype, 'normalize')
  try {
    normalForm(marks)
    textKey(`${marks}停车太贵${marks}`)
    readMoment(marks, 0)
    readPlatform(marks)
    parseDate(marks)
    saysUnknown(marks)
    guessColumns([marks, '标题'])
    const given = normalize.mock.calls.map((call) => String(call.this))
    assert.ok(given.length >= 5)
    for (const text of given)
      assert.ok(!/[\p{M}\uff9e\uff9f]{31}/u.test(text) || text.length <= 1000, `${text.length} characters`)
  } finally {
    normalize.mock.restore()
  }
})

test('nothing else puts strangers’ text in a normal form', () => {
  const files = globSync('src/**/*.ts', { cwd: projectRoot }).filter((file) => !file.endsWith('.test.ts'))
  const own = files.filter((file) => /\.normalize\(/.test(readFileSync(join(projectRoot, file), 'utf8')))
  // The table of folding asks it of one character at a time.
  assert.deepEqual(own.sort(), ['src/engines/text/fold-table.ts', 'src/engines/text/normal.ts'])
})
