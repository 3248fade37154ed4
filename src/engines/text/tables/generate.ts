/**
 * Writes `t2s.json`, the table of one traditional character to one simplified character, from the OpenCC dictionaries
 * (Apache-2.0) in the development dependency `opencc-js`. Run it again only when that package changes:
 * `node src/engines/text/tables/generate.ts`. The same package gives the same bytes.
 */
import { writeFileSync } from 'node:fs'
import { Converter } from 'opencc-js'

const table = new Map<string, string>()
const results = new Set<string>()

/** Adds what one reading knows. What is already the simplified form of another character stays as it is: folding twice changes nothing. */
function add(convert: (text: string) => string): void {
  const found = new Map<string, string>()
  for (const [low, high] of [
    [0x3400, 0x9fff],
    [0x20000, 0x323af],
  ] as const) {
    for (let code = low; code <= high; code++) {
      const character = String.fromCodePoint(code)
      const simple = convert(character)
      if (simple === character || [...simple].length !== 1 || table.has(character) || table.has(simple)) continue
      if (!results.has(character)) found.set(character, simple)
    }
  }
  for (const simple of found.values()) found.delete(simple)
  for (const [character, simple] of found) {
    table.set(character, simple)
    results.add(simple)
  }
}

for (const from of ['t', 'tw', 'hk'] as const) add(Converter({ from, to: 'cn' }))
for (const [character, simple] of [
  ['著', '着'],
  ['瞭', '了'],
] as const) {
  table.set(character, simple)
  for (const [from, to] of table) if (to === character) table.set(from, simple)
}

const json = JSON.stringify({ from: [...table.keys()].join(''), to: [...table.values()].join('') })
writeFileSync(new URL('t2s.json', import.meta.url), `${json}\n`)
