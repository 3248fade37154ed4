import type { WorkTx } from '../base/db.ts'
import type { CaseRow } from './case.ts'
import type { Because } from './severity.ts'
import { findDuty, hold, record, recordSkipped, report, tell, unsettled } from './step.ts'

interface Cause {
  readonly severity?: number
  /** Said again after it was settled, or found to be worse than it was settled as. */
  readonly reason: 'repeats' | 'raised'
  readonly count?: number
}

/** What was answered or closed goes on, with a clock of its own, before those who had it last. docs/decisions says when. */
export async function reopenBecause(
  tx: WorkTx,
  row: CaseRow,
  { severity = row.severity, reason, count = 0 }: Cause,
  because: Because = { personId: null },
): Promise<CaseRow> {
  const { holder, skipped } = await findDuty(tx, row, row.holder)
  const after = await hold(tx, { ...row, severity }, holder, { ...unsettled, severity, acts_from: row.actsFrom })
  const facts = { reason, to: holder, ...(count > 0 && { repeats: count }), ...(severity > row.severity && { severity }) }
  await record(tx, row, { kind: 'reopened', ...because, facts })
  await recordSkipped(tx, row, skipped, holder)
  await tell(tx, after, reason === 'repeats' ? 'case_repeated' : 'case_reopened', { duty: holder }, { count })
  await report(tx, 'reopened', after)
  return after
}
