import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { loadActor } from '../src/access/actor.ts'
import { access } from '../src/access/contract.ts'
import { type Actor, loginUrl, openDb } from '../src/base/db.ts'
import { response } from '../src/response/contract.ts'

// Logins are the cluster's: what is done to them here must not reach other test files.
delete process.env.ANLAN_TEST_CLUSTER
const { openHouse } = await import('./harness.ts')
const house = await openHouse()

async function actorOf(login: string): Promise<Actor> {
  const [person] = await house.admin<{ id: number }>('select id from access.person where login = $1', [login])
  const actor = await house.db.door((tx) => loadActor(tx, person?.id ?? 0))
  assert.ok(actor)
  return actor
}
const inject = async (login: string, right: string, text: string) =>
  house.db.write(await actorOf(login), right, (tx) => sql.raw(text).execute(tx))

test('a login that an injected statement gave another password or other defaults is set right, and everybody goes on', async () => {
  await inject('hangzhou.duty', 'response.handle', "alter role anlan_branch password 'evil'")
  await inject('hangzhou.duty', 'response.handle', "alter role anlan_branch set lock_timeout = '1ms'")
  await inject('hangzhou.duty', 'response.handle', 'alter role anlan_branch set default_transaction_read_only = on')
  await repairedOnce()
})

test('nor do defaults that it keeps in this one database reach anybody', async () => {
  const [here] = await house.admin<{ name: string }>('select quote_ident(current_database()) as name')
  await inject('hangzhou.duty', 'response.handle', `alter role anlan_branch in database ${here?.name} set lock_timeout = '1ms'`)
  await repairedOnce()
})

test('the door, too, opens with what is ours', async () => {
  await house.db.door((tx) => sql`alter role anlan_door set default_transaction_read_only = on`.execute(tx))
  const fresh = openDb(house.adminUrl, house.secret)
  const [found] = await fresh.query<{ only: string }>('anlan_door', {
    text: "select current_setting('transaction_read_only') as only",
  })
  assert.deepEqual(found, { only: 'off' })
  await fresh.door((tx) => sql`set lock_timeout = '1ms'`.execute(tx))
  const [next] = await fresh.query<{ lock: string }>('anlan_door', { text: "select current_setting('lock_timeout') as lock" })
  assert.deepEqual(next, { lock: '0' })
  await fresh.close()
})

async function repairedOnce(): Promise<void> {
  const repaired: string[] = []
  const fresh = openDb(house.adminUrl, house.secret, (login) => repaired.push(login))
  const officer = await actorOf('hangzhou.duty')
  const { rows } = await fresh.write(officer, 'response.handle', (tx) =>
    sql<{
      lock: string
      only: string
    }>`select current_setting('lock_timeout') as lock, current_setting('transaction_read_only') as only`.execute(tx),
  )
  assert.deepEqual(rows, [{ lock: '0', only: 'off' }])
  assert.ok(repaired.includes('anlan_branch'))
  await fresh.close()
  const evil = new URL(loginUrl(house.adminUrl, 'anlan_branch', house.secret))
  evil.password = 'evil'
  await assert.rejects(new pg.Client({ connectionString: evil.href }).connect(), { code: '28P01' })
}

test('a login by itself, with the right password and no signed context, sees no row of any unit', async () => {
  const own = new pg.Client({ connectionString: loginUrl(house.adminUrl, 'anlan_group', house.secret) })
  await own.connect()
  const { rows } = await house
    .admin<{ name: string }>(
      `select distinct table_schema || '.' || quote_ident(table_name) as name from information_schema.role_column_grants
     where grantee = 'anlan_group' and privilege_type = 'SELECT' order by 1`,
    )
    .then((found) => ({ rows: found }))
  const seen: string[] = []
  for (const { name } of rows) {
    const { rowCount } = await own.query(`select 1 from ${name} limit 1`)
    if (rowCount) seen.push(name)
  }
  await own.end()
  // The tree of units, what roles and limits there are, and how the installation is set: no secret inside the group.
  const open = [
    'access.administrator_right',
    'access.role',
    'access.role_right',
    'access.unit',
    'base.setting',
    'delivery.template',
    'response.clock_policy',
  ]
  assert.deepEqual(
    seen.filter((name) => !open.includes(name)),
    [],
  )
  assert.ok(rows.length > 12)
})

test('an ask holds no session lock and leaves nothing in its connection', async () => {
  const officer = await actorOf('hangzhou.duty')
  const read = (text: string) => house.db.read(officer, 'response.read', (tx) => sql.raw(text).execute(tx as never))
  await assert.rejects(read('select pg_advisory_lock(845130018)'), { code: '42501' })
  for (const text of ["set lock_timeout = '1ms'", "prepare enter (text, text) as select 'mine'", 'listen anlan_change'])
    await read(text)
  for (let at = 0; at < 10; at++) {
    const { rows } = (await read(
      `select current_setting('lock_timeout') as lock, (select count(*)::int from pg_prepared_statements where name <> '') as kept,
         (select count(*)::int from pg_listening_channels()) as heard`,
    )) as { rows: unknown[] }
    assert.deepEqual(rows, [{ lock: '0', kept: 0, heard: 0 }])
  }
  await house.as('hangzhou.duty', response)['response.list_cases']({})
  await house.as('hangzhou.duty', access)['access.list_people']({})
})
