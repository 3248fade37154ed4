import { sql } from 'kysely'
import type { Db, WorkTx } from '../base/db.ts'
import type { JobContext } from '../base/job.ts'
import { type CaseRow, findCase } from './case.ts'
import { limitsOf, noLater } from './clock.ts'
import { change, findDuty, hold, record, recordSkipped, report, tell } from './step.ts'
import { type Looking, sweepRows } from './sweep.ts'

/** Whoever has the case in hand may act on it now: by a grant that holds, at a tier that acts, over the unit as it stands. */
const stillHandles = sql<boolean>`exists (
  select from access.grant g join access.role_right held using (role_id) join access.person on person.id = g.person_id
    join access.unit at on at.id = g.unit_id
  where g.person_id = coalesce(c.handler_id, c.acknowledged_by) and held."right" = 'response.handle' and g.withdrawn_at is null
    and g.valid_from <= now() and (g.valid_until is null or g.valid_until > now()) and person.active
    and (at.kind = 'headquarters' or at.id = c.region_id and c.acts_from <> 'headquarters'
      or at.id = c.branch_id and c.acts_from = 'branch'))`

/**
 * Gives back to those on duty what is in the hands of people who may no longer handle it: their right was withdrawn or ran out, their
 * account was closed, their role changed, a unit moved. Looks at how things stand rather than at what happened, so that no way of losing
 * a right is forgotten.
 */
export function returnCases({ db, signal }: Pick<JobContext, 'db' | 'signal'>): Promise<number> {
  return sweepRows(signal, (looking) => returnNext(db, looking))
}

const returnNext = (db: Db, { passed, at }: Looking): Promise<boolean> =>
  db.work(async (tx) => {
    const { rows } = await sql<{ id: number; rehomed: boolean; handled: boolean }>`
      select c.id, c.rehomed, ${stillHandles} as handled from response.case c
      where c.state <> 'closed' and (c.rehomed or coalesce(c.handler_id, c.acknowledged_by) is not null and not ${stillHandles})
        and not (c.id = any (${[...passed]}::int[]))
      order by c.severity desc, c.id limit 1 for update of c skip locked`.execute(tx)
    const [found] = rows
    if (!found) return false
    at(found.id)
    const row = await findCase(tx, found.id)
    await giveBack(tx, row, found.rehomed ? 'moved' : 'left', found.handled)
    return true
  })

/** Lays a case before those on duty where it is held, or before the next tier where nobody is any more. */
async function giveBack(tx: WorkTx, row: CaseRow, reason: 'left' | 'moved', handled: boolean): Promise<void> {
  const { holder, skipped } = await findDuty(tx, row, row.holder)
  const waits = row.state !== 'answered' && !handled
  const free = handled ? {} : { handler_id: null, acknowledged_by: null }
  const clock = waits && noLater('acknowledge', await limitsOf(tx, row.severity))
  const after = waits
    ? await hold(tx, row, holder, { ...clock, acts_from: row.actsFrom, rehomed: false })
    : await change(tx, row, { ...free, rehomed: false })
  const { handlerName, actsFrom } = row
  await record(tx, row, {
    kind: 'returned',
    personId: null,
    facts: { reason, from: row.holder, to: after.holder, ...(handlerName !== null && !handled && { handler: handlerName }) },
  })
  if (waits) await recordSkipped(tx, row, skipped, holder)
  await tell(tx, after, waits ? 'case_returned' : 'case_noted', { duty: after.holder })
  // Those below who still may act have had it before their eyes; they hear that it is free again.
  if (waits && actsFrom !== after.holder) await tell(tx, after, 'case_returned', { duty: actsFrom })
  await report(tx, 'returned', after)
}
