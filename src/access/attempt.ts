import { sql } from 'kysely'
import { neighbourhoodOf } from '../base/address.ts'
import type { DoorTx } from '../base/db.ts'

/**
 * Wrong tries before an account is locked for the place that they came from, and for how long at first; each further lock doubles it.
 * Tries from all unknown places together slow down unknown places only: a known browser always gets its own five.
 */
export const lockout = { limit: 5, minutes: 15, mostMinutes: 240, limitInAll: 100, mostSecondsInAll: 300 }

export interface Try {
  readonly loginHash: Buffer
  readonly address: string
  /** The hash of the browser's token, when this account was signed in to from it before. */
  readonly known: Buffer | null
}

const placeOf = ({ address, known }: Try): string => (known ? `device:${known.toString('hex')}` : neighbourhoodOf(address))

/** Seconds for which this place may not try this account; 0 when it may. A lock that a clock's jump made longer than any is none. */
export async function lockedSeconds(tx: DoorTx, one: Try): Promise<number> {
  const { rows } = await sql<{ seconds: number | null }>`
    select ceil(max(extract(epoch from locked_until - now())))::int as seconds from access.attempt
    where login_hash = ${one.loginHash} and (place = ${placeOf(one)} or (place = '' and ${one.known === null}::bool))
      and locked_until > now() and locked_until <= now() + make_interval(mins => ${lockout.mostMinutes})`.execute(tx)
  return rows[0]?.seconds ?? 0
}

export async function noteFailure(tx: DoorTx, one: Try): Promise<void> {
  const { limit, minutes, mostMinutes, limitInAll, mostSecondsInAll } = lockout
  await sql`
    insert into access.attempt as before (login_hash, place, address, failures, untold)
    values (${one.loginHash}, ${placeOf(one)}, ${one.address}, 1, 1)
    on conflict (login_hash, place) do update set at = now(), address = excluded.address, untold = before.untold + 1,
      failures = case when before.failures + 1 >= ${limit} then 0 else before.failures + 1 end,
      locks = before.locks + (before.failures + 1 >= ${limit})::int,
      locked_until = case when before.failures + 1 >= ${limit}
        then now() + make_interval(mins => least(${mostMinutes}, ${minutes} * 2 ^ least(before.locks, 10))::int) end`.execute(tx)
  if (one.known) return
  await sql`
    insert into access.attempt as before (login_hash, place, address, failures) values (${one.loginHash}, '', '', 1)
    on conflict (login_hash, place) do update set at = now(),
      failures = case when before.at < now() - interval '1 day' then 1 else before.failures + 1 end,
      locked_until = case when before.failures + 1 >= ${limitInAll} and before.at > now() - interval '1 day'
        then now() + make_interval(secs => least(${mostSecondsInAll}, 10 * 2 ^ least(before.failures + 1 - ${limitInAll}, 20))) end`.execute(
    tx,
  )
}

export interface Tried {
  readonly count: number
  readonly at: string | null
  readonly from: string[]
}

/** A right password: this place starts anew, and the tries in vain since the last one are told, once. */
export async function forgive(tx: DoorTx, one: Try): Promise<Tried> {
  const { rows } = await sql<Tried>`
    select coalesce(sum(untold), 0)::int as count, max(at) as at,
      coalesce((array_agg(address order by at desc))[1:3], '{}') as "from"
    from access.attempt where login_hash = ${one.loginHash} and place <> '' and untold > 0`.execute(tx)
  await sql`delete from access.attempt where login_hash = ${one.loginHash} and place = ${placeOf(one)}`.execute(tx)
  await sql`update access.attempt set untold = 0 where login_hash = ${one.loginHash} and untold > 0`.execute(tx)
  return rows[0] ?? { count: 0, at: null, from: [] }
}

const mostRows = 20_000
let tidiedAt = Number.NEGATIVE_INFINITY

/**
 * Takes away what nobody needs any more, once a minute at most: counts of yesterday (of a month ago where somebody is still to be told),
 * those of names that nobody has when there are too many, sessions that ended, browsers not seen for half a year.
 */
export async function tidyDoor(
  tx: DoorTx,
  { idleMinutes, aheadMinutes }: { readonly idleMinutes: number; readonly aheadMinutes: number },
  nowMs = performance.now(),
): Promise<void> {
  if (nowMs - tidiedAt < 60_000) return
  tidiedAt = nowMs
  const known = sql`select sha256(convert_to(login, 'UTF8')) as hash from access.person`
  await sql`delete from access.attempt where at < now() - interval '30 days'
    or (at < now() - interval '1 day' and (untold = 0 or login_hash not in (${known})))`.execute(tx)
  await sql`delete from access.attempt where (login_hash, place) in (
    select login_hash, place from access.attempt order by login_hash in (${known}) desc, at desc offset ${mostRows})`.execute(tx)
  await sql`delete from access.session where expires_at < now() or seen_at < now() - make_interval(mins => ${idleMinutes})
    or greatest(opened_at, seen_at) > now() + make_interval(mins => ${aheadMinutes})`.execute(tx)
  await sql`delete from access.device where seen_at < now() - interval '180 days'`.execute(tx)
}
