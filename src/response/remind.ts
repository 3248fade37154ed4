import { sql } from 'kysely'
import type { Db } from '../base/db.ts'
import type { JobContext } from '../base/job.ts'
import { type CaseRow, selectCases } from './case.ts'
import { toClose } from './clock.ts'
import { record, tell } from './step.ts'
import { type Looking, sweepRows } from './sweep.ts'

/** Asks whoever answered, day by day, to close; nothing is passed up for it. */
export function remindToClose({ db, signal }: Pick<JobContext, 'db' | 'signal'>): Promise<number> {
  return sweepRows(signal, (looking) => remindNext(db, looking))
}

const remindNext = (db: Db, { passed, at }: Looking): Promise<boolean> =>
  db.work(async (tx) => {
    const row = (await selectCases(tx)
      .where('c.close_due_at', '<=', sql<string>`statement_timestamp()`)
      .where(sql<boolean>`not (c.id = any (${[...passed]}::int[]))`)
      .orderBy('c.close_due_at')
      .limit(1)
      .forUpdate('c')
      .skipLocked()
      .executeTakeFirst()) as CaseRow | undefined
    if (!row) return false
    at(row.id)
    // Nobody's next step comes too late for it: `updated_at` stays.
    await tx.updateTable('response.case').set({ close_due_at: toClose }).where('id', '=', row.id).execute()
    await record(tx, row, { kind: 'reminded_to_close', personId: null })
    await tell(tx, row, 'case_to_close', row.handlerId === null ? { duty: row.holder } : { person: row.handlerId })
    return true
  })
