import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openHouse } from '../../test/harness.ts'
import { watchWorkers } from './alive.ts'
import { readHealth, readQueue } from './health.ts'
import { queueJob, type RoomJobs, startWork } from './job.ts'
import { openLog } from './log.ts'
import { isConnectionLost, keepDoing, loopErrors } from './loop.ts'

const house = await openHouse()
const log = openLog(process.env.ANLAN_TEST_LOG ?? 'silent')
const { db } = house

interface Job {
  locked_by: string | null
  attempts: number
  waits: number
}
const jobNamed = async (name: string) =>
  (
    await house.admin<Job>(
      `select locked_by, attempts, extract(epoch from run_at - now())::float8 as waits from graphile_worker._private_jobs
       where task_id = (select id from graphile_worker._private_tasks where identifier = $1)`,
      [name],
    )
  )[0] as Job
const set = (name: string, columns: string) =>
  house.admin(
    `update graphile_worker._private_jobs set ${columns}
     where task_id = (select id from graphile_worker._private_tasks where identifier = $1)`,
    [name],
  )
async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  for (let looks = 0; !(await holds()); looks++) {
    assert.ok(looks < 1200, what)
    await sleep(50)
  }
}

test('connections that are cut again and again end neither the process nor the queue, and every job is done', async (t) => {
  const done = new Set<number>()
  const rooms: RoomJobs[] = [
    {
      tasks: {
        'test.count': async ({ n }, given) => {
          await given.db.work((tx) => tx.selectFrom('access.unit').select('id').limit(1).execute())
          done.add(n as number)
        },
      },
      on: {},
      clocks: [],
      quick: ['test.count'],
    },
  ]
  const work = startWork({ db, log, adminUrl: house.adminUrl, secret: house.secret, rooms, concurrency: 4 })
  t.after(() => work.stop())
  for (let n = 0; n < 120; n++) {
    await db.work((tx) => queueJob(tx, 'test.count', { n })).catch(() => void n--)
    if (n % 10 === 0)
      await house.admin(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'anlan_worker'`,
      )
  }
  await until('all jobs are done', () => done.size === 120)
  await until('the queue is empty', async () => (await readQueue(db)).waiting === 0)
})

test('what a dead process had taken is freed and its try does not count; what a living one holds stays', async () => {
  await db.work(async (tx) => {
    await queueJob(tx, 'test.dead', {})
    await queueJob(tx, 'test.living', {})
  })
  const living = watchWorkers({ db, me: 'living', quick: [] })
  const other = watchWorkers({ db, me: 'other', quick: [] })
  await set('test.dead', `locked_by = 'dead', locked_at = now(), attempts = 7`)
  await set('test.living', `locked_by = 'living', locked_at = now(), attempts = 7`)
  // Whatever the database's clock says: only beats count.
  for (let look = 0; look < 8; look++) {
    await living.beat()
    await other.beat()
  }
  assert.deepEqual([(await jobNamed('test.dead')).locked_by, (await jobNamed('test.dead')).attempts], [null, 6])
  assert.deepEqual([(await jobNamed('test.living')).locked_by, (await jobNamed('test.living')).attempts], ['living', 7])
  await house.admin('delete from graphile_worker._private_jobs')
})

test('however often an alert failed, its next try is seconds away; what nobody waits for backs off and is given up', async () => {
  await db.work(async (tx) => {
    await queueJob(tx, 'test.quick', {})
    await queueJob(tx, 'test.slow', {})
  })
  const spent = `attempts = max_attempts, run_at = now() + interval '6 hours', created_at = now() - interval '2 minutes'`
  await set('test.quick', spent)
  await set('test.slow', spent)
  assert.equal((await readQueue(db)).givenUp, 2)
  const rooms: RoomJobs[] = [{ tasks: {}, on: {}, clocks: [], quick: ['test.quick'], late: { letters: async () => 3 } }]
  assert.deepEqual((await readHealth(db, rooms)).late, { alerts: 1, letters: 3 })
  await watchWorkers({ db, me: 'me', quick: ['test.quick'] }).beat()
  const { waits, attempts } = await jobNamed('test.quick')
  assert.ok(waits <= 5 && attempts === 24, `${waits} ${attempts}`)
  assert.ok((await jobNamed('test.slow')).waits > 3600)
  const { givenUp, oldestSeconds } = await readQueue(db)
  assert.equal(givenUp, 1)
  assert.ok(oldestSeconds >= 120)
  await house.admin('delete from graphile_worker._private_jobs')
})

test('an error in a loop is counted, told in the metrics, and the loop goes on', async () => {
  const ending = new AbortController()
  let turns = 0
  await keepDoing('test.loop', { everyMs: 1, log, signal: ending.signal }, async () => {
    if (++turns < 4) throw new Error('unexpected')
    ending.abort()
    return false
  })
  assert.equal(turns, 4)
  assert.equal(loopErrors()['test.loop'], 3)
  const { body } = await house.app.inject({ url: '/metrics' })
  assert.match(body, /anlan_loop_errors_total\{loop="test\.loop"\} 3/)
  assert.match(body, /anlan_queue_jobs\{state="given_up"\} 0/)
  assert.match(body, /anlan_late\{what="escalations"\} 0/)
})

test('what a lost connection looks like', () => {
  const lost = [
    Object.assign(new Error('x'), { code: '57P01' }),
    new Error('Connection terminated unexpectedly'),
    Object.assign(new AggregateError([Object.assign(new Error(''), { code: 'ECONNREFUSED' })], ''), {}),
    Object.assign(new Error('connect ENOENT /x/.s.PGSQL.5432'), { code: 'ENOENT', syscall: 'connect' }),
    new Error('Client has encountered a connection error and is not queryable'),
  ]
  for (const error of lost) assert.equal(isConnectionLost(error), true, error.message)
  const others = [
    new TypeError('x is not a function'),
    Object.assign(new Error('x'), { code: '23505' }),
    Object.assign(new Error('x'), { code: 'ENOENT', syscall: 'open' }),
    ...['text', null],
  ]
  for (const error of others) assert.equal(isConnectionLost(error), false)
})
