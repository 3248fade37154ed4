import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, Refused } from '../../test/harness.ts'
import { access } from '../access/contract.ts'
import { privacy } from './contract.ts'

const house = await openHouse()
const audit = house.as('hq.audit', privacy)

test('an ask that was answered leaves who, what, from where, and that it was allowed', async () => {
  await house.as('hangzhou.duty', access)['access.list_units']({})
  const { rows } = await audit['privacy.list_trail']({ ask: 'access.list_units', limit: 1 })
  const [row] = rows
  assert.equal(row?.outcome, 'allowed')
  assert.equal(row?.unit, '衡川杭州医院')
  assert.equal(row?.address, '127.0.0.1')
  assert.equal(row?.writes, false)
  assert.ok(row?.person)
})

test('an ask that was refused leaves its row too, with the reason', async () => {
  await assert.rejects(
    house.as('hangzhou.duty', privacy)['privacy.list_trail']({}),
    (error) => error instanceof Refused && error.code === 'forbidden',
  )
  const { rows } = await audit['privacy.list_trail']({ outcome: 'refused', limit: 1 })
  assert.equal(rows[0]?.ask, 'privacy.list_trail')
  assert.equal(rows[0]?.code, 'forbidden')
})

test('a change and its row stand or fall together', async () => {
  const [before] = await house.admin<{ n: number }>(
    `select count(*)::int as n from privacy.trail where ask = 'access.set_active' and outcome = 'allowed'`,
  )
  const people = await house.as('hq.security', access)['access.list_people']({ limit: 2, search: '' })
  const person = people.people.find(({ login }) => login !== 'hq.security')
  await house.as('hq.security', access)['access.set_active']({ id: person?.id ?? 0, active: true })
  const [after] = await house.admin<{ n: number }>(
    `select count(*)::int as n from privacy.trail where ask = 'access.set_active' and outcome = 'allowed'`,
  )
  assert.equal((after?.n ?? 0) - (before?.n ?? 0), 1)
})

test('nobody changes a row that was written, not even the owner', async () => {
  for (const sql of [`update privacy.trail set address = 'x'`, 'delete from privacy.trail', 'truncate privacy.trail'])
    await assert.rejects(house.admin(sql), /only ever added to/, sql)
  for (const login of [
    'anlan_branch',
    'anlan_region',
    'anlan_group',
    'anlan_several',
    'anlan_door',
    'anlan_worker',
    'anlan_trail',
  ] as const)
    for (const sql of [`update privacy.trail set address = 'x'`, 'delete from privacy.trail'])
      await assert.rejects(house.db.pool(login).query(sql), /permission denied/, `${login}: ${sql}`)
})

test('a hundred people asking at once leave a hundred rows before they are answered', async () => {
  const count = async () =>
    (await house.admin<{ n: number }>(`select count(*)::int as n from privacy.trail where ask = 'access.me'`))[0]?.n ?? 0
  const before = await count()
  const me = house.as('hangzhou.duty', access)
  await Promise.all(Array.from({ length: 100 }, () => me['access.me']({})))
  assert.equal((await count()) - before, 100)
})

test('when the trail cannot be written, nothing is answered', async () => {
  await house.admin('alter table privacy.trail add constraint stop check (ask <> $$access.list_roles$$) not valid')
  await assert.rejects(house.as('hangzhou.duty', access)['access.list_roles']({}))
  await house.admin('alter table privacy.trail drop constraint stop')
  await house.as('hangzhou.duty', access)['access.list_roles']({})
})

test('a search finds what has to do with an action, a person or a thing, and nothing else', async () => {
  await house.as('hangzhou.duty', access)['access.list_units']({})
  await house.as('guangzhou.duty', access)['access.list_roles']({})
  const none = { asks: [] as string[], personIds: [] as number[], subjects: [] as string[] }
  const find = async (about: Partial<typeof none>) => (await audit['privacy.list_trail']({ about: { ...none, ...about } })).rows
  const units = await find({ asks: ['access.list_units'] })
  assert.ok(units.length > 0 && units.every((row) => row.ask === 'access.list_units'))
  const personId = units[0]?.personId ?? 0
  const theirs = await find({ personIds: [personId] })
  assert.ok(theirs.length > 0 && theirs.every((row) => row.personId === personId))
  const person = await find({ subjects: [`person:${personId}`] })
  assert.ok(person.every((row) => row.subject === `person:${personId}`))
  assert.deepEqual(await find({}), [])
})

test('what an open page read again by itself is told from what a person looked at; a change and a refusal never are', async () => {
  const token = await house.token('hangzhou.duty')
  const ask = (name: string, headers: Record<string, string>, payload: object = {}) =>
    house.app.inject({ method: 'POST', url: `/api/${name}`, headers: { authorization: `Bearer ${token}`, ...headers }, payload })
  const itself = { 'x-anlan-background': '1' }
  const last = async (name: string) => (await audit['privacy.list_trail']({ ask: name, limit: 1 })).rows[0]
  assert.equal((await ask('access.list_roles', itself)).statusCode, 200)
  assert.equal((await last('access.list_roles'))?.background, true)
  const { id } = (await last('access.list_roles')) ?? {}
  const people = await audit['privacy.list_trail']({ background: false })
  assert.ok(people.rows.length > 0 && people.rows.every((row) => row.id !== id))
  const counted = async () => (await audit['privacy.count_trail']({})).reduce((sum, day) => sum + day.allowed, 0)
  const before = await counted()
  await ask('access.list_roles', itself)
  const between = await counted()
  await ask('access.list_roles', {})
  const after = await counted()
  // The counting itself is an act of a person each time.
  assert.deepEqual([between - before, after - between], [1, 2])
  assert.equal((await last('access.list_roles'))?.background, false)
  await ask('privacy.list_trail', itself)
  assert.equal(
    (await audit['privacy.list_trail']({ ask: 'privacy.list_trail', outcome: 'refused', limit: 1 })).rows[0]?.background,
    false,
  )
  await ask('delivery.mark_read', itself)
  assert.equal((await last('delivery.mark_read'))?.background, false)
})
