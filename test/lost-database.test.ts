import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { access } from '../src/access/contract.ts'
import { startEmbedded } from '../src/base/embedded.ts'
import { readLock } from '../src/base/server-lock.ts'
import { openHouse, Refused } from './harness.ts'

test('asks whose connections break are refused as busy or answered, and the next one is answered', async () => {
  const house = await openHouse()
  const me = house.as('hangzhou.duty', access)
  await me['access.list_units']({})
  let done = false
  let answered = 0
  const asking = Promise.all(
    Array.from({ length: 6 }, async () => {
      while (!done)
        await me['access.list_units']({}).then(
          () => void answered++,
          (error: unknown) => assert.ok(error instanceof Refused && error.code === 'busy', String(error)),
        )
    }),
  )
  for (let turn = 0; turn < 8; turn++) {
    const before = answered
    for (let looks = 0; answered === before; looks++) {
      assert.ok(looks < 3_000, 'nothing is answered any more')
      await sleep(10)
    }
    await house.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename like 'anlan%'`,
    )
  }
  done = true
  await asking
  assert.ok((await me['access.list_units']({})).length > 30)
})

test('an embedded server that was killed is started again at the same port with what it had', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'anlan-lost-'))
  await chmod(directory, 0o755)
  let server = await startEmbedded(directory)
  t.after(async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  })
  const ask = async (sql: string) => {
    const client = new pg.Client({ connectionString: server.adminUrl })
    client.on('error', () => undefined)
    await client.connect()
    return client.query(sql).finally(() => client.end())
  }
  await ask('create table kept as select 7 as n')
  const postmaster = async () => {
    const lock = await readLock(join(directory, 'postgres'))
    assert.ok(lock)
    return lock.pid
  }
  const isBack = async () => {
    for (let tries = 0; ; tries++) {
      const found = await ask('select n from kept').catch(() => null)
      if (found) return assert.deepEqual(found.rows, [{ n: 7 }])
      assert.ok(tries < 600, 'it never came back')
      await sleep(100)
    }
  }
  process.kill(await postmaster(), 'SIGKILL')
  await isBack()
  // One that is told to stop and cannot: what should write its last page does not answer.
  const { rows } = await ask(`select pid from pg_stat_activity where backend_type = 'checkpointer'`)
  process.kill(rows[0].pid, 'SIGSTOP')
  process.kill(await postmaster(), 'SIGINT')
  await isBack()
  // A power cut may leave a lock without a word in it, and the server itself starts beside none.
  await server.stop()
  await writeFile(join(directory, 'postgres/postmaster.pid'), '', { mode: 0o600 })
  server = await startEmbedded(directory)
  await isBack()
})
