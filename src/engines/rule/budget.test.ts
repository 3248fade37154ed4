import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countSteps } from '../steps.ts'
import { STEPS_PER_RULE } from './budget.ts'
import { compileRules } from './compile.ts'

const compile = (rules: Readonly<Record<string, string>>) => {
  const compiled = compileRules(Object.entries(rules).map(([id, source]) => ({ id, source })))
  assert.ok(compiled.ok, JSON.stringify(compiled))
  return compiled.set
}
const nested = Array.from({ length: 60 }, (_, at) => '哈'.repeat(at + 1)).join(' OR ')
const near = (left: string, right: string) => `NEAR/200((${left}) (${right}))`
const plain = { plain: '哈哈哈', other: '收费 -停车', third: 'NEAR/5(收费 太贵)' }
/** Each alone wants far more than it may on the text beside it. */
const costly: readonly [name: string, rule: string, text: string][] = [
  ['nested words', nested, '哈'.repeat(100_000)],
  ['many NEAR', Array.from({ length: 25 }, (_, at) => near('哈', `哈${'哈'.repeat(at % 5)}`)).join(' '), '哈'.repeat(100_000)],
  [
    'marks within',
    Array.from({ length: 60 }, (_, at) => `"哈${'-*/+'[at % 4]?.repeat(at + 1)}呵"`).join(' OR '),
    `哈${'*'.repeat(900)}呵`.repeat(110),
  ],
  ['under a negation', `收费 NOT (${nested})`, '哈'.repeat(100_000)],
]

test('a rule that wants too much work on one text is stopped there, says so, and no other rule is touched', () => {
  for (const [name, rule, written] of costly) {
    const item = { title: '', text: `${written}，收费太贵`, author: '' }
    const alone = compile(plain)
    const expected = alone.match(item)
    const together = compile({ a: plain.plain, costly: rule, ...plain })
    const stopped: string[] = []
    const matched = together.match(item, (id) => stopped.push(id))
    assert.deepEqual(stopped, ['costly'], name)
    assert.deepEqual(
      matched.filter(({ rule: id }) => id !== 'a'),
      expected,
      name,
    )
    const more = countSteps(() => together.match(item)) - countSteps(() => alone.match(item))
    assert.ok(more < STEPS_PER_RULE * 1.6, `${name}: ${more} steps more`)
  }
})

test('on the next text a stopped rule is tried again', () => {
  const set = compile({ costly: nested })
  const stopped: string[] = []
  for (const text of ['哈'.repeat(100_000), '哈哈']) set.match({ title: '', text, author: '' }, (id) => stopped.push(id))
  assert.deepEqual([stopped, set.match({ title: '', text: '哈哈', author: '' }).length], [['costly'], 1])
})

test('what people write stays far below, also on the longest text', () => {
  const rules = {
    fees: '(收费 OR 乱收费 OR 多收费 OR 押金 OR 退费) AND (医院 OR 门诊 OR 住院) NOT 招聘',
    near: near('医生 OR 护士 OR 大夫', '骂 OR 打 OR 推 OR 吼'),
    many: Array.from({ length: 300 }, (_, at) => String.fromCharCode(0x5000 + at * 7)).join(' OR '),
  }
  const text = '在医院门诊住院时医生和护士打骂病人，乱收费，押金不退。'.repeat(3600)
  const stopped: string[] = []
  const steps = countSteps(() => compile(rules).match({ title: '', text, author: '' }, (id) => stopped.push(id)))
  assert.deepEqual(stopped, [])
  assert.ok(steps < STEPS_PER_RULE, String(steps))
})
