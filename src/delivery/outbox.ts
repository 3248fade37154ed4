import { sql } from 'kysely'
import type { Db, WorkTx } from '../base/db.ts'
import { outwardOpen } from '../base/outward.ts'
import type { Facts } from './templates.ts'

/** One thing to send, leased to this process. */
export interface Letter {
  readonly id: number
  readonly channel: 'mail' | 'webhook'
  readonly webhookId: number | null
  /** A mail's template, a webhook's event. */
  readonly kind: string
  readonly facts: Facts
  readonly path: string
  readonly key: string
  /** A webhook's own count of what happened. */
  readonly sequence: number | null
  /** How often it was tried, this time included. */
  readonly tries: number
  readonly at: string
  readonly email: string | null
  readonly url: string | null
  readonly secret: string | null
  /** The secret before, while a change of it is under way. */
  readonly secretBefore: string | null
  /** Nothing arrived at its webhook last time. */
  readonly failing: boolean
}

/** How it went. `final`: trying again would not help. `gone`: the receiver says that it will never be there again. */
export type Outcome =
  | { readonly sent: true; readonly said: string }
  | { readonly sent: false; readonly problem: string; readonly final?: boolean; readonly gone?: boolean }

/**
 * Seconds until the next try; the last of them again and again until two days are over. Counted in tries, so that a clock that jumps
 * makes nothing older: the steps add up to two hours, and 46 more hours follow.
 */
const pauses = [10, 30, 120, 300, 600, 1_200, 1_800, 3_600]
export const mostTries = pauses.length + 46
/** A sender that was killed gives its letters back after this long: longer than any exchange may take. */
const leaseSeconds = 45
/** Tokens a channel holds, and gains a minute. Group robots take 20 a minute and then shut the door for ten. */
const rates = { mail: { capacity: 60, perMinute: 60 }, webhook: { capacity: 20, perMinute: 20 } }
/** What a resting or slow webhook keeps; the oldest beyond are dropped, which its receiver sees by their numbers. */
export const keptLetters = 1_000

export const laneOf = ({ channel, webhookId }: Pick<Letter, 'channel' | 'webhookId'>): string =>
  webhookId === null ? channel : `${channel}:${webhookId}`

/** What is left alone for now, and how many mails there is room for. */
export interface Shut {
  readonly lanes: readonly string[]
  readonly webhooks: boolean
  /** Webhooks at which nothing arrived last time. */
  readonly failing: boolean
  readonly mails: number
}
const allOpen: Shut = { lanes: [], webhooks: false, failing: false, mails: Number.POSITIVE_INFINITY }

/**
 * Leases what is due, most severe first, as far as each lane's tokens reach; what is shut is left alone. What is no longer true, or no
 * longer for its receiver, is dropped here, at the moment of sending.
 */
export function lease(db: Db, limit: number, shut = allOpen): Promise<Letter[]> {
  return db.work(async (tx) => {
    const leased: Letter[] = []
    const closed = [...shut.lanes]
    const mails = () => leased.filter(({ channel }) => channel === 'mail').length
    while (leased.length < limit) {
      if (mails() >= shut.mails) closed.push('mail')
      const letter = await nextDue(tx, { ...shut, lanes: closed })
      if (!letter) break
      const why = await whyNot(tx, letter)
      if (why !== null) {
        await sql`update delivery.outbox set state = 'dropped', problem = ${why}, ended_at = clock_timestamp() where id = ${letter.id}`.execute(
          tx,
        )
      } else if (await takeToken(tx, letter)) {
        await sql`update delivery.outbox set tries = tries + 1, tried_at = clock_timestamp(),
          next_try_at = clock_timestamp() + make_interval(secs => ${leaseSeconds}) where id = ${letter.id}`.execute(tx)
        leased.push(await numbered(tx, letter))
        // One exchange at a time in each webhook's lane, so that what happened first is tried first.
        if (letter.webhookId !== null) closed.push(laneOf(letter))
      } else closed.push(laneOf(letter))
    }
    return leased
  })
}

async function nextDue(tx: WorkTx, { lanes, webhooks, failing }: Shut): Promise<Letter | undefined> {
  const { rows } = await sql<Letter>`
    select o.id, o.channel, o.webhook_id as "webhookId", o.kind, o.facts, o.path, o.key, o.sequence, o.tries + 1 as tries, o.created_at as at,
      case when person.active then person.email end as email, hook.url, hook.secret,
      case when hook.secret_before_until > now() then hook.secret_before end as "secretBefore",
      coalesce(hook.failures > 0, false) as failing
    from delivery.outbox o left join access.person person on person.id = o.person_id left join delivery.webhook hook on hook.id = o.webhook_id
    where o.state = 'waiting' and o.next_try_at <= statement_timestamp() and hook.enabled is not false and ${outwardOpen}
      and not (coalesce(o.channel || ':' || o.webhook_id, o.channel) = any (${[...lanes]}::text[]))
      and not (o.channel = 'webhook' and (${webhooks} or ${failing} and hook.failures > 0))
    order by o.severity desc, o.id limit 1 for update of o skip locked`.execute(tx)
  return rows[0]
}

