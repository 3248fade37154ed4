import { createHmac } from 'node:crypto'
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import type { DB } from '../../db/types.ts'
import { hasOwnSettings, repairLogin } from './login.ts'

declare const scoped: unique symbol
declare const atDoor: unique symbol
declare const atWork: unique symbol

/** A transaction in which the database already knows who is asking and for which right. No query can be written without one. */
export type Tx = Kysely<DB> & { readonly [scoped]: true }
/** The same, reading one snapshot. A writer cannot take it, and the database refuses writes in it. */
export type ReadTx = Pick<Tx, 'selectFrom' | 'selectNoFrom' | 'with' | 'fn' | 'getExecutor' | typeof scoped>
/** A transaction at the door: sign-in and sessions, before anybody is known. Sees units, people's logins, credentials, sessions. */
export type DoorTx = Kysely<DB> & { readonly [atDoor]: true }
/** A transaction of the program itself: intake, jobs and clocks, over all units. Only jobs and command words open one. */
export type WorkTx = Kysely<DB> & { readonly [atWork]: true }

export type Tier = 'branch' | 'region' | 'group' | 'several'

/** Where a right is held: the login that answers, and the units that it may show (empty for the group). */
export interface Scope {
  readonly tier: Tier
  readonly units: readonly number[]
}

/** Somebody signed in, with what they may do compiled for one look-up. */
export interface Actor {
  readonly personId: number
  readonly epoch: number
  /** When it was compiled, by the database's clock. */
  readonly asOf: string
  /** When, by the same clock, one of the grants begins or ends: from then on it says no longer what this person may do. */
  readonly until: string | null
  readonly scopes: ReadonlyMap<string, Scope>
}

/** The context that the program signed is no longer what the grants say. Compile the actor anew and ask once more. */
export class StaleContext extends Error {
  override name = 'StaleContext'
}

export const logins = [
  'anlan_branch',
  'anlan_region',
  'anlan_group',
  'anlan_several',
  'anlan_door',
  'anlan_worker',
  'anlan_trail',
] as const
export type Login = (typeof logins)[number]

/** A login's password. Derived, so that one secret is all an installation has to keep. */
export const passwordOf = (login: Login, secret: string) => createHmac('sha256', secret).update(`login|${login}`).digest('hex')

/** The key that signs contexts, padded for HMAC (RFC 2104) as the database keeps it. */
export function contextKey(secret: string): { key: Buffer; ipad: Buffer; opad: Buffer } {
  const key = createHmac('sha256', secret).update('context key').digest()
  const pad = (byte: number) => Buffer.alloc(64, byte).map((value, at) => value ^ (key[at] ?? 0)) as Buffer
  return { key, ipad: pad(0x36), opad: pad(0x5c) }
}

export function loginUrl(adminUrl: string, login: Login, secret: string): string {
  const url = new URL(adminUrl)
  url.username = login
  url.password = passwordOf(login, secret)
  return url.href
}

// Sequences start at 1 and times are kept to the millisecond: both fit what JSON and JavaScript carry exactly.
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.DATE, (value) => value)
pg.types.setTypeParser(pg.types.builtins.TIMESTAMPTZ, (value) => new Date(`${value.replace(' ', 'T')}:00`).toISOString())

const connectionsOf: Record<Login, number> = {
  anlan_branch: 8,
  anlan_region: 6,
  anlan_group: 8,
  anlan_several: 6,
  anlan_door: 6,
  anlan_worker: 6,
  anlan_trail: 2,
}

/**
 * A connection that nobody uses stays so long: a new one takes 50 ms, its first statement as much again, and more where processors are busy,
 * which is when more of them are wanted.
 */
const idleMs = 300_000
/** So many of those that people's asks need are opened beforehand: as many as one person's asks take at once. */
const openedBeforehand = 3

/** No statement of a person's ask runs longer: it would hold a connection that others wait for. */
const longestMs = 60_000

/** Opens one small pool for each login. `adminUrl` tells host and database; its own login is used only to set
 * right a login that was tampered with, of which `onRepair` hears. */
