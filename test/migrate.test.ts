import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { passwordOf } from '../src/base/db.ts'
import { repairLogin } from '../src/base/login.ts'
import { MigrationFault, migrate, readMigrations } from '../src/base/migrate.ts'
import { findCluster, onNewDatabase } from './harness.ts'

const cluster = await findCluster()
const admin = new pg.Client({ connectionString: cluster.adminUrl })
before(() => admin.connect())
after(async () => {
  await admin.end()
  await cluster.end()
})

async function onEmpty(work: (url: string) => Promise<void>): Promise<void> {
  const name = `t_${randomBytes(6).toString('hex')}`
  await admin.query(`create database ${name}`)
  const url = new URL(cluster.adminUrl)
  url.pathname = `/${name}`
  try {
    await work(url.href)
  } finally {
    await admin.query(`drop database ${name} with (force)`)
  }
}

async function ask<R extends pg.QueryResultRow>(url: string, sql: string): Promise<R[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<R>(sql)).rows
  } finally {
    await client.end()
  }
}

test('three processes that migrate at once leave one whole database', () =>
  onEmpty(async (url) => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url, cluster.secret)))
    assert.equal(applied.flat().length, readMigrations().length)
    assert.deepEqual(await migrate(url, cluster.secret), [])
  }))

test('databases of one server that are made at the same time do not refuse each other their logins', async () => {
  const password = passwordOf('anlan_trail', cluster.secret)
  const many = Array.from({ length: 4 }, async () => {
    for (let times = 0; times < 15; times++) await repairLogin(cluster.adminUrl, 'anlan_trail', password)
  })
  await Promise.all(many)
})

test('a database of a newer program is refused and left as it was', () =>
  onNewDatabase(cluster, async (url) => {
    await ask(url, `insert into public.anlan_migration (number, name, hash) values (999, '0999_later', 'x')`)
    await assert.rejects(
      migrate(url, cluster.secret),
      (error) => error instanceof MigrationFault && /比本程序/.test(error.message),
    )
    const rows = await ask<{ n: number }>(url, 'select count(*)::int as n from public.anlan_migration')
    assert.equal(rows[0]?.n, readMigrations().length + 1)
  }))

test('a schema file that changed after it was applied is refused', () =>
  onNewDatabase(cluster, async (url) => {
    const changed = readMigrations().map((migration, at) => (at === 1 ? { ...migration, hash: 'another' } : migration))
    await assert.rejects(migrate(url, cluster.secret, changed), MigrationFault)
  }))

test('a migration that fails halfway leaves nothing of itself', () =>
  onNewDatabase(cluster, async (url) => {
    const bad = {
      number: readMigrations().length + 1,
      name: 'bad',
      hash: 'h',
      sql: 'create table public.half (id int); select 1/0',
    }
    await assert.rejects(migrate(url, cluster.secret, [...readMigrations(), bad]), /bad/)
    assert.deepEqual(await ask(url, `select to_regclass('public.half') as there`), [{ there: null }])
  }))
