import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { openDb } from '../src/base/db.ts'
import { startEmbedded } from '../src/base/embedded.ts'
import { migrate } from '../src/base/migrate.ts'

const parent = await mkdtemp(join(tmpdir(), 'anlan-quiet-'))
const directory = join(parent, 'data')
await chmod(parent, 0o755)
const embedded = await startEmbedded(directory)
after(async () => {
  await embedded.stop()
  await rm(parent, { recursive: true, force: true })
})

test('a value that the database refuses does not reach its log, whoever sends it', async () => {
  await migrate(embedded.adminUrl, embedded.secret)
  const db = openDb(embedded.adminUrl, embedded.secret)
  const secret = 'Jan 1 2020 (张三 13800000000)'
  await assert.rejects(
    db.door((tx) =>
      db
        .pool('anlan_branch')
        .query('select $1::text::int', [secret])
        .then(() => tx),
    ),
  )
  await assert.rejects(db.pool('anlan_worker').query('select $1::timestamptz', [secret]))
  // Only what the server says of itself is written.
  const own = new pg.Client({ connectionString: embedded.adminUrl })
  await own.connect()
  await own.query('checkpoint')
  await own.query("do $$ begin raise log 'written by the test'; end $$")
  await own.end()
  await db.close()
  const log = await readFile(join(directory, 'postgres.log'), 'utf8')
  assert.match(log, /written by the test/)
  assert.doesNotMatch(log, /张三|13800000000/)
})

test('the logins stay quiet on a server whose own log is loud', async () => {
  const admin = new pg.Client({ connectionString: embedded.adminUrl })
  await admin.connect()
  const { rows } = await admin.query<{ rolname: string; rolconfig: string[] }>(
    "select rolname, rolconfig from pg_roles where rolname ~ '^anlan_(door|branch|region|group|several|worker)$'",
  )
  await admin.end()
  assert.equal(rows.length, 6)
  for (const { rolname, rolconfig } of rows) assert.ok(rolconfig?.includes('log_min_messages=log'), rolname)
})

test('nobody but the owner reads what lies in the data folder', { skip: process.platform === 'win32' }, async () => {
  for (const [file, mode] of [
    ['', process.getuid?.() === 0 ? 0o711 : 0o700],
    ['secret', 0o600],
    ['postgres.log', 0o600],
    ['postgres', 0o700],
  ] as const)
    assert.equal(((await stat(join(directory, file))).mode & 0o777).toString(8), mode.toString(8), file)
})
