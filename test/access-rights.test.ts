import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rights } from '../src/access/index.ts'
import { roles } from '../src/access/role.ts'
import { served, topics } from '../src/rooms.ts'
import { access as english } from '../web/i18n/en/access.ts'
import { access as chinese } from '../web/i18n/zh/access.ts'

const asked = new Set(served.flatMap(({ asks }) => Object.values(asks).flatMap(({ right }) => right ?? [])))

test('every right that an ask needs has its words, and every right with words is needed by an ask', () => {
  assert.deepEqual([...asked].sort(), Object.keys(rights).sort())
})

test('the console names every right in both languages', () => {
  const keys = Object.keys(rights).map((right) => right.replace('.', '_'))
  for (const { right } of [chinese, english]) assert.deepEqual(Object.keys(right).sort(), keys.sort())
})

test('every right can be held through a role, and no role outside the three administrators grants or reads the trail', () => {
  const held = new Set(roles.flatMap((role) => role.rights))
  assert.deepEqual([...held].sort(), Object.keys(rights).sort())
  for (const role of roles)
    for (const [right, administrator] of [
      ['access.grant', 'security'],
      ['privacy.read_trail', 'audit'],
    ] as const)
      assert.equal(role.rights.includes(right), role.administrator === administrator, `${role.code} ${right}`)
})

test('no administrator of the three reads posts', () => {
  for (const { administrator, rights: held } of roles) if (administrator) assert.ok(!held.includes('monitoring.read'))
})

test('what tells open pages of a change needs a right that exists', () => {
  for (const right of Object.values(topics)) assert.ok(right in rights, right)
})
