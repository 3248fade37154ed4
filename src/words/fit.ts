import pg from 'pg'
import { contextKey, loginUrl } from '../base/db.ts'
import { whoIsThere } from './house.ts'
import { connectBeside, databaseOf } from './maintain.ts'
import { say, UsageFault } from './talk.ts'

/**
 * Sees to it that a secret is the one of the installation: the program's logins belong to the whole database server, and another secret
 * would take them from everybody who works on it. Where nobody does, a new secret takes the place of the lost one, and that is said.
 */
export async function mustFit(adminUrl: string, secret: string): Promise<void> {
  const name = databaseOf(adminUrl)
  const own = await knowsKey(adminUrl, secret)
  if (own === true) return
  const logins = await opensLogin(adminUrl, secret)
  if (own === null && logins) return
  const server = await connectBeside(adminUrl)
  try {
    const { rows } = await server.query<{ name: string }>(
      `select datname as name from pg_database where datname <> $1 and exists (
         select from aclexplode(datacl) held join pg_roles role on role.oid = held.grantee where role.rolname = 'anlan_worker') order by 1`,
      [name],
    )
    const others = rows.map((row) => row.name).filter((one) => !isSpare(one, name))
    const there = (await Promise.all([name, ...others].map((one) => whoIsThere(server, one)))).flat()
    const mine = new RegExp(`^anlan .* ${process.pid}@`)
    const who = there.filter((one) => !mine.test(one))
    if (!logins && (others.length > 0 || who.length > 0))
      throw new UsageFault(
        `这台数据库服务器上已有使用另一密钥的安澜（${[...others, ...who].join('，')}），未作任何更改；请使用同一 ANLAN_SECRET，或另用一台数据库服务器 / ` +
          `an installation with another secret is on this database server (${[...others, ...who].join(', ')}); nothing was changed. ` +
          'Use its ANLAN_SECRET, or another database server.',
      )
    if (own === false && who.length > 0)
      throw new UsageFault(
        `数据库“${name}”由另一密钥签发，且正在使用中（${who.join('，')}），未作任何更改 / ` +
          `the database “${name}” is signed with another secret and in use (${who.join(', ')}); nothing was changed`,
      )
    if (own === false)
      say(
        `注意：密钥与数据库“${name}”原来的不同，已改用新密钥；数据不受影响。/ The secret is not the one that “${name}” had; the new one counts from now on, the data stays.`,
      )
  } finally {
    await server.end().catch(() => undefined)
  }
}

/** What a replacement leaves beside a database belongs to it. */
const isSpare = (one: string, name: string) => one === `${name}_next` || one.startsWith(`${name}_before_`)

/** Whether the database signs with this secret; null when it signs with none yet. */
async function knowsKey(adminUrl: string, secret: string): Promise<boolean | null> {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const { rows: known } = await client.query<{ there: string | null }>(`select to_regclass('access.context_key') as there`)
    if (!known[0]?.there) return null
    const { rows } = await client.query<{ ipad: Buffer }>('select ipad from access.context_key')
    return rows[0] ? rows[0].ipad.equals(contextKey(secret).ipad) : null
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Whether the program's logins are not there yet, or open with this secret. */
async function opensLogin(adminUrl: string, secret: string): Promise<boolean> {
  const server = await connectBeside(adminUrl)
  try {
    const { rowCount } = await server.query(`select from pg_roles where rolname = 'anlan_worker'`)
    if (rowCount === 0) return true
  } finally {
    await server.end().catch(() => undefined)
  }
  const client = new pg.Client({ connectionString: loginUrl(adminUrl, 'anlan_worker', secret), connectionTimeoutMillis: 10_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch (error) {
    return (error as { code?: string }).code !== '28P01'
  } finally {
    await client.end().catch(() => undefined)
  }
}
