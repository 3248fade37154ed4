import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { countSteps } from '../steps.ts'
import { fold } from '../text/fold.ts'
import { someText } from '../text/sample.ts'
import type { Node } from './ast.ts'
import { compileRules, type RuleMatch } from './compile.ts'
import { withPartner } from './evaluate.ts'
import { readRuleFile } from './file.ts'
import { Gaps } from './gap.ts'
import type { Fields } from './hits.ts'
import { parseRule } from './parse.ts'
import { lettersOf, type Term } from './term.ts'

const root = (source: string): Node => {
  const parsed = parseRule(source)
  assert.ok(parsed.ok, source)
  return parsed.rule.root
}
const matches = (source: string, fields: Partial<Fields>): RuleMatch[] => {
  const compiled = compileRules([{ id: 'r', source }])
  assert.ok(compiled.ok, source)
  return compiled.set.match({ title: '', text: '', author: '', ...fields })
}

test('one meaning, many ways to write it', () => {
  const want = JSON.stringify(root('衡川 AND (停车 OR 收费) AND NOT 表扬'))
  for (const source of [
    '衡川 (停车|收费) -表扬',
    '衡川 与 （停车 或 收费） 与 非 表扬',
    '衡川&(停车||收费)&&!表扬',
    '“衡川” and (停車 or 收费) not 表扬',
    '衡川（停车｜收费）！表扬',
  ]) {
    assert.equal(JSON.stringify(root(source)), want, source)
  }
  assert.deepEqual(root('COVID-19'), {
    kind: 'term',
    term: { letters: 'covid19', inner: [{ at: 5, marks: '-' }] },
    fields: ['title', 'text'],
  })
  assert.equal(matches('"a OR b"', { text: 'A or  b' }).length, 1)
  assert.equal(matches('"a OR b"', { text: 'a b' }).length, 0)
  assert.deepEqual(root('作者：衡川'), { kind: 'term', term: { letters: '衡川' }, fields: ['author'] })
})

test('AND binds closer than OR, NOT closest', () => {
  assert.equal(matches('甲 乙 | 丙', { text: '丙' }).length, 1)
  assert.equal(matches('甲 | 乙 丙', { text: '甲' }).length, 1)
  assert.equal(matches('NOT 甲 乙', { text: '乙' }).length, 1)
  assert.equal(matches('非 （甲 乙）', { text: '乙' }).length, 1)
})

test('what is wrong is told with a code and a place', () => {
  const wrong: [string, string, number][] = [
    ['', 'rule_empty', 0],
    ['  ', 'rule_empty', 0],
    ['a (b', 'rule_unclosed_parenthesis', 2],
    ['a (b （c)', 'rule_unclosed_parenthesis', 2],
    ['a) b', 'rule_unexpected_parenthesis', 1],
    [')', 'rule_unexpected_parenthesis', 0],
    ['a OR', 'rule_missing_operand', 4],
    ['OR a', 'rule_missing_operand', 0],
    ['()', 'rule_missing_operand', 1],
    ['a "bc', 'rule_unclosed_quote', 2],
    ['a “bc', 'rule_unclosed_quote', 2],
    ['医院 *** b', 'rule_term_without_letters', 3],
    ['NEAR/0(a b)', 'rule_near_distance', 0],
    ['NEAR/x(a b)', 'rule_near_distance', 0],
    ['a NEAR/5 b', 'rule_near_operands', 2],
    ['a near/5', 'rule_near_operands', 2],
    ['NEAR/500 b', 'rule_near_distance', 0],
    ['NEAR/5(a)', 'rule_near_operands', 8],
    ['NEAR/5(a b c)', 'rule_near_operands', 11],
    ['('.repeat(200), 'rule_too_deep', 100],
    ['a'.repeat(20_001), 'rule_too_long', 20_000],
  ]
  for (const [source, code, position] of wrong) {
    const parsed = parseRule(source)
    assert.ok(!parsed.ok, source)
    assert.deepEqual([parsed.error.code, parsed.error.position], [code, position], source.slice(0, 40))
    assert.ok(parsed.error.expected.length > 0 && parsed.error.message.zh !== '' && parsed.error.message.en !== '')
  }
})

