import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { Logger, runMigrations } from 'graphile-worker'
import pg from 'pg'
import { projectRoot } from './config.ts'
import { contextKey, logins, loginUrl, passwordOf } from './db.ts'
import { isSuperuser, setLogin } from './login.ts'

export class MigrationFault extends Error {
  override name = 'MigrationFault'
}

export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
  readonly hash: string
}

/** All rooms' schema files on their one number line. */
export function readMigrations(root = projectRoot): Migration[] {
  const files = globSync('src/*/schema/*.sql', { cwd: root })
  const found = files.map((file) => {
    const sql = readFileSync(join(root, file), 'utf8')
    const name = basename(file, '.sql')
    return { number: Number(name.slice(0, 4)), name, sql, hash: createHash('sha256').update(sql).digest('hex') }
  })
  found.sort((a, b) => a.number - b.number)
  found.forEach((migration, at) => {
    if (migration.number !== at + 1) throw new MigrationFault(`migration ${at + 1} is missing or doubled near ${migration.name}`)
  })
  return found
}

/**
 * Brings the database to this program's version; any number of processes may run it at once. Returns the names applied.
 * Throws a `MigrationFault` when the database was made by a newer program or a file changed after it was applied.
 */
export async function migrate(
  adminUrl: string,
  secret: string,
  migrations: readonly Migration[] = readMigrations(),
): Promise<string[]> {
  const client = new pg.Client({ connectionString: adminUrl, options: '-c timezone=UTC' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    // One migrator at a time in this database.
    await client.query('select pg_advisory_lock(845130017)')
    await prepareRoles(client, secret)
    await prepareQueue(client, adminUrl, secret)
    const applied = await apply(client, migrations)
    const { ipad, opad } = contextKey(secret)
    await client.query(
      'insert into access.context_key (ipad, opad) values ($1, $2) on conflict (one) do update set ipad = excluded.ipad, opad = excluded.opad',
      [ipad, opad],
    )
    return applied
  } finally {
    await client.end()
  }
}

async function prepareRoles(client: pg.Client, secret: string): Promise<void> {
  const { rows } = await client.query<{ rolname: string }>(`select rolname from pg_roles where rolname like 'anlan\\_%'`)
  const known = new Set(rows.map((row) => row.rolname))
  if (!known.has('anlan_definer')) await client.query('create role anlan_definer nologin bypassrls')
  const quiet = await isSuperuser(client)
  for (const login of logins) {
    if (!known.has(login)) await client.query(`create role ${login} login noinherit nobypassrls nocreatedb nocreaterole`)
    await setLogin(client, login, passwordOf(login, secret), quiet)
  }
  const { rows: place } = await client.query<{ name: string }>('select quote_ident(current_database()) as name')
  await client.query(`revoke all on database ${place[0]?.name} from public`)
  await client.query(`grant connect on database ${place[0]?.name} to ${logins.join(', ')}`)
  await client.query(`revoke create on schema public from public`)
}

/** The queue's tables belong to the worker's login, so that no other login can reach them. */
async function prepareQueue(client: pg.Client, adminUrl: string, secret: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>('select quote_ident(current_database()) as name')
  await client.query(`grant create on database ${rows[0]?.name} to anlan_worker`)
  await runMigrations({ connectionString: loginUrl(adminUrl, 'anlan_worker', secret), logger: new Logger(() => () => undefined) })
  await client.query(`revoke create on database ${rows[0]?.name} from anlan_worker`)
}

async function apply(client: pg.Client, migrations: readonly Migration[]): Promise<string[]> {
  await client.query(`create table if not exists public.anlan_migration (
    number int primary key, name text not null, hash text not null, applied_at timestamptz not null default now())`)
  const { rows } = await client.query<{ number: number; name: string; hash: string }>(
    'select number, name, hash from public.anlan_migration',
  )
  const done = new Map(rows.map((row) => [row.number, row]))
  const newest = Math.max(0, ...done.keys())
  if (newest > migrations.length)
    throw new MigrationFault(
      `数据库版本（${newest}）比本程序（${migrations.length}）新，未作更改；请使用新版程序 / ` +
        `the database (version ${newest}) was made by a newer program than this one (${migrations.length}); nothing was changed`,
    )
  const applied: string[] = []
  for (const migration of migrations) {
    const before = done.get(migration.number)
    if (before && before.hash !== migration.hash)
      throw new MigrationFault(
        `迁移 ${migration.name} 在应用后被修改，未作更改 / migration ${migration.name} was changed after it was applied; nothing was changed`,
      )
    if (before) continue
    await client.query('begin')
    try {
      await client.query(migration.sql)
      await client.query('insert into public.anlan_migration (number, name, hash) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        migration.hash,
      ])
      await client.query('commit')
    } catch (error) {
      await client.query('rollback')
      throw new MigrationFault(
        `迁移 ${migration.name} 失败，未作更改 / migration ${migration.name} failed: ${describe(error, migration.sql)}`,
      )
    }
    applied.push(migration.name)
  }
  return applied
}

function describe(error: unknown, sql: string): string {
  const { message, position } = error as pg.DatabaseError
  const line = position ? ` (line ${sql.slice(0, Number(position)).split('\n').length})` : ''
  return `${message}${line}`
}
