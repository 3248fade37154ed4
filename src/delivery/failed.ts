import { sql } from 'kysely'
import type { ReadTx, Tx } from '../base/db.ts'
import { cutPage, readCursor } from '../base/page.ts'
import type { Context } from '../base/serve.ts'
import type { Letter } from './contract.ts'
import { type Facts, sentences } from './templates.ts'

interface Row extends Omit<Letter, 'zh' | 'en'> {
  readonly facts: Facts
}

/** Letters that were given up, newest first. The policy shows mail to headquarters, and events to who manages their webhook. */
export async function listFailed(tx: ReadTx, input: { before?: string | undefined; limit: number }, { actor, scope }: Context) {
  const cursor = readCursor(input.before)
  // Whose mail it was is asked only where it may be known: the column is headquarters', the name whose who may see people.
  const named = scope.tier === 'group' && actor.scopes.get('access.read')?.tier === 'group'
  const person = named ? sql`(select name from access.person where person.id = o.person_id)` : sql`null`
  const { rows } = await sql<Row>`
    select o.id, o.created_at as at, o.ended_at as "endedAt", o.channel, o.kind, coalesce(o.problem, '') as problem, o.tries,
      ${person} as person, hook.name as webhook
    from delivery.outbox o left join delivery.webhook hook on hook.id = o.webhook_id
    where o.state = 'failed' ${cursor ? sql`and (o.created_at, o.id) < (${cursor.at}::timestamptz, ${cursor.id}::bigint)` : sql``}
    order by o.created_at desc, o.id desc limit ${input.limit + 1}`.execute(tx)
  const { page, next } = cutPage(rows, input.limit, (row) => row)
  return { letters: page.map((row): Letter => ({ ...row, ...describe(row) })), next }
}

/** What was to be sent, without what it is about: a mail's kind in words, an event by its name. */
function describe({ channel, kind }: Row) {
  return channel === 'webhook' ? { zh: kind, en: kind } : sentences(kind, { case: '…', unit: '…', severity: '…', count: '…' })
}

/** Failed letters are due again, with two more days. */
export async function sendAgain(tx: Tx, { ids }: { ids: number[] }) {
  const { rows } = await sql<{ queued: number }>`select delivery.send_again(${ids}::bigint[]) as queued`.execute(tx)
  return { queued: rows[0]?.queued ?? 0 }
}