test('spans are those of the original text', () => {
  const text = '去了衡*川醫院,停車要40元。表揚?没有'
  const [match] = matches('衡川医院 (停车 | 食堂) -食堂难吃', { text, title: 'x' })
  assert.deepEqual(
    match?.spans.map((span) => text.slice(span.start, span.end)),
    ['衡*川醫院', '停車'],
  )
  assert.equal(match?.obfuscated, true)
  assert.equal(matches('衡川 -停车', { text }).length, 0)
  assert.deepEqual(matches('-甲', { text })[0]?.spans, [])
})

test('NEAR wants both in one field, not too far apart, in any order', () => {
  const near = 'NEAR/3(手术 (失败|感染))'
  assert.equal(matches(near, { text: '手术又一次失败' }).length, 1)
  assert.equal(matches(near, { text: '手术又一一次失败' }).length, 0)
  assert.equal(matches(near, { text: '感染了才手术' }).length, 1)
  assert.equal(matches(near, { title: '手术', text: '失败' }).length, 0)
  assert.equal(matches(near, { text: '手术,失败,顺利康复出院后再来一次手术' })[0]?.spans.length, 2, 'the second 手术 is too far')
  assert.equal(matches('title:CT', { text: 'CT' }).length, 0)
  assert.equal(matches('衡川', { author: '衡川' }).length, 0, 'authors only on demand')
})

const operand = fc.constantFrom(
  '医院',
  '衡川',
  '停车',
  '医',
  'a',
  'title:川',
  'author:a',
  '"收费 好"',
  'NEAR/2(医 院)',
  'NEAR/1((衡|a) (川|费))',
)
const { rule } = fc.letrec<{ rule: string }>((tie) => ({
  rule: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    operand,
    fc.tuple(tie('rule'), fc.constantFrom(' ', ' AND ', '|', ' 或 '), tie('rule')).map(([a, sign, b]) => `(${a}${sign}${b})`),
    tie('rule').map((inner) => `NOT ${inner}`),
  ),
}))

/** The plainest reading of a rule, to compare with: every place is tried, every pair compared. */
function naive(node: Node, fields: Fields): boolean {
  if (node.kind === 'not') return !naive(node.node, fields)
  if (node.kind === 'and') return node.nodes.every((part) => naive(part, fields))
  if (node.kind === 'or') return node.nodes.some((part) => naive(part, fields))
  const places = (name: keyof Fields, terms: readonly Term[]) => terms.flatMap((term) => naivePlaces(fields[name], term))
  if (node.kind === 'term') return node.fields.some((name) => places(name, [node.term]).length > 0)
  return node.fields.some((name) =>
    places(name, node.left).some(([start, end]) =>
      places(name, node.right).some(([from, to]) => Math.max(from - end, start - to) <= node.distance),
    ),
  )
}

function naivePlaces(source: string, { letters, inner = [] }: Term): [start: number, end: number][] {
  const folded = fold(source, 0)
  const { kinds } = new Gaps(folded, lettersOf(folded.units))
  const places = lettersOf(folded.units)
  const said = String.fromCharCode(...places.letters)
  const split = (at: number) =>
    at > 0 &&
    at < said.length &&
    kinds[at] === 0 &&
    /^([\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]{2}|[0-9]{2})$/u.test(said.slice(at - 1, at + 1))
  const found: [number, number][] = []
  for (let start = 0; start + letters.length <= said.length; start++) {
    const end = start + letters.length
    if (said.slice(start, end) !== letters || split(start) || split(end)) continue
    let holds = true
    for (let at = 1; at < letters.length; at++) {
      const spaced = inner.some((one) => one.at === at)
      const between = folded.text.slice(places.at[start + at - 1]! + 1, places.at[start + at]!)
      if (spaced ? !/^\s+$/.test(between) : kinds[start + at] === 1) holds = false
    }
    if (holds) found.push([places.at[start]!, places.at[end - 1]! + 1])
  }
  return found
}

test('compiled rules hold exactly where the plain reading holds', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 6 }), someText, someText, someText, (sources, title, text, author) => {
      const fields = { title, text, author }
      const compiled = compileRules(sources.map((source, index) => ({ id: String(index), source })))
      assert.ok(compiled.ok, sources.join('\n'))
      const got = compiled.set.match(fields)
      assert.deepEqual(
        got.map((match) => match.rule),
        sources.flatMap((source, index) => (naive(root(source), fields) ? [String(index)] : [])),
      )
      for (const match of got)
        for (const span of match.spans) assert.ok(span.start < span.end && span.end <= fields[span.field].length)
    }),
    { numRuns: 500 },
  )
})

