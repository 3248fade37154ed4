import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { projectRoot } from '../base/config.ts'
import { GroupFault, readGroupFile } from './group-file.ts'
import { readLocatedJson } from './located-json.ts'
import { departmentsOf, readPeopleFile } from './people-file.ts'

const demo = (name: string) => join(projectRoot, 'demo', name)

/** Each fault as the number of its line, what stands at its place, and its code. */
function faultsOf(read: (text: string) => unknown, text: string): string[] {
  try {
    read(text)
    return []
  } catch (error) {
    assert.ok(error instanceof GroupFault, String(error))
    return error.faults.map(({ line, column, code, zh, en }) => {
      assert.match(zh, /\p{Script=Han}/u)
      assert.doesNotMatch(`${zh}${en}`, /undefined|\[object/)
      const there = /^(?:"[^"]*"|\w+|.)?/.exec(text.split('\n')[line - 1]?.slice(column - 1) ?? '')?.[0]
      return `${line} ${there} ${code}`
    })
  }
}
const group = (...units: string[]) => `{ "name": "测试集团", "units": [\n${units.join(',\n')}\n] }`
const hq = '{ "code": "hq", "name": "总部", "kind": "headquarters", "parent": null }'
const east = '{ "code": "east", "name": "华东", "kind": "region", "parent": "hq" }'
const hangzhou = '{ "code": "hangzhou", "name": "杭州", "kind": "branch", "parent": "east", "aliases": ["西湖医院"] }'
const faultsIn = (...units: string[]) => faultsOf(readGroupFile, group(...units))

test('the demo group and its people are right', () => {
  const read = readGroupFile(demo('group.json'))
  const places = [...read.units, ...departmentsOf(read)]
  const { people } = readPeopleFile(demo('people.json'), places)
  assert.deepEqual([read.units.length, places.length, people.length], [36, 36 + 6 + 5 + 30 * 6, 241])
  assert.equal(new Set(people.map(({ name }) => name)).size, 241)
})

test('the smallest group is a headquarters', () => {
  assert.deepEqual(faultsIn(hq), [])
  assert.deepEqual(faultsIn(hq, east, hangzhou), [])
})

test('each fault is named with its line and column', () => {
  const cases: [units: string[], faults: string[]][] = [
    [[east], ['1 [ no_headquarters', '2 "hq" unknown_parent']],
    [[hq, hq.replace('"hq"', '"hq2"').replace('总部', '总部二')], ['3 "headquarters" two_headquarters']],
    [
      [hq, hq],
      ['3 "hq" repeated_code', '3 "总部" repeated_name', '3 "headquarters" two_headquarters'],
    ],
    [[hq, east.replace('"hq"', '"nowhere"')], ['3 "nowhere" unknown_parent']],
    [[hq, east, hangzhou.replace('"east"', '"hq"')], ['4 "hq" wrong_parent']],
    [
      [hq, east, hangzhou, '{ "code": "west", "name": "分院", "kind": "branch", "parent": "hangzhou" }'],
      ['5 "hangzhou" wrong_parent'],
    ],
    [[hq, east.replace('"hq"', 'null')], ['3 null missing_parent']],
    [[hq.replace('null', '"hq"')], ['2 "hq" wrong_parent']],
    [[hq, east.replace('region', 'area')], ['3 "area" unknown_kind']],
    [[hq, east.replace('"name": "华东", ', '')], ['3 { missing_field']],
    [[hq, east.replace('"east"', '7')], ['3 7 wrong_type']],
    [[hq, east.replace('"east"', '"East"')], ['3 "East" wrong_code']],
    [[hq, east.replace('"华东"', '""')], ['3 "" empty']],
    [[hq, east.replace(' }', ', "colour": "red" }')], ['3 "colour" unknown_field']],
    [[hq, east.replace(' }', ', "name": "华东二" }')], ['3 "name" repeated_field']],
    [[hq, east, hangzhou, hangzhou.replaceAll('hangzhou', 'ningbo').replace('杭州', '宁波')], ['5 "西湖医院" repeated_alias']],
    [[hq, east, hangzhou.replace('西湖医院', '华东')], ['4 "华东" repeated_alias']],
    [
      [
        hq,
        '{ "code": "a", "name": "甲", "kind": "region", "parent": "b" }',
        '{ "code": "b", "name": "乙", "kind": "region", "parent": "a" }',
      ],
      ['3 "b" cycle', '4 "a" cycle'],
    ],
  ]
  for (const [units, faults] of cases) assert.deepEqual(faultsIn(...units), faults, units.at(-1))
})

test('texts that cannot be kept, and departments whose whole code cannot, are named before anything is loaded', () => {
  assert.deepEqual(faultsIn(hq, east.replace('华东', '华\\u0000东')), ['3 "华\\u0000东" odd_sign'])
  assert.deepEqual(faultsIn(hq, east.replace('华东', '华\\ud83d东')), ['3 "华\\ud83d东" odd_sign'])
  assert.deepEqual(faultsIn(hq, east.replace('华东', '华东\\r\\nBcc: a@b.cn')), ['3 "华东\\r\\nBcc: a@b.cn" odd_sign'])
  assert.deepEqual(faultsIn(hq, east.replace('华东', '华东🏥')), [])
  const departments = (code: string, ...units: string[]) =>
    faultsOf(
      readGroupFile,
      group(...units).replace(
        / \] \}$|\n\] \}$/,
        `\n], "departments": [{ "code": "${code}", "name": "医保", "in": ["region"] }] }`,
      ),
    )
  assert.deepEqual(departments('yb', hq, east), [])
  assert.deepEqual(departments('y'.repeat(60), hq, east), [`4 "${'y'.repeat(60)}" too_long`])
  assert.deepEqual(departments('yb', hq, east, hangzhou.replace('hangzhou', 'east.yb')), ['5 "yb" repeated_code'])
})

