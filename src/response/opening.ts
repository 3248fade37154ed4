import { sql } from 'kysely'
import type { UnitRef } from '../access/contract.ts'
import { type Actor, announce, type Tx, type WorkTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Context } from '../base/serve.ts'
import { readSignals, type Signal } from '../monitoring/index.ts'
import { type CaseRow, selectCases } from './case.ts'
import { firstClock, limitsOf } from './clock.ts'
import { responseErrors } from './error.ts'
import { addAlerts, alertsOf, mostSevere, named, sumHeat, waitTurn } from './signal.ts'
import { findDuty, record, recordSkipped, report, tell } from './step.ts'
import { type CaseUnit, ownTier, tierOn } from './tier.ts'

/** Opens a case by hand from a mention that raised none. */
export async function openCase(
  tx: Tx,
  input: { mentionId: number; severity: number; text: string },
  { actor }: Context,
): Promise<{ id: number }> {
  const [found] = await readSignals(tx, [input.mentionId])
  if (!found) throw new Refusal(baseErrors.not_found)
  await waitTurn(tx, found)
  const known = (await alertsOf(tx, [found])).get(found.id)
  if (known !== undefined) throw new Refusal(responseErrors.already_in_case, { case: known })
  const { id } = await open(tx, [{ ...found, severity: input.severity }], { actor, text: input.text })
  return { id }
}

interface Opener {
  readonly actor: Actor
  readonly text: string
}

/**
 * Opens a case at the unit's own tier, or above it where nobody is on duty, and tells those on duty there. When somebody of that
 * very tier opens it by hand, they are on it already. The clock starts with the case.
 */
export async function open(tx: Tx | WorkTx, signals: readonly Signal[], by?: Opener): Promise<CaseRow> {
  const worst = mostSevere(signals)
  const unit = { ...worst, kind: await kindOf(tx, worst.branchId) }
  const { holder, skipped } = await findDuty(tx, worst, ownTier(unit))
  const mine = by !== undefined && tierOn(by.actor, 'response.handle', unit) === holder
  const limits = await limitsOf(tx, worst.severity)
  const { branchId: branch_id, regionId: region_id, category, severity, demo } = worst
  const counts = { alerts: signals.length, heat: sumHeat(signals) }
  const { id } = await tx
    .insertInto('response.case')
    .values({
      ...{ branch_id, region_id, category, severity, demo, holder, acts_from: ownTier(unit), ...counts },
      ...firstClock(mine ? 'answer' : 'acknowledge', limits),
      ...(mine && takenBy(by.actor)),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  const row = (await selectCases(tx).where('c.id', '=', id).executeTakeFirstOrThrow()) as CaseRow
  await addAlerts(tx, row, signals)
  const facts = { severity, to: holder, alerts: signals.length, mentions: named(signals) }
  await record(tx, row, { kind: 'opened', personId: by?.actor.personId ?? null, text: by?.text ?? '', facts })
  await recordSkipped(tx, row, skipped, holder)
  if (!mine) {
    const told = await tell(tx, row, 'case_opened', { duty: holder })
    await record(tx, row, { kind: 'notified', personId: null, facts: { count: told, to: holder } })
  }
  await announce(tx, 'response.case', row, id)
  await report(tx, 'opened', row)
  return row
}

const takenBy = ({ personId }: Actor) => ({
  state: 'handling',
  handler_id: personId,
  acknowledged_by: personId,
  first_acknowledged_at: sql<string>`statement_timestamp()`,
})

async function kindOf(tx: Tx | WorkTx, unitId: number): Promise<CaseUnit['kind']> {
  const { kind } = await tx.selectFrom('access.unit').select('kind').where('id', '=', unitId).executeTakeFirstOrThrow()
  return kind as UnitRef['kind']
}