export function openDb(adminUrl: string, secret: string, onRepair: (login: Login) => void = () => undefined) {
  const { key } = contextKey(secret)
  const looked = new WeakSet<pg.PoolClient>()
  const pools = new Map<Login, pg.Pool>()
  const pool = (login: Login): pg.Pool => {
    const open = pools.get(login)
    if (open) return open
    const made = new pg.Pool({
      connectionString: loginUrl(adminUrl, login, secret),
      max: connectionsOf[login],
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: idleMs,
      options: `-c timezone=UTC${tiers.has(login) ? ` -c statement_timeout=${longestMs}` : ''}`,
      application_name: login,
      // A line that something on the way has dropped is found out before somebody waits for it.
      keepAlive: true,
      keepAliveInitialDelayMillis: 30_000,
    })
    // A connection that breaks, idle or in use, fails what was asked of it and is replaced; without a listener it would end the process.
    made.on('error', () => undefined)
    made.on('connect', (client) => void client.on('error', () => undefined))
    pools.set(login, made)
    return made
  }

  const repairs = new Map<Login, Promise<void>>()
  /** One repair of a login at a time; whoever met the fault meanwhile waits for it. */
  const repair = (login: Login): Promise<void> => {
    const going =
      repairs.get(login) ?? repairLogin(adminUrl, login, passwordOf(login, secret)).finally(() => repairs.delete(login))
    repairs.set(login, going)
    onRepair(login)
    return going
  }

  /** A connection whose login nobody has tampered with: a changed password or default is set right before anything is asked. */
  async function connect(login: Login): Promise<pg.PoolClient> {
    for (let tries = 0; ; tries++) {
      const connection = await pool(login)
        .connect()
        .catch((error: { code?: string }) => {
          if (error.code !== '28P01' || tries >= 2) throw error
        })
      if (connection) {
        if (looked.has(connection)) return connection
        const own = await hasOwnSettings(connection).catch((error: Error) => {
          connection.release(error)
          throw error
        })
        if (own) {
          looked.add(connection)
          return connection
        }
        connection.release(true)
      }
      if (tries >= 2) throw new Error(`the defaults of ${login} change again and again`)
      await repair(login)
    }
  }

  async function transaction<T>(
    login: Login,
    begin: string,
    work: (tx: Kysely<DB>, connection: pg.PoolClient) => Promise<T>,
    enter: (connection: pg.PoolClient) => Promise<unknown> = async () => undefined,
    withinMs?: number,
  ): Promise<T> {
    const connection = await connect(login)
    const release = releaseOnce(connection, withinMs)
    const cleared = tiers.has(login) ? `${clearing}; deallocate all` : login === 'anlan_door' ? clearing : ''
    const tx = new Kysely<DB>({ dialect: new PostgresDialect({ pool: single(connection) }) })
    let broken: Error | undefined
    try {
      await connection.query(begin)
      await enter(connection)
      const result = await work(tx, connection)
      await connection.query(`commit${cleared}`)
      return result
    } catch (error) {
      await connection.query(`rollback${cleared}`).catch((failure: Error) => {
        broken = failure
      })
      throw (error as { code?: string }).code === 'AN001' ? new StaleContext() : error
    } finally {
      release(broken)
    }
  }

  async function scoped<T>(
    actor: Actor,
    right: string,
    begin: string,
    work: (tx: Kysely<DB>, connection: pg.PoolClient) => Promise<T>,
  ): Promise<T> {
    const scope = actor.scopes.get(right)
    if (!scope) throw new StaleContext()
    // As a parameter, so that the ticket does not stand in pg_stat_activity, where sessions of the same login could read it.
    const enter = async (connection: pg.PoolClient) => {
      const { rows } = await connection.query<{ over: boolean | null }>({
        text: 'select access.enter($1, $2), now() >= $3::timestamptz as over',
        values: [...signContext(key, actor, right, scope, connection), actor.until],
      })
      // The database decided about this right; what else the actor says of the person has to hold as well.
      if (rows[0]?.over) throw new StaleContext()
    }
    return transaction(`anlan_${scope.tier}`, begin, work, enter)
  }

  return {
    /** Reads as this person, in one snapshot in which what they may see was decided too. */
    read<T>(actor: Actor, right: string, work: (tx: ReadTx) => Promise<T>): Promise<T> {
      return scoped(actor, right, 'begin isolation level repeatable read read only', (tx) => work(tx as unknown as ReadTx))
    },
    /**
     * Reads once for several people who are thought to hold the right at the same place, as the first of them; `shown` are those of whom
     * the database says so too, in the same snapshot, and that nothing they may do has changed since. Nobody else may be given the result.
     */
    readFor<T>(actors: readonly Actor[], right: string, work: (tx: ReadTx, shown: ReadonlySet<Actor>) => Promise<T>): Promise<T> {
      const [first, ...others] = actors
      if (!first) throw new Error('somebody asks')
      const begin = 'begin isolation level repeatable read read only'
      return scoped(first, right, begin, async (tx, connection) => {
        const shown = new Set([first, ...(await findKept(key, newestOf(actors, others), connection))])
        return work(tx as unknown as ReadTx, shown)
      })
    },
    /** Writes as this person. */
    write<T>(actor: Actor, right: string, work: (tx: Tx) => Promise<T>): Promise<T> {
      return scoped(actor, right, 'begin', (tx) => work(tx as Tx))
    },
    door: <T>(work: (tx: DoorTx) => Promise<T>): Promise<T> => transaction('anlan_door', 'begin', (tx) => work(tx as DoorTx)),
    /** `withinMs`: the database has so long to answer, from when there is a connection. */
    work: <T>(work: (tx: WorkTx) => Promise<T>, withinMs?: number): Promise<T> =>
      transaction('anlan_worker', 'begin', (tx) => work(tx as WorkTx), undefined, withinMs),
    /** One statement by itself, for what every request begins with. `withinMs`: the database has so long to answer. */
    async query<R extends pg.QueryResultRow>(login: Login, statement: pg.QueryConfig, withinMs?: number): Promise<R[]> {
      const connection = await connect(login)
      const release = releaseOnce(connection, withinMs)
      let broken: Error | undefined
      try {
        return (await connection.query<R>(statement)).rows
      } catch (error) {
        if ((error as { code?: string }).code === undefined) broken = error as Error
        throw error
      } finally {
        release(broken)
      }
    },
    /** Opens the first connections for people's asks before anybody asks, one after the other. */
    async warm(): Promise<void> {
      for (const login of ['anlan_door', ...tiers, 'anlan_trail'] as const) {
        const held: pg.PoolClient[] = []
        try {
          while (held.length < Math.min(openedBeforehand, connectionsOf[login])) held.push(await connect(login))
        } finally {
          for (const connection of held) connection.release()
        }
      }
    },
    /** The pool of a login, for the queue and the trail's group commit. */
    pool,
    async close(): Promise<void> {
      await Promise.all([...pools.values()].map((open) => open.end()))
    },
  }
}

