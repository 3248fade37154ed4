import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { quietLog } from './quiet-log.ts'

/**
 * Gives a login of the database the password it should have and no settings but ours. A login may change its own password and defaults,
 * and PostgreSQL knows no way to forbid it: what SQL that slipped into an ask left there ends here.
 */
export async function setLogin(admin: pg.ClientBase, login: string, password: string, quiet: boolean): Promise<void> {
  await alter(admin, `alter role ${login} password '${password}'`)
  await alter(admin, `alter role ${login} reset all`)
  // A login may also keep defaults for itself in one database, which the line above leaves.
  const { rows } = await admin.query<{ name: string }>(
    `select quote_ident(datname) as name from pg_db_role_setting join pg_database on pg_database.oid = setdatabase
      where setrole = $1::regrole`,
    [login],
  )
  for (const { name } of rows) await alter(admin, `alter role ${login} in database ${name} reset all`)
  // What people write stays out of the database's log; only a superuser may say so.
  if (quiet)
    for (const [name, value] of Object.entries(quietLog)) await alter(admin, `alter role ${login} set ${name} = '${value}'`)
}

const mostTries = 50

/** Logins belong to the whole server: whoever makes or restores another of its databases alters them too, and one of the two is refused. */
async function alter(admin: pg.ClientBase, statement: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await admin.query(statement)
      return
    } catch (error) {
      const { code, message, schema } = error as pg.DatabaseError
      const met = (code === 'XX000' && message.startsWith('tuple concurrently')) || (code === '23505' && schema === 'pg_catalog')
      if (!met || tries === mostTries) throw error
      await sleep(20 * Math.random())
    }
  }
}

export async function isSuperuser(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ rolsuper: boolean }>('select rolsuper from pg_roles where rolname = current_user')
  return rows[0]?.rolsuper === true
}

/** Sets a login right again by the account that owns the database. */
export async function repairLogin(adminUrl: string, login: string, password: string): Promise<void> {
  const admin = new pg.Client({ connectionString: adminUrl })
  admin.on('error', () => undefined)
  await admin.connect()
  try {
    await setLogin(admin, login, password, await isSuperuser(admin))
  } finally {
    await admin.end().catch(() => undefined)
  }
}

/** Whether the defaults of the login that this connection came in by are ours, everywhere and in this database. */
export async function hasOwnSettings(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ set: string }>(
    'select unnest(setconfig) as set from pg_db_role_setting where setrole = session_user::regrole',
  )
  const ours = Object.entries(quietLog).map(([name, value]) => `${name}=${value}`)
  return rows.every(({ set }) => ours.includes(set))
}
