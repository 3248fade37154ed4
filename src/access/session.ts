import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Db, DoorTx, ReadTx, Tx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Caller, Door } from '../base/serve.ts'
import { tidyDoor } from './attempt.ts'
import type { Me, Session } from './contract.ts'
import { accessErrors } from './error.ts'
import { standsAbove } from './grant.ts'
import { describeMe } from './me.ts'
import { type Fitting, hashToken, tryPassword } from './password.ts'

/**
 * A session ends after so long without an ask of its person, and after so long altogether. A person has so many; the oldest end. One that
 * was opened or used later than now, because the clock of the database was ahead, would last for the length of its jump: it is over.
 */
export const sessionLife = { idleMinutes: 60, hours: 12, most: 30, aheadMinutes: 5 }
const mostDevices = 20

export async function signIn(door: Door, input: { login: string; password: string }, caller: Caller): Promise<Me> {
  const found = await tryPassword(door, input.login.trim().toLowerCase(), input.password, caller)
  const token = randomBytes(32).toString('base64url')
  const former = caller.browser ? caller.sessionHash : null
  const device = found.known ? null : randomBytes(32).toString('base64url')
  const me = await door(async (tx) => {
    await tidyDoor(tx, sessionLife)
    // Signing in again in the same browser ends what was open there, whoever's it was.
    if (former) await sql`delete from access.session where token_hash = ${former}`.execute(tx)
    await openSession(tx, hashToken(token), found, caller)
    await keepDevice(tx, device, found, caller)
    return describeMe(tx, found.personId, hashToken(token))
  })
  caller.setSession(token)
  if (device) caller.keepDevice(device)
  await caller.refresh()
  return me
}

async function openSession(tx: DoorTx, tokenHash: Buffer, { personId, tried }: Fitting, caller: Caller): Promise<void> {
  await sql`insert into access.session (token_hash, person_id, expires_at, address, agent, tried, tried_at, tried_from)
    values (${tokenHash}, ${personId}, now() + make_interval(hours => ${sessionLife.hours}), ${caller.address}, ${caller.agent},
      ${tried.count}, ${tried.at}::timestamptz, ${tried.from})`.execute(tx)
  await sql`delete from access.session where person_id = ${personId} and number in (select number from access.session
    where person_id = ${personId} order by seen_at desc, number desc offset ${sessionLife.most})`.execute(tx)
}

/** Browsers are kept rather than programs, which bring no cookie back. */
async function keepDevice(tx: DoorTx, device: string | null, { personId, known }: Fitting, { agent }: Caller): Promise<void> {
  if (device)
    await sql`insert into access.device (token_hash, person_id, agent) values (${hashToken(device)}, ${personId}, ${agent})`.execute(
      tx,
    )
  else await sql`update access.device set seen_at = now() where token_hash = ${known}`.execute(tx)
  await sql`delete from access.device where person_id = ${personId} and token_hash in (select token_hash from access.device
    where person_id = ${personId} order by agent <> '' desc, seen_at desc offset ${mostDevices})`.execute(tx)
}

export async function signOut(door: Door, _input: object, caller: Caller): Promise<Record<string, never>> {
  const { sessionHash } = caller
  if (sessionHash) await door((tx) => tx.deleteFrom('access.session').where('token_hash', '=', sessionHash).execute())
  caller.setSession(null)
  return {}
}

interface Found {
  readonly personId: number
  readonly epoch: number
}

const unexpired = `expires_at > now() and seen_at > now() - interval '${sessionLife.idleMinutes} minutes'
  and greatest(opened_at, seen_at) < now() + interval '${sessionLife.aheadMinutes} minutes'`
const alive = `person.active and ${unexpired}`

const ownSql = `
  with found as (
    select token_hash, person.id, person.epoch, seen_at < now() - interval '1 minute' as stale
    from access.session join access.person on person.id = session.person_id where token_hash = $1 and ${alive}),
  touched as (update access.session set seen_at = now() from found where session.token_hash = found.token_hash and found.stale)
  select id as "personId", epoch from found`

const severalSql = `
  select place::int, person.id as "personId", person.epoch
  from unnest($1::bytea[]) with ordinality as asked (hash, place) join access.session on token_hash = asked.hash
    join access.person on person.id = session.person_id where ${alive}`

