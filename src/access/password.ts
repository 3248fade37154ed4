import { createHash, randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import { sql } from 'kysely'
import type { DoorTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Caller, Door } from '../base/serve.ts'
import { forgive, lockedSeconds, lockout, noteFailure, type Tried, type Try } from './attempt.ts'
import { accessErrors } from './error.ts'
import { costly, inTurn, noteWrong, refuseHasty } from './gate.ts'

/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane. */
export const hashPassword = (password: string) => hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 })

export const hashToken = (token: string) => createHash('sha256').update(token).digest()

// Checked when the account does not exist, so that the time an answer takes tells nothing.
const nobody = await hashPassword(randomBytes(16).toString('hex'))

export interface Fitting {
  readonly personId: number
  /** The browser was known from an earlier sign-in of this person. */
  readonly known: Buffer | null
  readonly tried: Tried
}

/**
 * Whose account and password these are. Throws `wrong_credentials` or `account_locked`, alike in words, time and count for accounts
 * that exist and that do not; only the trail learns which account it was. `too_many` comes before any look at the account.
 */
export async function tryPassword(door: Door, login: string, password: string, caller: Caller): Promise<Fitting> {
  const device = caller.device ? hashToken(caller.device) : null
  const found = await door((tx) => findCredential(tx, login, device))
  const known = found.known ? device : null
  if (!known) refuseHasty(caller.address)
  const one: Try = { loginHash: hashToken(login), address: caller.address, known }
  return inTurn(`${login} ${known ? known.toString('hex') : caller.address}`, async () => {
    if (found.personId !== null) caller.subject = `person:${found.personId}`
    const locked = await door((tx) => lockedSeconds(tx, one))
    if (locked > 0) throw new Refusal(accessErrors.account_locked, { minutes: Math.ceil(locked / 60) })
    const fits = await costly({ address: caller.address, known: known !== null }, () => verify(found.passwordHash, password))
    if (!fits || found.personId === null || !found.active) {
      noteWrong(caller.address)
      await door((tx) => noteFailure(tx, one))
      throw new Refusal(accessErrors.wrong_credentials, { limit: lockout.limit, minutes: lockout.minutes })
    }
    return { personId: found.personId, known, tried: await door((tx) => forgive(tx, one)) }
  })
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
  const { known } = await tryPassword(door, login, input.current, caller)
  refuseWeak(input.next, { login, before: input.current })
  const password_hash = await costly({ address: caller.address, known: true }, () => hashPassword(input.next))
  const here = caller.sessionHash ?? Buffer.alloc(0)
  await door(async (tx) => {
    await sql`update access.credential set password_hash = ${password_hash}, changed_at = now() where person_id = ${personId}`.execute(
      tx,
    )
    // Whoever else holds a session or a known browser of this account is out.
    await sql`delete from access.session where person_id = ${personId} and token_hash <> ${here}`.execute(tx)
    await sql`delete from access.device where person_id = ${personId} and token_hash <> ${known ?? Buffer.alloc(0)}`.execute(tx)
  })
  return {}
}

/**
 * Throws `weak_password`: fewer than 10 characters, only one kind of character, the same few again and again, the account's own name in it,
 * or the password that it is to replace.
 */
export function refuseWeak(password: string, { login, before }: { readonly login: string; readonly before: string }): void {
  const signs = new Set(password.toLowerCase()).size
  const kinds = [/\p{L}/u, /\p{N}/u, /[^\p{L}\p{N}]/u].filter((kind) => kind.test(password)).length
  if (password.length < 10 || kinds < 2 || signs < fewestSigns || password.toLowerCase().includes(login) || password === before)
    throw new Refusal(accessErrors.weak_password)
}

const fewestSigns = 5

async function findCredential(tx: DoorTx, login: string, device: Buffer | null) {
  const { rows } = await sql<{ personId: number; passwordHash: string; active: boolean; known: boolean }>`
    select person.id as "personId", password_hash as "passwordHash", active,
      exists (select from access.device where person_id = person.id and token_hash = ${device}::bytea) as known
    from access.person join access.credential on person_id = person.id where login = ${login}`.execute(tx)
  return rows[0] ?? { personId: null, passwordHash: nobody, active: false, known: false }
}
