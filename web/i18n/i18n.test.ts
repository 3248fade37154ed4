import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { en } from './en/index.ts'
import { zh } from './zh/index.ts'

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
const root = join(import.meta.dirname, '..', '..')

interface Texts {
  readonly [key: string]: string | Texts
}

function flat(texts: Texts, path = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) => {
      const here = path === '' ? key : `${path}${path.includes(':') ? '.' : ':'}${key}`
      return typeof value === 'string' ? [[here, value] as const] : [...flat(value, here)]
    }),
  )
}

const chinese = flat(zh)
const english = flat(en)
const sources = globSync(['web/**/*.{ts,tsx}', 'src/*/ui/**/*.{ts,tsx}'], { cwd: root }).filter(
  (name) => !name.startsWith('web/i18n/') && !name.endsWith('.test.ts') && !name.includes('dist/'),
)
const code = sources.map((name) => ({ name, text: readFileSync(join(root, name), 'utf8') }))
const rooms = Object.keys(zh).join('|')
const used = code.flatMap(({ name, text }) =>
  [...text.matchAll(new RegExp(`(['\`])((?:${rooms}):[a-z0-9_.$\\{\\}()\\[\\]'? |&:A-Z,]*?)\\1`, 'g'))].map((found) => ({
    name,
    key: found[2] ?? '',
  })),
)

describe('the words of the console', () => {
  test('both languages have the same keys', () => {
    assert.deepEqual([...english.keys()].sort(), [...chinese.keys()].sort())
  })

  test('both languages name the same facts in a sentence', () => {
    const facts = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((found) => found[1]).sort()
    for (const [key, text] of chinese) assert.deepEqual(facts(english.get(key) ?? ''), facts(text), key)
  })

  test('no key that the code names is missing', () => {
    assert.ok(used.length > 300, `only ${used.length} keys found: the pattern no longer reads the code`)
    const keys = [...chinese.keys()]
    for (const { name, key } of used) {
      // `room:group.${what}` is met by any key with the same shape.
      const shape = new RegExp(
        `^${key
          .split(/\$\{[^}]*\}/)
          .map(escaped)
          .join('[\\w]+')}$`,
      )
      assert.ok(
        keys.some((one) => shape.test(one)),
        `${key} in ${name}`,
      )
    }
  })

  test('no key has been forgotten by the code', () => {
    const shapes = used.map(
      ({ key }) =>
        new RegExp(
          `^${key
            .split(/\$\{[^}]*\}/)
            .map(escaped)
            .join('[\\w]+')}$`,
        ),
    )
    const lonely = [...chinese.keys()].filter((key) => !shapes.some((shape) => shape.test(key)))
    assert.deepEqual(lonely, [])
  })

  test('Chinese sentences use full-width punctuation', () => {
    for (const [key, text] of chinese) assert.doesNotMatch(text, /[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]/, key)
  })

  test('English texts hold no Chinese but the examples of rules', () => {
    for (const [key, text] of english)
      if (key !== 'monitoring:rules.empty_hint') assert.doesNotMatch(text, /[\u4e00-\u9fff]/, key)
  })
})
