import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectRoot, variables } from '../src/base/config.ts'
import { errorCatalogue } from '../src/base/error.ts'
import { openApi } from '../src/base/openapi.ts'
import { served } from '../src/rooms.ts'

const read = (file: string) => readFileSync(join(projectRoot, file), 'utf8')

test('docs/errors.md names every error of the catalogue and no other', () => {
  const written = [...read('docs/errors.md').matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code)
  assert.deepEqual(
    [...written].sort(),
    errorCatalogue()
      .map(({ code }) => code)
      .sort(),
  )
})

test('every error speaks both languages and says what to do next', () => {
  for (const { code, zh, en, next } of errorCatalogue()) {
    assert.match(zh, /\p{Script=Han}/u, code)
    assert.match(en, /[a-z]/, code)
    assert.doesNotMatch(en, /\p{Script=Han}/u, code)
    assert.match(next.zh, /\p{Script=Han}/u, code)
    assert.ok(next.en.length > 3, code)
  }
})

test('the OpenAPI document holds every ask with its schemas, and every ask has its handler', () => {
  const document = openApi(served, 'http://127.0.0.1') as {
    openapi: string
    paths: Record<string, { post: { requestBody: object; responses: object } }>
  }
  assert.equal(document.openapi, '3.1.0')
  const names = served.flatMap(({ asks }) => Object.keys(asks))
  assert.deepEqual(Object.keys(document.paths).sort(), names.map((name) => `/api/${name}`).sort())
  for (const { asks, handlers } of served) assert.deepEqual(Object.keys(handlers).sort(), Object.keys(asks).sort())
})

test('an ask is named by its room, and needs a right of a room unless it stands at the door', () => {
  const rooms = new Set(served.flatMap(({ asks }) => Object.keys(asks).map((name) => name.split('.')[0])))
  for (const { asks } of served)
    for (const [name, { right }] of Object.entries(asks)) {
      assert.match(name, /^[a-z]+\.[a-z]+(_[a-z]+)*$/)
      if (right === null) assert.match(name, /^access\./)
      else assert.ok(rooms.has(right.split('.')[0]), `${name} needs ${right}`)
    }
})

test('both READMEs explain every setting', () => {
  for (const file of ['README.md', 'README.zh-CN.md'])
    for (const name of variables) assert.match(read(file), new RegExp(`\`${name}\``), `${name} in ${file}`)
})

test('every test that ARCHITECTURE.md names exists', () => {
  const named = [...read('ARCHITECTURE.md').matchAll(/`((?:src|test|web)\/[\w/.-]+\.test\.ts)`(?:[^`\n]*“([^”]+)”)?/g)]
  assert.ok(named.length >= 10, `only ${named.length} tests are named`)
  for (const [, file, title] of named) {
    assert.ok(existsSync(join(projectRoot, file ?? '')), file)
    if (title) assert.ok(read(file ?? '').includes(title), `${file}: ${title}`)
  }
})

test('the pages link to documents that exist', () => {
  for (const file of globSync('*.md', { cwd: projectRoot }))
    for (const [, link] of read(file).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g))
      assert.ok(existsSync(join(projectRoot, link ?? '')), `${file} → ${link}`)
})

test('each decision has a number of its own', () => {
  const numbers = globSync('docs/decisions/*.md', { cwd: projectRoot }).map((file) => /(\d{4})-[^/]+$/.exec(file)?.[1])
  assert.equal(new Set(numbers).size, numbers.length)
})
