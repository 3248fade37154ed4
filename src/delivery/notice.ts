import { type RawBuilder, sql } from 'kysely'
import type { Actor, ReadTx, Tx } from '../base/db.ts'
import { cutPage, readCursor } from '../base/page.ts'
import type { Context } from '../base/serve.ts'
import type { Notice } from './contract.ts'
import { type Facts, sentences } from './templates.ts'

interface ListInput {
  readonly before?: string | undefined
  readonly limit: number
  readonly unread?: boolean | undefined
}

/**
 * The bell. The policy of the table shows everybody their own; what is about a unit that they may not see any more is left out, and
 * what is no longer true is told as over.
 */
export async function listNotices(tx: ReadTx, input: ListInput, { actor }: Context) {
  const cursor = readCursor(input.before)
  const rows = await tx
    .selectFrom('delivery.notice')
    .select(['id', 'template', 'facts', 'path', 'severity', 'demo', 'created_at as at', 'read_at as readAt'])
    .select(sql<boolean>`delivery.is_over(id)`.as('over'))
    .where('person_id', '=', actor.personId)
    .where(stillTheirs(actor))
    .$if(cursor !== null, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${cursor?.at}::timestamptz, ${cursor?.id}::bigint)`),
    )
    .$if(input.unread === true, (query) => query.where('read_at', 'is', null))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit + 1)
    .execute()
  const { page, next } = cutPage(rows, input.limit, (row) => row)
  const notices = page.map(({ facts, ...row }): Notice => ({ ...row, ...sentences(row.template, facts as Facts) }))
  return { notices, unread: await countUnread(tx, actor), next }
}

interface Read {
  readonly ids?: number[] | undefined
  readonly upTo?: number | undefined
}

/** Marks these notices, those up to one, or all, as read. Tells the person's other open pages. */
export async function markRead(tx: Tx, { ids, upTo }: Read, { actor }: Context) {
  const { numUpdatedRows } = await tx
    .updateTable('delivery.notice')
    .set({ read_at: sql`clock_timestamp()` })
    .where('person_id', '=', actor.personId)
    .where('read_at', 'is', null)
    .$if(ids !== undefined, (query) => query.where(sql<boolean>`id = any(${ids ?? []}::bigint[])`))
    .$if(upTo !== undefined, (query) => query.where('id', '<=', upTo ?? 0))
    .executeTakeFirstOrThrow()
  if (numUpdatedRows > 0) await sql`select base.announce_person('delivery.notice', ${actor.personId}::int)`.execute(tx)
  return { unread: await countUnread(tx, actor) }
}

async function countUnread(tx: ReadTx, actor: Actor): Promise<number> {
  const { rows } = await sql<{ unread: number }>`
    select count(*)::int as unread from delivery.notice where person_id = ${actor.personId} and read_at is null and ${stillTheirs(actor)}`.execute(
    tx,
  )
  return rows[0]?.unread ?? 0
}

/** The condition that what a notice is about may be seen by this person now, by one of the rights that its kind needs. */
function stillTheirs({ scopes }: Actor): RawBuilder<boolean> {
  const ways = [...scopes].map(([right, { tier, units }]) => {
    const inside = {
      group: sql`true`,
      region: sql`notice.region_id = ${units[0] ?? 0}`,
      branch: sql`notice.branch_id = ${units[0] ?? 0}`,
      several: sql`notice.branch_id = any (${[...units]}::int[])`,
    }[tier]
    return sql`(${right} = any (template.needs) and ${inside})`
  })
  return sql<boolean>`(notice.branch_id is null or exists (select from delivery.template where template.name = notice.template
    and (${ways.length > 0 ? sql.join(ways, sql` or `) : sql`false`})))`
}
