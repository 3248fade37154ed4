import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { clockWatch, watchClock } from '../src/base/clock.ts'
import type { RoomJobs } from '../src/base/job.ts'
import { openLog } from '../src/base/log.ts'
import { delivery } from '../src/delivery/contract.ts'
import { jobs } from '../src/rooms.ts'
import { openHouse } from './harness.ts'

const house = await openHouse()
const log = openLog('silent')
const system = house.as('hq.system', delivery)

test('a jump of the clock is noticed, whichever way; drift, slow answers and the time that passes are none', async () => {
  let [elapsed, shown] = [0, 1_000_000]
  let slow = 0
  const look = clockWatch(
    async () => {
      elapsed += slow
      return shown
    },
    () => elapsed,
  )
  const pass = (ms: number, clock = ms) => {
    elapsed += ms
    shown += clock
  }
  assert.equal(await look(), 0)
  pass(3_000)
  assert.equal(await look(), 0)
  pass(3_000, 3_400)
  assert.equal(await look(), 0, 'drift')
  slow = 10_000
  shown += 10_000
  assert.equal(await look(), 0, 'an answer that took ten seconds')
  slow = 0
  assert.equal(await look(), 0)
  pass(3_000, 86_403_000)
  assert.equal(Math.round((await look()) / 1000), 86_400)
  pass(3_000, 3_000 - 86_400_000)
  assert.equal(Math.round((await look()) / 1000), -86_400)
  assert.equal(await look(), 0)
})

test('whoever looks after the system is told of a jump once, whichever process saw it', async () => {
  await house.admin('delete from delivery.notice')
  for (let process = 0; process < 3; process++)
    await house.db.work(async (tx) => {
      for (const room of jobs) await room.jumped?.(tx, -86_400)
    })
  const { notices } = await system['delivery.list_notices']({})
  assert.equal(notices.length, 1)
  assert.match(notices[0]?.zh ?? '', /跳变 -86400 秒/)
})

test('a jump is told also when the database goes away just then', async () => {
  await house.admin('delete from delivery.notice')
  let [ahead, away] = [0, 0]
  const work: typeof house.db.work = (doing) =>
    away-- > 0 ? Promise.reject(Object.assign(new Error('gone'), { code: '57P01' })) : house.db.work(doing)
  const toldOf: number[] = []
  const room: RoomJobs = {
    tasks: {},
    on: {},
    clocks: [],
    anchor: async (tx) => {
      const { rows } = await sql<{ ms: number }>`select 1 as ms`.execute(tx)
      return rows.length - 1
    },
    jumped: async (_tx, seconds) => void toldOf.push(Math.round(seconds)),
  }
  const clock = async () => Date.now() + ahead
  const look = watchClock({ db: { ...house.db, work }, log }, [room], clock)
  await look()
  ahead = 7_200_000
  away = 1
  await assert.rejects(look(), /gone/)
  assert.deepEqual(toldOf, [])
  await look()
  await look()
  assert.deepEqual(toldOf, [7_200])
})