export type Db = ReturnType<typeof openDb>

/** Logins whose connections go from one person to the next. */
const tiers = new Set<Login>(['anlan_branch', 'anlan_region', 'anlan_group', 'anlan_several'])
/**
 * What SQL that slipped into an ask could leave in a connection for whoever gets it next: settings, session locks, cursors, listening,
 * statements under a name (the door keeps its own). In the same message as the commit, so that it costs no round trip.
 */
const clearing = '; reset all; select pg_advisory_unlock_all(); close all; unlisten *'

/** Gives a connection back; after `withinMs` it is broken off, and with it whatever waits for the database. */
function releaseOnce(connection: pg.PoolClient, withinMs?: number): (broken?: Error) => void {
  let held = true
  const timer = withinMs === undefined ? undefined : setTimeout(() => release(new Error('no answer in time')), withinMs)
  function release(broken?: Error): void {
    clearTimeout(timer)
    if (held) connection.release(broken)
    held = false
  }
  return release
}

/** Kysely asks a pool for connections; this one always hands out the same, already inside its transaction. */
function single(connection: pg.PoolClient) {
  const handle = { query: connection.query.bind(connection), release: () => undefined }
  return { connect: async () => handle, end: async () => undefined } as unknown as pg.Pool
}

const lifetimeSeconds = 120

