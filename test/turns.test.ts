import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { access } from '../src/access/contract.ts'
import { openTurns } from '../src/base/rate.ts'
import { monitoring } from '../src/monitoring/contract.ts'
import { openHouse } from './harness.ts'

test('however many asks of one person wait in the database, others of their tier are answered', async () => {
  const house = await openHouse()
  const holder = new pg.Client({ connectionString: house.adminUrl })
  await holder.connect()
  await house.token('ningbo.duty')
  await holder.query('begin; lock table monitoring.rule in access exclusive mode')
  const waiting = async () =>
    (
      await house.admin<{ n: number }>(`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and usename = 'anlan_branch' and wait_event_type = 'Lock'`)
    )[0]?.n ?? 0
  const mine = Array.from({ length: 30 }, () => house.as('hangzhou.duty', monitoring)['monitoring.list_rules']({}))
  while ((await waiting()) < 3) await new Promise((done) => setImmediate(done))
  assert.ok((await house.as('ningbo.duty', access)['access.list_units']({})).length > 0)
  assert.equal(await waiting(), 3)
  await holder.query('rollback')
  for (const rules of await Promise.all(mine)) assert.ok(Array.isArray(rules))
  await holder.end()
})

test('each has turns of their own, the same thing counts once, and a failure leaves a turn free', async () => {
  const inTurn = openTurns(2)
  const going: string[] = []
  const over = new Map<string, () => void>()
  const begin = (who: number, what: string, name = what) =>
    inTurn(who, what, () => {
      going.push(name)
      const { promise, resolve, reject } = Promise.withResolvers<string>()
      over.set(name, () => (name.startsWith('fail') ? reject(new Error(name)) : resolve(name)))
      return promise
    }).catch((error: Error) => error.message)
  const settled = async () => {
    for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve()
    return going.join(' ')
  }
  const all = [begin(1, 'a'), begin(1, 'fail'), begin(1, 'c'), begin(1, 'a', 'again'), begin(1, 'd'), begin(2, 'e')]
  assert.equal(await settled(), 'a fail again e')
  over.get('fail')?.()
  assert.equal(await settled(), 'a fail again e c')
  over.get('a')?.()
  assert.equal(await settled(), 'a fail again e c')
  over.get('again')?.()
  assert.equal(await settled(), 'a fail again e c d')
  for (const name of ['c', 'd', 'e']) over.get(name)?.()
  assert.deepEqual(await Promise.all(all), ['a', 'fail', 'c', 'again', 'd', 'e'])
})