test('addresses as hospitals have them are taken, and what is none is refused', () => {
  const email = (text: string) => {
    const file = JSON.stringify({ people: [{ login: 'a', name: '某人', unit: 'hq', email: text }] })
    try {
      return readPeopleFile(file, [{ code: 'hq', kind: 'headquarters' }]).people[0]?.email
    } catch (error) {
      assert.ok(error instanceof GroupFault)
      return error.faults.map(({ code }) => code).join()
    }
  }
  for (const taken of ['li@mail', 'li.qing+oa@mail.hospital.example', "o'neil@a-b.cn", 'li@医院.中国', 'li@münchen.example'])
    assert.equal(email(taken), taken)
  assert.equal(email(''), undefined)
  const wrong = [
    'li',
    '@mail',
    'li@',
    'li@-a',
    'li@a..b',
    'li@a.',
    '.li@a',
    'li.@a',
    'l i@a',
    'a@b,c@d',
    'a@b;c',
    '<a@b>',
    '李 <a@b>',
    'a@b@c',
    '"a"@b',
    '李@mail',
  ]
  for (const text of wrong) assert.equal(email(text), 'wrong_email', text)
  assert.match(email('a@b\r\nBcc: c@d') ?? '', /odd_sign/)
  assert.equal(email(`${'a'.repeat(250)}@mail`), 'too_long')
})

test('all faults of a file are named at once, in the order of the file', () => {
  const found = faultsIn(hq, east.replace('"hq"', '"x"'), hangzhou.replace('branch', 'clinic').replace('["西湖医院"]', '[1, 2]'))
  assert.deepEqual(found, ['3 "x" unknown_parent', '4 "clinic" unknown_kind', '4 1 wrong_type', '4 2 wrong_type'])
})

test('a file that is no JSON, no UTF-8 or not there is told with its place', () => {
  const faults = (file: string) => faultsOf(readGroupFile, file)
  assert.deepEqual(faults('{\n "name": "测试"\n "units": []\n}'), ['3 "units" broken_json'])
  assert.deepEqual(faults('{\n "name": "测试",\n'), ['3  broken_json'])
  assert.deepEqual(faults('[]'), ['1 [ wrong_type'])
  const codes = (file: string) => faults(file).map((fault) => fault.split(' ').at(-1))
  assert.deepEqual(codes('/nowhere/group.json'), ['unreadable'])
  assert.deepEqual(codes(process.execPath), ['not_utf8'])
})

test('people: unknown units and roles, doubled logins, roles at departments and two administrators in one are named', () => {
  const places = [
    { code: 'hq', kind: 'headquarters' as const },
    { code: 'hq.office', kind: 'department' as const },
  ]
  const faults = (...people: string[]) =>
    faultsOf((text) => readPeopleFile(text, places), `{ "people": [\n${people.join(',\n')}\n] }`)
  const one = (login: string, unit: string, ...roles: string[]) =>
    `{ "login": "${login}", "name": "某人", "unit": "${unit}", "roles": [${roles.map((role) => `{ "role": "${role}", "unit": "hq" }`).join(', ')}] }`
  assert.deepEqual(faults(one('a', 'hq.office', 'staff')), [])
  assert.deepEqual(faults(one('a', 'nowhere', 'staff')), ['2 "nowhere" unknown_unit'])
  assert.deepEqual(faults(one('a', 'hq', 'king')), ['2 "king" unknown_role'])
  assert.deepEqual(faults(one('a', 'hq'), one('a', 'hq')), ['3 "a" repeated_login'])
  assert.deepEqual(faults(one('a', 'hq', 'staff').replace('"staff", "unit": "hq"', '"staff", "unit": "hq.office"')), [
    '2 "hq.office" wrong_place',
  ])
  assert.deepEqual(faults(one('a', 'hq', 'system_administrator', 'audit_administrator')), [
    '2 "audit_administrator" administrators_apart',
  ])
  assert.deepEqual(faults(one('a', 'hq').replace('"unit"', '"email": "x", "unit"')), ['2 "x" wrong_email'])
})

test('any JSON is read as JSON.parse reads it, and any damage is a fault with a place inside the text', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', '"', '}', '汉', '\u0001', ','), (text, at, damage) => {
      assert.deepEqual(JSON.parse(JSON.stringify(readLocatedJson(text).value)), JSON.parse(text))
      const damaged = text.slice(0, at % text.length) + damage + text.slice((at % text.length) + 1)
      let fits = true
      try {
        JSON.parse(damaged)
      } catch {
        fits = false
      }
      if (fits) readLocatedJson(damaged)
      else assert.throws(() => readLocatedJson(damaged), { name: 'JsonBroken' })
    }),
    { numRuns: 500 },
  )
})

test('the demo people are what their script writes', async () => {
  const { writePeople } = await import('../../demo/make-people.ts')
  assert.equal(readFileSync(demo('people.json'), 'utf8'), writePeople())
})
