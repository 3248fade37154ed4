import { z } from 'zod'
import type { Ask } from '../src/base/contract.ts'
import { writeCursor } from '../src/base/page.ts'

/** A small generator of numbers in [0, 1) that a seed decides (mulberry32). */
export function openDice(seed: number) {
  let state = seed >>> 0
  const roll = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  return { roll, one: <T>(of: readonly T[]): T => of[Math.floor(roll() * of.length)] as T }
}
export type Dice = ReturnType<typeof openDice>

interface Shape {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly format?: string
  readonly anyOf?: readonly Shape[]
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly minimum?: number
  readonly exclusiveMinimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
}

/** An input that is nearly right, so that it comes far, with something hostile in one or a few places. */
export function hostileInput(ask: Ask, dice: Dice): unknown {
  if (dice.roll() < 0.03) return dice.one([null, [], '', 'x', 0, true, [[]], { length: 3 }, '\0'])
  const shape = z.toJSONSchema(ask.input, { io: 'input', unrepresentable: 'any' }) as Shape
  return fill(shape, '', dice, 0.05 + dice.roll() * 0.5)
}

function fill(shape: Shape, name: string, dice: Dice, hostility: number): unknown {
  if (shape.properties === undefined && dice.roll() < hostility) return hostileValue(shape, dice)
  if (shape.const !== undefined) return shape.const
  if (shape.enum) return dice.one(shape.enum)
  if (shape.anyOf) return fill(dice.one(shape.anyOf), name, dice, hostility)
  switch (shape.type) {
    case 'object': {
      const made: [string, unknown][] = []
      for (const [key, inner] of Object.entries(shape.properties ?? {}))
        if (dice.roll() < 0.75) made.push([key, fill(inner, key, dice, hostility)])
      if (dice.roll() < 0.05) made.push([dice.one(['__proto__', 'constructor', 'a\0b', '\ud800', 'toString']), dice.one(texts)])
      return Object.fromEntries(made)
    }
    case 'array':
      return Array.from({ length: dice.one([0, 1, 1, 2, 3]) }, () => fill(shape.items ?? {}, name, dice, hostility))
    case 'integer':
    case 'number': {
      const least = shape.minimum ?? (shape.exclusiveMinimum ?? 0) + 1
      return dice.one([least, least + 1, least + Math.floor(dice.roll() * 40), Math.min(shape.maximum ?? 9, 2_147_483_647)])
    }
    case 'boolean':
      return dice.roll() < 0.5
    case 'string':
      if (shape.format === 'date-time')
        return dice.one(['2026-11-20T09:12:00+08:00', '2026-11-01T00:00:00Z', '2020-01-01T00:00:00.000Z'])
      if (name === 'before') return writeCursor({ at: '2026-11-20T01:12:00.000Z', id: 1 + Math.floor(dice.roll() * 1000) })
      if (shape.format === 'uri' || name === 'url')
        return dice.one(['https://www.example.cn/rss', 'http://127.0.0.1:9/x', 'ftp://x'])
      return dice.one(plain).slice(0, shape.maxLength ?? 1000)
    case 'null':
      return null
    default:
      return { id: dice.one([1, '1']), text: dice.one(plain), title: dice.one(texts), published_at: dice.one<unknown>(moments) }
  }
}

function hostileValue(shape: Shape, dice: Dice): unknown {
  if (dice.roll() < 0.15) return dice.one<unknown>([null, [], {}, '', 0, true, [null], { a: { b: [] } }])
  if (shape.type === 'integer' || shape.type === 'number') return dice.one<unknown>(numbers)
  if (shape.format === 'date-time') return dice.one<unknown>(moments)
  if (shape.type === 'array') return dice.one<unknown>([[], Array(3000).fill(1), [[[]]], ['\0'], [2 ** 31], [9e15], {}, 'x'])
  if (shape.type === 'boolean') return dice.one<unknown>(['true', 1, null])
  return dice.roll() < 0.3 ? dice.one(cursors) : dice.one<unknown>([...texts, ...moments, ...numbers])
}

const plain = ['收费', '夜间门诊', 'hangzhou.duty', 'fees', '停车费太贵', '说明情况', '处理事项', 'a']
const numbers = [
  2 ** 31,
  2 ** 31 - 1,
  2 ** 32,
  2 ** 53,
  2 ** 53 - 1,
  9e15,
  1e21,
  1e308,
  -1,
  -(2 ** 31) - 1,
  -0,
  0.1,
  1.5,
  '1',
  '0x10',
  '1e3',
]
const moments = [
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-23:59',
  '9999-12-31T23:59:59Z',
  '2026-02-30T00:00:00Z',
  '2026-11-20T09:12:00+99:99',
  '2026-11-20T24:00:00Z',
  '2026-11-20T09:12:60Z',
  '2026-11-20',
  'Jan 1 2020 (张三 13800000000\n',
  '+275760-09-13T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  'infinity',
  'now',
  1_763_600_000,
]
const cursor = (text: string) => Buffer.from(text).toString('base64url')
const cursors = [
  cursor('1|1'),
  cursor('Jan 1 2020 (张三)|1'),
  cursor('+275760-09-13T00:00:00.000Z|1'),
  cursor('0000-01-01T00:00:00.000Z|1'),
  cursor('2026-11-20T01:12:00.000Z|9007199254740991'),
  cursor('2026-11-20T01:12:00.000Z|-1'),
  cursor('2026-11-20T01:12:00.000Z|1e9'),
  cursor('2026-11-20T01:12:00.000Z|99999999999999999999'),
  cursor('2026-13-45T25:61:61.000Z|5'),
  cursor('9999-12-31T00:00:00.000Z|2147483648'),
  cursor('\0|\0'),
  '====',
]
const texts = [
  '',
  '\0',
  '壹贰\0叁窗口',
  '壹贰叁\ud83d窗口',
  '\udc00',
  "'; drop table access.person; --",
  '%_\\',
  '\\',
  '"\'`',
  '🤬',
  '\u2028\u2029\ufeff\u202e',
  '()[]{}|&!<>:*',
  '-',
  'NEAR/5(a b',
  '{1,2}',
  'x'.repeat(70),
  '字'.repeat(2000),
  'a'.repeat(9000),
  '\r\nX-Header: 1',
  '../../etc/passwd',
  '１２３',
  'null',
]