/** Text and signature as `access.enter()` reads them, for one connection. The parts hold digits, names of rights and braces only. */
function signContext(
  key: Buffer,
  actor: Actor,
  right: string,
  scope: Scope,
  connection: pg.PoolClient,
): [ticket: string, units: string] {
  const several = scope.tier === 'several' ? `{${scope.units.join(',')}}` : ''
  const units = scope.tier === 'several' ? several : scope.tier === 'group' ? '' : String(scope.units[0])
  const expires = Math.floor(Date.now() / 1000) + lifetimeSeconds
  const { processID } = connection as unknown as { processID: number }
  const body = ['v1', actor.personId, right, scope.tier, units, actor.epoch, expires, processID].join('|')
  if (!/^[\w.|{},]+$/.test(body)) throw new Error('a context holds names and numbers only')
  return [`${body}|${createHmac('sha256', key).update(body).digest('hex')}`, several]
}

/** Of one person compiled before and after a change only the later can be right; the database answers by person. */
function newestOf(all: readonly Actor[], some: readonly Actor[]): readonly Actor[] {
  const epochs = new Map<number, number>()
  for (const { personId, epoch } of all) epochs.set(personId, Math.max(epoch, epochs.get(personId) ?? 0))
  return some.filter(({ personId, epoch }) => epochs.get(personId) === epoch)
}

/** Those who hold this transaction's right where it is held here, and nothing of whose grants has begun or ended since. */
async function findKept(key: Buffer, actors: readonly Actor[], connection: pg.PoolClient): Promise<readonly Actor[]> {
  if (actors.length === 0) return []
  const { rows } = await connection.query<{ ids: number[]; over: number[] }>({
    text: `select access.share($1) as ids, array(select place::int from unnest($2::timestamptz[]) with ordinality kept (until, place)
      where until <= now()) as over`,
    values: [signShare(key, actors, connection), actors.map(({ until }) => until)],
  })
  const ids = new Set(rows[0]?.ids)
  const over = new Set(rows[0]?.over)
  return actors.filter(({ personId }, place) => ids.has(personId) && !over.has(place + 1))
}

/** Names others for whom the same answer is meant, as `access.share()` reads it, for one connection. */
function signShare(key: Buffer, actors: readonly Actor[], connection: pg.PoolClient): string {
  const list = (values: readonly number[]) => `{${values.join(',')}}`
  const { processID } = connection as unknown as { processID: number }
  const people = list(actors.map(({ personId }) => personId))
  const epochs = list(actors.map(({ epoch }) => epoch))
  const body = ['share', processID, Math.floor(Date.now() / 1000) + lifetimeSeconds, people, epochs].join('|')
  return `${body}|${createHmac('sha256', key).update(body).digest('hex')}`
}

/** Tells open pages, when this transaction commits, that a row of a unit changed, or that this one did. `topic` is `<room>.<noun>`. */
export async function announce(
  tx: Tx | WorkTx,
  topic: string,
  { branchId, regionId }: { branchId: number; regionId: number },
  id?: number,
): Promise<void> {
  await (id === undefined
    ? sql`select base.announce(${topic}, ${branchId}::int, ${regionId}::int)`
    : sql`select base.announce(${topic}, ${branchId}::int, ${regionId}::int, 0, null, array[${id}]::bigint[])`
  ).execute(tx)
}

/** Records a fact in this transaction; rooms that subscribed to it in their `jobs.ts` act on it later. `payload` holds ids only. */
export async function recordFact(tx: Tx | WorkTx, fact: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
  await sql`select base.record_fact(${fact}, ${JSON.stringify(payload)}::json)`.execute(tx)
}
