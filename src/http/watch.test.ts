import assert from 'node:assert/strict'
import { test } from 'node:test'
import Fastify from 'fastify'
import { sql } from 'kysely'
import { openHouse } from '../../test/harness.ts'
import { type Health, readHealth, unwell } from '../base/health.ts'
import { openMetrics, type Watched } from '../base/metrics.ts'
import { registerWatch } from './watch.ts'

const well: Health = { database: true, late: {}, outwardHeld: false }

/** A database that takes every connection and answers once it is let. */
function openSilent() {
  let looks = 0
  let answer: () => void = () => undefined
  const answered = new Promise<void>((done) => {
    answer = done
  })
  const look = async <T>(found: T): Promise<T> => {
    looks += 1
    await answered
    return found
  }
  return { look, answer: () => answer(), looks: () => looks }
}

test('a database that never answers is told within the time, whoever asks how often, and is looked at once', async () => {
  const app = Fastify()
  const [forHealth, forMetrics] = [openSilent(), openSilent()]
  const figures = { waiting: 3, givenUp: 0, oldestSeconds: 0, errors: { clock: 2 } }
  const metrics = openMetrics(() => forMetrics.look<Watched>({ queue: figures, health: well }), 5)
  registerWatch(app, {
    token: undefined,
    proxied: false,
    health: () => forHealth.look(well),
    metrics: () => metrics.text(7),
    withinMs: 5,
  })
  const ask = (url: string, remoteAddress = '127.0.0.1') => app.inject({ url, remoteAddress })
  for (let round = 0; round < 3; round++) {
    const asked = [ask('/healthz'), ask('/healthz'), ask('/healthz', '10.0.0.1'), ask('/healthz', '10.0.0.2')]
    for (const { statusCode, body } of await Promise.all(asked)) {
      assert.equal(statusCode, 503)
      assert.equal(JSON.parse(body).ok, false)
    }
    for (const { statusCode, body } of await Promise.all([ask('/metrics'), ask('/metrics')])) {
      assert.equal(statusCode, 200)
      assert.match(body, /^anlan_open_pages 7$/m)
      assert.doesNotMatch(body, /anlan_queue_jobs\{/)
    }
  }
  assert.deepEqual([forHealth.looks(), forMetrics.looks()], [1, 1])
  forHealth.answer()
  forMetrics.answer()
  while ((await ask('/healthz')).statusCode !== 200) await new Promise((done) => setImmediate(done))
  const both = await Promise.all([ask('/metrics'), ask('/metrics')])
  for (const { body } of both) assert.match(body, /^anlan_loop_errors_total\{loop="clock"\} 2$/m)
  await app.close()
})

test('a look that the database does not answer gives its connection back to those who work', async () => {
  const house = await openHouse()
  for (let times = 0; times < 12; times++) await assert.rejects(house.db.work((tx) => sql`select pg_sleep(30)`.execute(tx), 5))
  assert.deepEqual(await house.db.work(async () => 'works'), 'works')
  for (let times = 0; times < 12; times++) await assert.rejects(house.db.query('anlan_door', { text: 'select pg_sleep(30)' }, 5))
  assert.deepEqual(await house.db.query('anlan_door', { text: 'select 1 as one' }, 5_000), [{ one: 1 }])
  const late = { late: { sleepers: (tx: never) => sql`select pg_sleep(30)`.execute(tx) } }
  assert.deepEqual(await readHealth(house.db, [{ tasks: {}, on: {}, clocks: [], ...late }] as never, 5), unwell)
})
