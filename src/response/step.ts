import { sql, type UpdateObject } from 'kysely'
import type { DB } from '../../db/types.ts'
import { type Actor, announce, type Tx, type WorkTx } from '../base/db.ts'
import { baseErrors, Refusal, refuseStale } from '../base/error.ts'
import { emit, notify, onDuty, type TemplateName } from '../delivery/index.ts'
import { type Act, abilities, fitsState } from './abilities.ts'
import { type CaseRow, selectCases, standingOf } from './case.ts'
import { limitsOf, startClock, stopClock } from './clock.ts'
import type { CaseEvent } from './contract.ts'
import { responseErrors } from './error.ts'
import { fromTier, type Holder } from './tier.ts'

/** The columns that a step changes. */
export type Change = UpdateObject<DB, 'response.case'>

export interface Asked {
  readonly id: number
  readonly seen?: string | undefined
}

/** What a step answers. */
export const answerOf = ({ id, state, updatedAt }: CaseRow) => ({ id, state, updatedAt })

/** Takes a case for one step: nobody else moves it until this transaction ends. */
export async function lockCase(tx: Tx | WorkTx, id: number): Promise<CaseRow> {
  const row = await selectCases(tx).where('c.id', '=', id).forUpdate('c').executeTakeFirst()
  if (!row) throw new Refusal(baseErrors.not_found)
  return row as CaseRow
}

/** Refuses a step that this person may not take, or that was decided on something older than what is there now. */
export function refuseUnless(act: Act, row: CaseRow, { seen }: Asked, actor: Actor): void {
  refuseStale(seen, row.updatedAt)
  if (abilities(standingOf(row), actor)[act]) return
  if (!fitsState(act, standingOf(row))) throw new Refusal(responseErrors.case_moved_on)
  throw new Refusal(abilities(standingOf(row), actor).note ? responseErrors.case_held_above : baseErrors.forbidden)
}

export interface Recorded {
  readonly kind: CaseEvent['kind']
  /** Null when the clock or the system did it. */
  readonly personId: number | null
  readonly text?: string
  readonly facts?: Readonly<Record<string, string | number | readonly number[]>>
  /** The clock whose striking this tells of; the database takes each once. */
  readonly clock?: number
}

/** Adds to the timeline. */
export async function record(
  tx: Tx | WorkTx,
  row: CaseRow,
  { kind, personId, text, facts = {}, clock }: Recorded,
): Promise<void> {
  await tx
    .insertInto('response.case_event')
    .values({
      case_id: row.id,
      branch_id: row.branchId,
      region_id: row.regionId,
      kind,
      person_id: personId,
      text: text || null,
      facts: JSON.stringify(facts),
      ...(clock !== undefined && { clock }),
    })
    .execute()
}

/**
 * Changes a case that this transaction has taken, and says so to open pages. The condition repeats what was read, so that even
 * without the lock of two changes one would be lost.
 */
export async function change(tx: Tx | WorkTx, row: CaseRow, set: Change): Promise<CaseRow> {
  const moved = await tx
    .updateTable('response.case')
    .set({
      ...set,
      sequence: sql`sequence + 1`,
      updated_at: sql`greatest(clock_timestamp(), updated_at + interval '1 millisecond')`,
    })
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .where('updated_at', '=', row.updatedAt)
    .executeTakeFirst()
  if (moved.numUpdatedRows !== 1n) throw new Refusal(baseErrors.conflict)
  const after = (await selectCases(tx).where('c.id', '=', row.id).executeTakeFirstOrThrow()) as CaseRow
  await announce(tx, 'response.case', after, after.id)
  return after
}

/** Puts a case before a tier: it waits there to be acknowledged, with the whole time that the tier has. */
export async function hold(tx: Tx | WorkTx, row: CaseRow, holder: Holder, set: Change = {}): Promise<CaseRow> {
  const limits = await limitsOf(tx, row.severity)
  const waiting = { state: 'open', holder, handler_id: null, acknowledged_by: null }
  return change(tx, row, { acts_from: holder, ...waiting, ...startClock('acknowledge', limits), ...set })
}

/** What an ended case no longer has. */
export const ended = { ...stopClock, close_due_at: null, offer: null } satisfies Change

/** What a case that goes on loses of its end. */
export const unsettled = {
  answered_at: null,
  closed_at: null,
  outcome: null,
  heat_settled: null,
  close_due_at: null,
  offer: null,
} satisfies Change

/** Tells other systems. `step` grows with each step of the case, for who is told out of order. */
export async function report(tx: Tx | WorkTx, event: string, row: CaseRow): Promise<void> {
  const { id, unitCode, severity, state, holder, sequence, demo } = row
  const facts = { case_id: id, unit_code: unitCode, severity, state, holder, step: sequence }
  await emit(tx, { event: `case.${event}`, unit: row, facts, path: pageOf(row), severity, demo })
}

export const pageOf = ({ id }: { id: number }): string => `/response/${id}`

type ToWhom = { readonly duty: Holder } | { readonly person: number | null }

/** Tells those on duty at a tier, or one person, by a notice that names the case only. */
export async function tell(
  tx: Tx | WorkTx,
  row: CaseRow,
  template: TemplateName,
  whom: ToWhom,
  facts: Readonly<Record<string, string | number>> = {},
): Promise<number> {
  const to =
    'duty' in whom
      ? { holders: { right: 'response.handle', unitId: await unitAt(tx, row, whom.duty) } }
      : { persons: whom.person === null ? [] : [whom.person] }
  const named = { case: row.id, unit: row.unitName, severity: row.severity, holder: row.holder, ...facts }
  return notify(tx, { to, template, facts: named, path: pageOf(row), severity: row.severity, demo: row.demo, about: row })
}

async function unitAt(
  tx: Tx | WorkTx,
  { branchId, regionId }: Pick<CaseRow, 'branchId' | 'regionId'>,
  tier: Holder,
): Promise<number> {
  if (tier === 'branch') return branchId
  if (tier === 'region') return regionId
  const { id } = await tx.selectFrom('access.unit').select('id').where('kind', '=', 'headquarters').executeTakeFirstOrThrow()
  return id
}

/**
 * The first tier from here upwards at which somebody is on duty, and the tiers passed over. Headquarters holds a case even when
 * nobody is there: it is the last.
 */
export async function findDuty(
  tx: Tx | WorkTx,
  row: Pick<CaseRow, 'branchId' | 'regionId'>,
  from: Holder,
): Promise<{ holder: Holder; skipped: Holder[] }> {
  const skipped: Holder[] = []
  for (const holder of fromTier(from)) {
    if (holder === 'headquarters') return { holder, skipped }
    if (await onDuty(tx, { right: 'response.handle', unitId: await unitAt(tx, row, holder) })) return { holder, skipped }
    skipped.push(holder)
  }
  return { holder: 'headquarters', skipped }
}

/** Writes into the timeline that nobody was on duty at the tiers passed over. */
export async function recordSkipped(tx: Tx | WorkTx, row: CaseRow, skipped: readonly Holder[], to: Holder): Promise<void> {
  for (const from of skipped)
    await record(tx, row, { kind: 'escalated', personId: null, facts: { from, to, reason: 'nobody_on_duty' } })
}
