import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { connectBeside, databaseOf } from './maintain.ts'
import { UsageFault } from './talk.ts'

/** A place among the programs that work on one database. */
export interface Place {
  /** Settles when the place was lost for good: the database was exchanged while the server could not be reached. */
  readonly lost: Promise<void>
  leave(): Promise<void>
}

const room = 84_513
const key = 'hashtext($1) & 2147483647'

/**
 * Takes a place among the programs on this database: `beside` others, or `alone`. The place is a lock that the database server keeps
 * for one connection, so whoever dies leaves it. Throws a `UsageFault` that says who is there.
 */
export async function takePlace(adminUrl: string, word: string, how: 'beside' | 'alone'): Promise<Place> {
  const name = databaseOf(adminUrl)
  const title = `anlan ${word} ${process.pid}@${hostname()}`.slice(0, 60)
  const { promise: lost, resolve: lose } = Promise.withResolvers<void>()
  let left = false
  const take = async (): Promise<{ client: pg.Client; there: string | undefined }> => {
    const client = await connectBeside(adminUrl, title)
    try {
      await enter(client, name, how)
      const { rows } = await client.query<{ oid: string }>('select oid::text from pg_database where datname = $1', [name])
      return { client, there: rows[0]?.oid }
    } catch (error) {
      await client.end().catch(() => undefined)
      throw error
    }
  }
  let held = await take()
  const watch = () =>
    held.client.once('end', async () => {
      const before = held.there
      while (!left) {
        try {
          held = await take()
          if (held.there !== before) lose()
          watch()
          if (left) await held.client.end()
          return
        } catch (error) {
          // Somebody has the database alone now; anything else passes.
          if (error instanceof UsageFault) return lose()
          await sleep(500)
        }
      }
    })
  watch()
  return {
    lost,
    async leave() {
      left = true
      await held.client.end().catch(() => undefined)
    },
  }
}

async function enter(client: pg.Client, name: string, how: 'beside' | 'alone'): Promise<void> {
  const lock = how === 'alone' ? 'pg_try_advisory_lock' : 'pg_try_advisory_lock_shared'
  const { rows } = await client.query<{ held: boolean }>(`select ${lock}(${room}, ${key}) as held`, [name])
  if (rows[0]?.held) return
  const others = await whoIsThere(client, name)
  const who = others.length > 0 ? others.join(', ') : '?'
  throw new UsageFault(
    how === 'alone'
      ? `安澜正在使用这个数据库，请先停止：${who} / these programs of Anlan are on this database, stop them first: ${who}`
      : `数据库正在被整体替换，请稍后再试：${who} / the database is being replaced, try again later: ${who}`,
  )
}

/** Who has a place on a database, as they call themselves: word, process and host. */
export async function whoIsThere(client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query<{ who: string }>(
    `select distinct coalesce(nullif(activity.application_name, ''), 'pid ' || held.pid) as who
     from pg_locks held left join pg_stat_activity activity using (pid)
     where held.locktype = 'advisory' and held.classid = ${room} and held.objid = (${key})::bigint::oid and held.objsubid = 2 and held.granted
       and held.database = (select oid from pg_database where datname = current_database()) and held.pid <> pg_backend_pid()
     order by 1`,
    [name],
  )
  return rows.map(({ who }) => who)
}