test('no text makes the parser throw', () => {
  const signs = fc.constantFrom(...'()（）|&-!"“”「」 医a/:：', 'NEAR/', 'NEAR/3(', 'AND', ' OR ', '非', 'title:', '\ud800', '\0')
  fc.assert(
    fc.property(fc.array(fc.oneof(signs, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 30 }), (pieces) => {
      const source = pieces.join('')
      const parsed = parseRule(source)
      if (!parsed.ok) assert.ok(parsed.error.position >= 0 && parsed.error.position <= source.length)
    }),
    { numRuns: 2000 },
  )
})

test('a rule file: names, comments, blank lines, problems by line', () => {
  const good = readRuleFile('# 注释\n\n收费: 收费 或 费用\r\n停车：停车\n author:小王 \n')
  assert.ok(good.ok)
  assert.deepEqual(good.names, ['收费', '停车', 'line 5'])
  assert.deepEqual(
    good.set.match({ title: '', text: '停车费用', author: '' }).map((match) => match.rule),
    ['收费', '停车'],
  )
  const bad = readRuleFile('a: (b\nb: c\nb: d')
  assert.ok(!bad.ok)
  assert.deepEqual(
    bad.problems.map(({ line, code, position }) => [line, code, position]),
    [
      [1, 'rule_unclosed_parenthesis', 3],
      [3, 'rule_name_repeated', 0],
    ],
  )
})

test('a match costs by what is found in the text, not by how many rules there are', () => {
  const stepsWith = (count: number) => {
    const sources = Array.from({ length: count }, (_, index) => ({
      id: String(index),
      source: `衡川 院区${index.toString(36)}号楼 -表扬`,
    }))
    const compiled = compileRules(sources)
    assert.ok(compiled.ok)
    const fields = { title: '', text: '衡川医院停车太贵了,院区7号楼的厕所也坏了'.repeat(5), author: '' }
    return countSteps(() => assert.equal(compiled.set.match(fields).length, 1))
  }
  assert.equal(stepsWith(20_000), stepsWith(100))
})

test('NEAR finds what the comparison of all pairs finds', () => {
  const stretch = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 12 })).map(([start, size]) => ({ start, end: start + size }))
  fc.assert(
    fc.property(
      fc.array(stretch, { minLength: 1 }),
      fc.array(stretch, { minLength: 1 }),
      fc.integer({ min: 1, max: 20 }),
      (one, other, distance) => {
        const want = one.filter(({ start, end }) =>
          other.some((partner) => Math.max(partner.start - end, start - partner.end) <= distance),
        )
        assert.deepEqual(withPartner(one, other, distance, 1000), want)
        assert.deepEqual(withPartner(one, other, distance, 2), want.slice(0, 2))
      },
    ),
    { numRuns: 2000 },
  )
})

test('hostile rules and texts cost in step with the text', () => {
  const near = (left: string, right: string) => `NEAR/200((${left}) (${right}))`
  const texts: Record<string, string> = { 甲: '甲', 甲乙: '甲乙', 'a*': 'a*', 空: '医 ', 号: '1,' }
  const rules = [
    near('甲 OR 甲甲 OR 甲甲乙 OR 甲乙', '乙 OR 乙甲 OR 甲乙甲 OR 乙乙'),
    near('甲', '甲'),
    `${'(甲 '.repeat(90)}${near('甲', '乙')}${')'.repeat(90)}`,
    Array.from({ length: 150 }, (_, at) => '甲'.repeat(at + 1)).join(' OR '),
    'a OR 1 OR 医',
    '"a a a a a a a a"',
  ]
  const compiled = compileRules(rules.map((source, at) => ({ id: String(at), source })))
  assert.ok(compiled.ok)
  for (const [name, unit] of Object.entries(texts)) {
    const stepsFor = (size: number) =>
      countSteps(() => void compiled.set.match({ title: '', text: unit.repeat(size / unit.length), author: '' }))
    const [once, twice] = [stepsFor(4000), stepsFor(8000)]
    assert.ok(twice <= once * 2.1 + 1000, `${name}: ${once} steps became ${twice}`)
  }
})