/** All open pages wait for one look-up: one on a dead line must not hold them up until the system finds that out. */
const lookMs = 10_000

/**
 * Who sessions belong to; null for one that ended. Single statements outside any transaction, as every ask begins with one.
 */
export function openSessionLookup(db: Db) {
  const waiting: { hash: Buffer; done: (found: Found | null) => void; failed: (error: unknown) => void }[] = []
  let looking = false

  async function drain(): Promise<void> {
    looking = true
    while (waiting.length > 0) {
      const batch = waiting.splice(0, 500)
      try {
        const values = [batch.map(({ hash }) => hash)]
        const query = { name: 'find_sessions', text: severalSql, values }
        const rows = await db.query<Found & { place: number }>('anlan_door', query, lookMs)
        const found = new Map(rows.map((row) => [row.place, row]))
        for (const [at, { done }] of batch.entries()) done(found.get(at + 1) ?? null)
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    looking = false
  }

  return {
    /** For something that its person does: that keeps it awake, which is written at most once a minute. */
    async touch(tokenHash: Buffer): Promise<Found | null> {
      const [found] = await db.query<Found>('anlan_door', { name: 'find_session', text: ownSql, values: [tokenHash] })
      return found ?? null
    },
    /** For what a page asks by itself. Those that come while one look-up is under way share the next. */
    look(tokenHash: Buffer): Promise<Found | null> {
      return new Promise((done, failed) => {
        waiting.push({ hash: tokenHash, done, failed })
        if (!looking) void drain()
      })
    },
  }
}

/** One's own open sessions, this one first. */
export async function listSessions(door: Door, _input: object, caller: Caller): Promise<{ sessions: Session[] }> {
  const { personId, sessionHash } = signedIn(caller)
  return door(async (tx) => {
    const { rows } = await sql<Session>`
      select number as id, opened_at as "openedAt", seen_at as "seenAt", address, agent, token_hash = ${sessionHash} as here
      from access.session where person_id = ${personId} and ${sql.raw(unexpired)}
      order by token_hash = ${sessionHash} desc, seen_at desc`.execute(tx)
    return { sessions: rows }
  })
}

/** Ends one of one's own sessions, or all but this one; what they were opened from is no longer a known browser. */
export async function endSessions(door: Door, { id }: { id?: number | undefined }, caller: Caller): Promise<{ ended: number }> {
  const { personId, sessionHash } = signedIn(caller)
  return door(async (tx) => {
    const { numAffectedRows } = await sql`delete from access.session
      where person_id = ${personId} and token_hash <> ${sessionHash} and (${id ?? null}::bigint is null or number = ${id ?? null}::bigint)`.execute(
      tx,
    )
    if (id === undefined && caller.device)
      await sql`delete from access.device where person_id = ${personId} and token_hash <> ${hashToken(caller.device)}`.execute(tx)
    return { ended: Number(numAffectedRows ?? 0n) }
  })
}

function signedIn({ actor, sessionHash }: Caller): { personId: number; sessionHash: Buffer } {
  if (!actor || !sessionHash) throw new Refusal(baseErrors.unauthenticated)
  return { personId: actor.personId, sessionHash }
}

/** The sessions of somebody whose account one looks after. */
export async function listPersonSessions(tx: ReadTx, { id }: { id: number }): Promise<{ sessions: Session[] }> {
  await requireBelow(tx, id)
  const { rows } = await sql<Session>`
    select number as id, opened_at as "openedAt", seen_at as "seenAt", address, agent, false as here from access.sessions_of(${id}::int)`.execute(
    tx,
  )
  return { sessions: rows }
}

export async function endPersonSessions(tx: Tx, { id, session }: { id: number; session?: number | undefined }) {
  await requireBelow(tx, id)
  const { rows } = await sql<{ ended: number }>`
    select access.end_sessions_of(${id}::int, ${session ?? null}::bigint) as ended`.execute(tx)
  return { ended: rows[0]?.ended ?? 0 }
}

async function requireBelow(tx: ReadTx, id: number): Promise<void> {
  const found = await tx.selectFrom('access.person').select('id').where('id', '=', id).executeTakeFirst()
  if (!found) throw new Refusal(baseErrors.not_found)
  if (await standsAbove(tx, id)) throw new Refusal(accessErrors.stands_above)
}
