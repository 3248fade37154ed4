import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { decodeBytes } from '../text/decode.ts'
import { readRuleFile } from './file.ts'

const folder = new URL('../../../test/reports/', import.meta.url)
const read = (name: string): string => decodeBytes(readFileSync(new URL(name, folder)), {}).text

interface Case {
  readonly id: string
  readonly file: string
  readonly rules: string
  readonly word: string
  readonly expect: Readonly<Record<string, readonly string[]>>
}
const cases = readFileSync(new URL('expectations.jsonl', folder), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case)
  .filter(({ word }) => word === 'match')

/** The names of the rules that each line of a file is found by. */
function matched(rules: string, lines: string): Record<string, string[]> {
  const file = readRuleFile(rules)
  assert.ok(file.ok, JSON.stringify(file))
  const found: Record<string, string[]> = {}
  for (const line of lines.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (line.trim() === '') continue
    const item = JSON.parse(line) as { id: string | number; title?: string; text?: string; author?: string }
    const { title = '', text = '', author = '' } = item
    found[item.id] = file.set.match({ title, text, author }).map(({ rule }) => rule)
  }
  return found
}

for (const { id, file, rules, expect } of cases)
  test(`what users report of word filters: ${id}`, () => assert.deepEqual(matched(read(rules), read(file)), expect))

/** Rule, texts in which it is found, texts in which it is not. */
const further: readonly [rule: string, found: readonly string[], not: readonly string[]][] = [
  [
    'MRI',
    ['做MRI排队', 'MRI', 'ＭＲＩ检查', '3.0T MRI', 'mri-引导', 'M*RI坏了', '“MRI”'],
    ['summriarize', 'MRIs', 'm r i', 'XMRI', 'M-R-I'],
  ],
  ['DR', ['DR、CT', '拍DR片', 'DR2号机', '(DR)'], ['Dr\u0301ama', 'address', 'DRG付费', 'hundred']],
  ['CT机', ['CT 机', 'CT*机', 'C*T机', 'ＣＴ机', 'CT\u3000机', 'CT-机'], ['CT。机', 'ACT机', 'CT（机']],
  ['A型血', ['A 型血', 'A-型血', 'Ａ型血'], ['AA型血', 'A，型血']],
  ['110', ['拨打110', '110,120,119', '110/120', '110！', '①①0'], ['1100', '2110', '0110', '110.5', '电话13311012345']],
  ['200元', ['收了200元', '200 元'], ['1200元']],
  ['B超', ['做B超', 'B 超', 'B-超', 'B*超'], ['AB超']],
  [
    '死亡',
    ['死*亡', '死 亡', '死/亡', '死\u200b亡', '死-亡', '死😡亡', '死.亡', '已死 亡。'],
    ['急死 亡羊', '死。亡', '生死(亡灵)', '气死/亡故', '猝死】亡者', '死、亡', '要死\n亡了'],
  ],
  ['回扣', ['回*扣', '吃 回 扣', '回_扣', '回#扣'], ['收回 扣子', '没回（扣子', '挽回、扣分', '拿回|扣下']],
  [
    '乱收费',
    ['乱 收 费', '乱-收-费', '乱**收费', '【乱】【收】【费】'],
    ['混乱 收费处', '乱。收费', '忙乱《收费》', '乱***收费'],
  ],
  ['三研空间', ['“三研”空间', '三研空间', '「三研」空间'], ['三研【空间']],
  ['"(广告)"', ['（广告）', '(广告)', '( 广告 )'], ['广告', '[广告]', '(广告']],
  ['"A+级"', ['A+级', 'A＋级'], ['A级', 'AA+级', 'A-级']],
  ['"【通知】停诊"', ['【通知】停诊', '【 通知 】停诊'], ['通知停诊', '(通知)停诊']],
  ['C++', ['C++工程师', '会c++'], ['C语言', 'C+', 'CC++']],
  ['C#', ['C#开发'], ['C语言', 'C++']],
  ['100%', ['满意度100%', '100％满意'], ['1000', '100分', '100']],
  ['COVID-19', ['COVID-19', 'covid－19', 'COVID19', 'covid 19'], ['COVID-190', 'covid']],
  ['#话题#', ['#话题#', '话题'], []],
  ['见习', ['⻅习', '见习', '見習'], []],
  ['马车门', ['⻢⻋⻔'], []],
  ['龙龟', ['⻰⻳', '龍龜', '⿓⿔'], []],
  ['白内障', ['⽩内障', '⽩\u{2f0a}障'.replace('\u{2f0a}', '内')], []],
  ['收费', ['收\u2800费', '收\u3164费', '收\u{e0041}费', '收\u2066费', '收\u180b费', '收\u0338费', '收\u{1d173}费'], ['收***费']],
  ['james', ['james来了', '“james”', 'james-bond'], ['jameson', 'mcjames']],
  ['ёлка', ['Ёлка'], ['ёлками']],
]

test('further texts of the same kinds', () => {
  const wrong: string[] = []
  for (const [rule, found, not] of further) {
    const file = readRuleFile(`r: ${rule}`)
    assert.ok(file.ok, rule)
    const matches = (text: string) => file.set.match({ title: '', text, author: '' }).length === 1
    for (const text of found) if (!matches(text)) wrong.push(`${rule} is in ${text}`)
    for (const text of not) if (matches(text)) wrong.push(`${rule} is not in ${text}`)
  }
  assert.deepEqual(wrong, [])
})

test('typography is no evasion, and evasion is said', () => {
  const obfuscated = (rule: string, text: string) => {
    const file = readRuleFile(`r: ${rule}`)
    assert.ok(file.ok)
    return file.set.match({ title: '', text, author: '' })[0]?.obfuscated
  }
  for (const [rule, text, want] of [
    ['CT机', 'CT 机坏了', false],
    ['CT机', 'CT*机坏了', true],
    ['CT机', 'C*T机坏了', true],
    ['A型血', 'A 型血', false],
    ['三研空间', '“三研”空间', false],
    ['COVID-19', 'COVID19', false],
    ['死亡', '死 亡', true],
    ['收费', '收\u200b费', true],
    ['"(广告)"', '(广告)', false],
  ] as const)
    assert.equal(obfuscated(rule, text), want, `${rule} in ${text}`)
})
