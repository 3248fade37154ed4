import type { WorkTx } from '../base/db.ts'
import type { CaseRow } from './case.ts'
import { type Awaiting, limitsOf, shortenClock } from './clock.ts'
import { change, record, report, tell } from './step.ts'

export interface Because {
  /** Who corrected it; null when something new was said. */
  readonly personId: number | null
  readonly text?: string
}
const said: Because = { personId: null }

/** The whole case becomes more severe, and the clock that runs shorter. */
export async function raiseSeverity(
  tx: WorkTx,
  row: CaseRow,
  severity: number,
  asOf: 'start' | 'now',
  because: Because = said,
): Promise<CaseRow> {
  const running = row.awaiting !== null && shortenClock(row.awaiting as Awaiting, await limitsOf(tx, severity), row, asOf)
  const after = await change(tx, row, { severity, offer: null, ...running })
  await record(tx, row, { kind: 'severity_raised', ...because, facts: { from: row.severity, to: severity } })
  await tell(tx, after, 'case_raised', { duty: row.holder })
  await report(tx, 'severity_raised', after)
  return after
}

/** A person found it less severe. The clock that runs keeps its time; later ones have longer. */
export async function lowerSeverity(tx: WorkTx, row: CaseRow, severity: number, because: Because): Promise<CaseRow> {
  const after = await change(tx, row, { severity })
  await record(tx, row, { kind: 'severity_lowered', ...because, facts: { from: row.severity, to: severity } })
  await tell(tx, after, 'case_lowered', { duty: row.holder })
  await report(tx, 'severity_lowered', after)
  return after
}