async function whyNot(tx: WorkTx, { id }: Letter): Promise<string | null> {
  const { rows } = await sql<{ why: string | null }>`select delivery.why_not(${id}::bigint) as why`.execute(tx)
  return rows[0]?.why ?? null
}

/**
 * Gives the letters of a webhook that have none their numbers, in the order of what they tell of. Done when sending and not when it
 * happens, so that cases that share a webhook do not wait for one another; of one case an earlier event always has the lower number.
 */
async function numbered(tx: WorkTx, letter: Letter): Promise<Letter> {
  if (letter.webhookId === null || letter.sequence !== null) return letter
  await numberLetters(tx, letter.webhookId)
  const { rows } = await sql<{ sequence: number }>`select sequence from delivery.outbox where id = ${letter.id}`.execute(tx)
  return { ...letter, sequence: rows[0]?.sequence ?? null }
}

async function numberLetters(tx: WorkTx, webhookId: number): Promise<void> {
  // By itself, so that the next statement sees what whoever held the lock before has numbered.
  await sql`select from delivery.webhook where id = ${webhookId} for update`.execute(tx)
  await sql`
    with hook as (select id, sequence from delivery.webhook where id = ${webhookId}),
      fresh as (select o.id, hook.sequence + row_number() over (order by o.id) as sequence
        from delivery.outbox o, hook where o.webhook_id = hook.id and o.channel = 'webhook' and o.sequence is null),
      given as (update delivery.outbox o set sequence = fresh.sequence from fresh where o.id = fresh.id returning o.sequence)
    update delivery.webhook w set sequence = greatest(w.sequence, (select max(sequence) from given))
    from hook where w.id = hook.id and exists (select from given)`.execute(tx)
}

async function takeToken(tx: WorkTx, letter: Letter): Promise<boolean> {
  const { capacity, perMinute } = rates[letter.channel]
  const { rows } = await sql<{ taken: boolean }>`
    select delivery.take_token(${laneOf(letter)}, ${capacity}::int, ${perMinute}::int) as taken`.execute(tx)
  return rows[0]?.taken === true
}

/** Writes down how a letter went: sent, to be tried again, or given up. */
export async function settle(tx: WorkTx, letter: Letter, outcome: Outcome): Promise<void> {
  const again = !outcome.sent && outcome.final !== true && letter.tries < mostTries
  const wait = again ? (pauses[letter.tries - 1] ?? pauses.at(-1) ?? 0) : 0
  const state = outcome.sent ? 'sent' : again ? 'waiting' : 'failed'
  const said = outcome.sent ? outcome.said : outcome.problem
  await sql`update delivery.outbox set state = ${state}, problem = ${outcome.sent ? null : said},
      ended_at = case when ${state} = 'waiting' then null else clock_timestamp() end,
      next_try_at = clock_timestamp() + make_interval(secs => ${wait})
    where id = ${letter.id} and state = 'waiting'`.execute(tx)
  if (letter.webhookId === null) return
  await sql`update delivery.webhook set last_at = clock_timestamp(), last_outcome = ${said},
    failures = case when ${outcome.sent} then 0 else failures + 1 end,
    failing_since = case when ${outcome.sent} then null else coalesce(failing_since, clock_timestamp()) end
    where id = ${letter.webhookId}`.execute(tx)
}

/** Rows that a clock which was wrong put into the future are due now; what was not tried yet has nothing to wait for at all. */
export async function anchor(tx: WorkTx): Promise<number> {
  const { numAffectedRows = 0n } = await sql`update delivery.outbox set next_try_at = clock_timestamp(), tried_at = null
    where state = 'waiting' and next_try_at > now() + interval '2 seconds'
      and (tries = 0 or greatest(created_at, tried_at) > now() + interval '2 seconds')`.execute(tx)
  await sql`update delivery.webhook set failing_since = now() where failing_since > now()`.execute(tx)
  return Number(numAffectedRows)
}

/** Forgets what nobody looks back at: letters after 30 days, notices after 180. Of what waits for one webhook the newest are kept. */
export function tidy(db: Db): Promise<void> {
  return db.work(async (tx) => {
    await sql`delete from delivery.outbox where ended_at < now() - interval '30 days'`.execute(tx)
    await sql`delete from delivery.notice where created_at < now() - interval '180 days'`.execute(tx)
    const full = await sql<{
      id: number
    }>`select webhook_id as id from delivery.outbox where state = 'waiting' and channel = 'webhook'
      group by 1 having count(*) > ${keptLetters}`.execute(tx)
    for (const { id } of full.rows) {
      await numberLetters(tx, id)
      await sql`update delivery.outbox set state = 'dropped', problem = 'too_many_waiting', ended_at = clock_timestamp() where id in (
        select id from delivery.outbox where webhook_id = ${id} and state = 'waiting' order by id desc offset ${keptLetters})`.execute(
        tx,
      )
    }
  })
}
