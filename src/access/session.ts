import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { sql } from 'kysely'
import type { Db, DoorTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Caller, Door } from '../base/serve.ts'
import type { Me } from './contract.ts'
import { accessErrors } from './error.ts'
import { describeMe } from './me.ts'

/** Wrong tries before an account is locked, and for how long. */
export const lockout = { limit: 5, minutes: 15 }
/** A session ends after so long without an ask, and after so long altogether. */
export const sessionLife = { idleMinutes: 60, hours: 12 }

/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane. */
export const hashPassword = (password: string) => hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })

export const hashToken = (token: string) => createHash('sha256').update(token).digest()

// Checked when the account does not exist, so that the time an answer takes tells nothing.
const nobody = await hashPassword(randomBytes(16).toString('hex'))

export async function signIn(door: Door, input: { login: string; password: string }, caller: Caller): Promise<Me> {
  const login = input.login.trim().toLowerCase()
  const personId = await tryPassword(door, login, input.password, caller)
  const token = randomBytes(32).toString('base64url')
  const me = await door(async (tx) => {
    await sql`delete from access.attempt where at < now() - interval '1 day'`.execute(tx)
    await sql`delete from access.session where expires_at < now() or seen_at < now() - make_interval(mins => ${sessionLife.idleMinutes})`.execute(
      tx,
    )
    await sql`insert into access.session (token_hash, person_id, expires_at)
      values (${hashToken(token)}, ${personId}, now() + make_interval(hours => ${sessionLife.hours}))`.execute(tx)
    return describeMe(tx, personId)
  })
  caller.setSession(token)
  await caller.refresh()
  return me
}

/**
 * Whose account and password these are. Throws `wrong_credentials` or `account_locked`, alike in words, time and count for accounts
 * that exist and that do not; only the trail learns which account it was.
 */
async function tryPassword(door: Door, login: string, password: string, caller: Caller): Promise<number> {
  return inTurn(login, async () => {
    const found = await door((tx) => findCredential(tx, login))
    if (found.personId !== null) caller.subject = `person:${found.personId}`
    if (found.locked) throw new Refusal(accessErrors.account_locked, { minutes: lockout.minutes })
    const fits = await verify(found.passwordHash, password)
    if (!fits || found.personId === null || !found.active) {
      await door((tx) => noteFailure(tx, login))
      throw new Refusal(accessErrors.wrong_credentials, lockout)
    }
    await door((tx) => tx.deleteFrom('access.attempt').where('login_hash', '=', hashToken(login)).execute())
    return found.personId
  })
}

const trying = new Map<string, Promise<unknown>>()

/** One try at a time an account, so that many at once do not slip past the count. */
async function inTurn<T>(login: string, work: () => Promise<T>): Promise<T> {
  const mine = (trying.get(login) ?? Promise.resolve()).then(work, work)
  trying.set(login, mine)
  try {
    return await mine
  } finally {
    if (trying.get(login) === mine) trying.delete(login)
  }
}

export async function signOut(door: Door, _input: object, caller: Caller): Promise<Record<string, never>> {
  const { sessionHash } = caller
  if (sessionHash) await door((tx) => tx.deleteFrom('access.session').where('token_hash', '=', sessionHash).execute())
  caller.setSession(null)
  return {}
}

export async function changePassword(
  door: Door,
  input: { current: string; next: string },
  caller: Caller,
): Promise<Record<string, never>> {
  if (!caller.actor) throw new Refusal(baseErrors.unauthenticated)
  const { personId } = caller.actor
  const { login } = await door((tx) =>
    tx.selectFrom('access.person').where('id', '=', personId).select('login').executeTakeFirstOrThrow(),
  )
  await tryPassword(door, login, input.current, caller)
  refuseWeak(input.next, login)
  const password_hash = await hashPassword(input.next)
  await door(async (tx) => {
    await sql`update access.credential set password_hash = ${password_hash}, changed_at = now() where person_id = ${personId}`.execute(
      tx,
    )
    // Whoever else holds a session of this account is out.
    await tx
      .deleteFrom('access.session')
      .where('person_id', '=', personId)
      .$if(caller.sessionHash !== null, (query) => query.where('token_hash', '!=', caller.sessionHash as Buffer))
      .execute()
  })
  return {}
}

/** Throws `weak_password`: fewer than 10 characters, only one kind of character, or the account's own name in it. */
export function refuseWeak(password: string, login: string): void {
  const kinds = [/\p{L}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length
  if (password.length < 10 || kinds < 2 || password.toLowerCase().includes(login)) throw new Refusal(accessErrors.weak_password)
}

const sessionSql = `
  with found as (
    select token_hash, person.id, person.epoch, $2 and seen_at < now() - interval '1 minute' as stale
    from access.session join access.person on person.id = session.person_id
    where token_hash = $1 and person.active and expires_at > now() and seen_at > now() - interval '${sessionLife.idleMinutes} minutes'),
  touched as (update access.session set seen_at = now() from found where session.token_hash = found.token_hash and found.stale)
  select id as "personId", epoch from found`

/**
 * Who a session belongs to, or null when it ended. `touch` keeps it awake, written at most once a minute. One statement outside any
 * transaction, as every ask begins with it.
 */
export async function findSession(
  db: Db,
  tokenHash: Buffer,
  touch: boolean,
): Promise<{ personId: number; epoch: number } | null> {
  const { rows } = await db
    .pool('anlan_door')
    .query<{ personId: number; epoch: number }>({ name: 'find_session', text: sessionSql, values: [tokenHash, touch] })
  return rows[0] ?? null
}

async function findCredential(tx: DoorTx, login: string) {
  const found = await tx
    .selectFrom('access.person')
    .innerJoin('access.credential', 'person_id', 'id')
    .where('login', '=', login)
    .select(['person_id', 'password_hash', 'active'])
    .executeTakeFirst()
  const { rows: locks } = await sql`
    select from access.attempt where login_hash = ${hashToken(login)} and locked_until > now()`.execute(tx)
  return {
    personId: found?.person_id ?? null,
    passwordHash: found?.password_hash ?? nobody,
    active: found?.active === true,
    locked: locks.length > 0,
  }
}

async function noteFailure(tx: DoorTx, login: string): Promise<void> {
  await sql`
    insert into access.attempt as before (login_hash, failures) values (${hashToken(login)}, 1)
    on conflict (login_hash) do update set at = now(),
      failures = case when before.failures + 1 >= ${lockout.limit} then 0 else before.failures + 1 end,
      locked_until = case when before.failures + 1 >= ${lockout.limit} then now() + make_interval(mins => ${lockout.minutes}) end`.execute(
    tx,
  )
}
