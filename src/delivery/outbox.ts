import { sql } from 'kysely'
import type { Db, WorkTx } from '../base/db.ts'
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
  /** How often it was tried, this time included. */
  readonly tries: number
  readonly at: string
  readonly email: string | null
  readonly url: string | null
  readonly secret: string | null
}

/** How it went. `final`: trying again would not help. */
export type Outcome =
  | { readonly sent: true; readonly said: string }
  | { readonly sent: false; readonly problem: string; readonly final?: boolean }

/** Seconds until the next try; after the last of them a letter has failed. Eight tries over some four hours. */
const backOff = [10, 30, 120, 600, 1_800, 3_600, 7_200]
/** A sender that was killed gives its letters back after this long. */
const leaseSeconds = 120
/** Tokens a channel holds, and gains a minute. Group robots take 20 a minute and then shut the door for ten. */
const rates = { mail: { capacity: 60, perMinute: 60 }, webhook: { capacity: 20, perMinute: 20 } }

/** Leases what is due, most severe first, as far as each channel's tokens reach. */
export function lease(db: Db, limit: number): Promise<Letter[]> {
  return db.work(async (tx) => {
    const leased: Letter[] = []
    const shut: string[] = []
    while (leased.length < limit) {
      const letter = await nextDue(tx, shut)
      if (!letter) break
      if (await takeToken(tx, letter)) {
        await sql`update delivery.outbox set tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => ${leaseSeconds})
          where id = ${letter.id}`.execute(tx)
        leased.push(letter)
      } else shut.push(channelOf(letter))
    }
    return leased
  })
}

const channelOf = ({ channel, webhookId }: Pick<Letter, 'channel' | 'webhookId'>): string =>
  webhookId === null ? channel : `${channel}:${webhookId}`

async function nextDue(tx: WorkTx, shut: readonly string[]): Promise<Letter | undefined> {
  const { rows } = await sql<Letter>`
    select o.id, o.channel, o.webhook_id as "webhookId", o.kind, o.facts, o.path, o.key, o.tries + 1 as tries, o.created_at as at,
      case when person.active then person.email end as email,
      case when hook.enabled then hook.url end as url, hook.secret
    from delivery.outbox o left join access.person person on person.id = o.person_id left join delivery.webhook hook on hook.id = o.webhook_id
    where o.state = 'waiting' and o.next_try_at <= statement_timestamp()
      and not (coalesce(o.channel || ':' || o.webhook_id, o.channel) = any (${[...shut]}::text[]))
    order by o.severity desc, o.id limit 1 for update of o skip locked`.execute(tx)
  return rows[0]
}

async function takeToken(tx: WorkTx, letter: Letter): Promise<boolean> {
  const { capacity, perMinute } = rates[letter.channel]
  const { rows } = await sql<{ taken: boolean }>`
    select delivery.take_token(${channelOf(letter)}, ${capacity}::int, ${perMinute}::int) as taken`.execute(tx)
  return rows[0]?.taken === true
}

/** Writes down how a letter went: sent, to be tried again, or given up. */
export function settle(db: Db, letter: Letter, outcome: Outcome): Promise<void> {
  return db.work(async (tx) => {
    const wait = outcome.sent || outcome.final ? undefined : backOff[letter.tries - 1]
    const state = outcome.sent ? 'sent' : wait === undefined ? 'failed' : 'waiting'
    const said = outcome.sent ? outcome.said : outcome.problem
    await sql`update delivery.outbox set state = ${state}, problem = ${outcome.sent ? null : said},
        ended_at = case when ${state} = 'waiting' then null else clock_timestamp() end,
        next_try_at = clock_timestamp() + make_interval(secs => ${wait ?? 0})
      where id = ${letter.id} and state = 'waiting'`.execute(tx)
    if (letter.webhookId === null) return
    await sql`update delivery.webhook set last_at = clock_timestamp(), last_outcome = ${said},
      failures = case when ${outcome.sent} then 0 else failures + 1 end where id = ${letter.webhookId}`.execute(tx)
  })
}

/** Forgets what nobody looks back at: letters after 30 days, notices after 180. */
export function tidy(db: Db): Promise<void> {
  return db.work(async (tx) => {
    await sql`delete from delivery.outbox where ended_at < now() - interval '30 days'`.execute(tx)
    await sql`delete from delivery.notice where created_at < now() - interval '180 days'`.execute(tx)
  })
}
