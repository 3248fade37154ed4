import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { connectBeside, databaseOf, withDatabase } from './maintain.ts'
import { UsageFault } from './talk.ts'

/** The steps of a replacement, where a test may end it. */
export type Step = 'made' | 'migrated' | 'filling' | 'filled' | 'checked' | 'exchanged' | 'dropped'
export type AtStep = (step: Step) => Promise<void> | void

const quote = pg.escapeIdentifier
/** Names have 63 bytes; a cut name still tells whose it is. */
const stem = (name: string) => Buffer.from(name).subarray(0, 40).toString().replaceAll('\ufffd', '')
const nextOf = (name: string) => `${stem(name)}_next`
const beforeOf = (name: string) => `${stem(name)}_before_`

/**
 * Replaces a database whole or not at all: `build` makes the new one beside it, and both change names in one transaction. Killed at any
 * moment, the old one is there or the new one is. The caller holds the place alone. `keep`: the old one stays under another name.
 */
export async function replaceDatabase<T>(
  adminUrl: string,
  build: (url: string) => Promise<T>,
  { keep = false, at = () => undefined }: { readonly keep?: boolean; readonly at?: AtStep } = {},
): Promise<{ readonly result: T; readonly kept: string | null }> {
  const name = databaseOf(adminUrl)
  const next = nextOf(name)
  const before = `${beforeOf(name)}${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_')}`
  await beside(adminUrl, async (server) => {
    await mustMake(server, name)
    await drop(server, next)
    await makeLike(server, name, next)
  })
  let result: T
  try {
    await at('made')
    result = await build(withDatabase(adminUrl, next))
    await at('checked')
    await beside(adminUrl, (server) => exchange(server, { name, next, before }))
  } catch (error) {
    await beside(adminUrl, (server) => drop(server, next)).catch(() => undefined)
    throw error
  }
  await at('exchanged')
  if (!keep) await beside(adminUrl, (server) => drop(server, before))
  await at('dropped')
  return { result, kept: keep ? before : null }
}

/** What an earlier replacement left: an unfinished new database, and old ones that were kept. */
export async function findLeftovers(adminUrl: string): Promise<{ unfinished: boolean; before: string[] }> {
  const name = databaseOf(adminUrl)
  return beside(adminUrl, async (server) => {
    const { rows } = await server.query<{ name: string }>(
      'select datname as name from pg_database where datname = $1 or starts_with(datname, $2) order by 1',
      [nextOf(name), beforeOf(name)],
    )
    const names = rows.map((row) => row.name)
    return { unfinished: names.includes(nextOf(name)), before: names.filter((one) => one !== nextOf(name)) }
  })
}

/** Drops what earlier replacements left. Answers with the names. */
export async function dropLeftovers(adminUrl: string, which: 'unfinished' | 'all'): Promise<string[]> {
  const { unfinished, before } = await findLeftovers(adminUrl)
  const names = [...(unfinished ? [nextOf(databaseOf(adminUrl))] : []), ...(which === 'all' ? before : [])]
  await beside(adminUrl, async (server) => {
    for (const name of names) await drop(server, name)
  })
  return names
}

async function beside<T>(adminUrl: string, work: (server: pg.Client) => Promise<T>): Promise<T> {
  const server = await connectBeside(adminUrl)
  try {
    return await work(server)
  } finally {
    await server.end().catch(() => undefined)
  }
}

/** Says before anything is done that this login may not make and rename databases. */
async function mustMake(server: pg.Client, name: string): Promise<void> {
  const { rows } = await server.query<{ makes: boolean; owns: boolean }>(
    `select rolsuper or rolcreatedb as makes,
      rolsuper or exists (select from pg_database where datname = $1 and pg_has_role(datdba, 'usage')) as owns
     from pg_roles where rolname = current_user`,
    [name],
  )
  if (rows[0]?.makes && rows[0].owns) return
  throw new UsageFault(
    `DATABASE_URL 的登录角色须能新建数据库（CREATEDB）并拥有数据库“${name}”：替换在第二个数据库中完成，核对后才换名。未作任何更改。/ ` +
      `the login of DATABASE_URL must be allowed to make databases (CREATEDB) and own “${name}”: a replacement is made in a second ` +
      'database and takes its name after it was checked. Nothing was changed.',
  )
}

/** An empty database that sorts and compares text as the other does. */
async function makeLike(server: pg.Client, name: string, made: string): Promise<void> {
  const { rows } = await server.query<{ collate: string; ctype: string; provider: string; locale: string | null }>(
    `select datcollate as collate, datctype as ctype, datlocprovider::text as provider,
      coalesce(to_jsonb(one) ->> 'datlocale', to_jsonb(one) ->> 'daticulocale') as locale from pg_database one where datname = $1`,
    [name],
  )
  const like = rows[0]
  if (!like) throw new Error(`no database ${name}`)
  const text = pg.escapeLiteral
  const locale =
    like.provider === 'b'
      ? ` locale_provider builtin builtin_locale ${text(like.locale ?? 'C.UTF-8')}`
      : like.provider === 'i'
        ? ` locale_provider icu icu_locale ${text(like.locale ?? 'und')}`
        : ' locale_provider libc'
  await server.query(
    `create database ${quote(made)} template template0 encoding 'UTF8' lc_collate ${text(like.collate)} lc_ctype ${text(like.ctype)}${locale}`,
  )
}

const drop = (server: pg.Client, name: string) => server.query(`drop database if exists ${quote(name)} with (force)`)

/** Both new names in one transaction. Whoever still looks into one of the two, such as a tool of the operator's, is sent away first. */
async function exchange(
  server: pg.Client,
  { name, next, before }: { name: string; next: string; before: string },
): Promise<void> {
  for (let tries = 1; ; tries++) {
    await server.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname in ($1, $2) and pid <> pg_backend_pid()',
      [name, next],
    )
    try {
      await server.query('begin')
      await server.query(`alter database ${quote(name)} rename to ${quote(before)}`)
      await server.query(`alter database ${quote(next)} rename to ${quote(name)}`)
      await server.query('commit')
      return
    } catch (error) {
      await server.query('rollback').catch(() => undefined)
      // Somebody came back in between.
      if ((error as { code?: string }).code !== '55006' || tries >= 10) throw error
      await sleep(100)
    }
  }
}
