import { sql } from 'kysely'
import type { UnitRef } from '../access/contract.ts'
import { announce, type Tx, type WorkTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Task } from '../base/job.ts'
import type { Context } from '../base/serve.ts'
import { type CaseRow, selectCases } from './case.ts'
import { firstClock, limitsOf, shortenClock } from './clock.ts'
import { responseErrors } from './error.ts'
import { readSignals, type Signal } from './mentions.ts'
import { change, findDuty, record, recordSkipped, report, tell } from './step.ts'
import { type Holder, ownTier, tierOn } from './tier.ts'

/** An alert joins a case of the same unit and category whose last alert is no older than this. docs/decisions/0006-alerts-join-cases.md */
export const joinWithin = '2 hours'

/** A growing case tells those on duty again at these numbers of alerts, not at each. */
const tellAt = [5, 10, 25, 50, 100, 250, 500, 1000]

/** Turns stored mentions into alerts and cases. Doing it again changes nothing: a mention raises one alert. */
export const routeAlerts: Task = async ({ mentionIds }, { db }) => {
  const ids = mentionIds as number[]
  const groups = Map.groupBy(await db.work((tx) => readSignals(tx, ids)), keyOf)
  const failures: unknown[] = []
  for (const signals of groups.values()) await db.work((tx) => raise(tx, signals)).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}

/** What belongs into one case. A demo never mixes with what is real. */
const keyOf = ({ branchId, category, demo }: Signal): string => `${branchId}|${category}|${demo}`

/** Whoever raises an alert of this kind waits here for the one before, so that thirty posts of one rumour make one case. */
async function waitTurn(tx: Tx | WorkTx, signal: Signal): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`response.case|${keyOf(signal)}`}, 0))`.execute(tx)
}

async function raise(tx: WorkTx, signals: readonly Signal[]): Promise<void> {
  const [first] = signals
  if (!first) return
  await waitTurn(tx, first)
  const known = await alertsOf(tx, signals)
  const fresh = signals.filter(({ id }) => !known.has(id))
  if (fresh.length === 0) return
  const row = await findOpen(tx, first)
  await (row ? join(tx, row, fresh) : open(tx, fresh))
}

/** The cases in which these mentions already are. */
async function alertsOf(tx: Tx | WorkTx, signals: readonly Signal[]): Promise<Map<number, number>> {
  const rows = await tx
    .selectFrom('response.alert')
    .select(['mention_id as mentionId', 'case_id as caseId'])
    .where(sql<boolean>`mention_id = any(${signals.map(({ id }) => id)}::bigint[])`)
    .execute()
  return new Map(rows.map(({ mentionId, caseId }) => [mentionId, caseId]))
}

/** The case that a new alert joins. One whose answer is out is left alone: what comes after it needs a clock of its own. */
async function findOpen(tx: WorkTx, { branchId, category, demo }: Signal): Promise<CaseRow | undefined> {
  const row = await selectCases(tx)
    .where('c.branch_id', '=', branchId)
    .where('c.category', '=', category)
    .where('c.demo', '=', demo)
    .where('c.awaiting', 'is not', null)
    .where(sql<boolean>`c.last_alert_at > now() - ${joinWithin}::interval`)
    .orderBy('c.last_alert_at', 'desc')
    .limit(1)
    .forUpdate('c')
    .executeTakeFirst()
  return row as CaseRow | undefined
}

const mostSevere = (signals: readonly Signal[]): Signal =>
  signals.reduce((most, one) => (one.severity > most.severity ? one : most))

const sumHeat = (signals: readonly Signal[]): number => signals.reduce((sum, { heat }) => sum + heat, 0)

const titleOf = ({ title, excerpt }: Signal): string => [...(title || excerpt)].slice(0, 60).join('') || '—'

async function addAlerts(tx: Tx | WorkTx, row: CaseRow, signals: readonly Signal[]): Promise<void> {
  const { id: case_id, branchId: branch_id, regionId: region_id } = row
  const values = signals.map(({ id, severity, heat }) => ({ mention_id: id, case_id, branch_id, region_id, severity, heat }))
  await tx.insertInto('response.alert').values(values).execute()
}

async function join(tx: WorkTx, row: CaseRow, signals: readonly Signal[]): Promise<void> {
  await addAlerts(tx, row, signals)
  const count = row.alerts + signals.length
  await tx
    .updateTable('response.case')
    .set({ alerts: count, heat: row.heat + sumHeat(signals), last_alert_at: sql`clock_timestamp()` })
    .where('id', '=', row.id)
    .execute()
  await record(tx, row, { kind: 'alert_joined', personId: null, facts: { alerts: signals.length, total: count } })
  const { severity } = mostSevere(signals)
  if (severity > row.severity) await raiseSeverity(tx, row, severity)
  else if (tellAt.some((mark) => row.alerts < mark && count >= mark))
    await tell(tx, row, 'case_grown', { duty: row.holder }, { count })
  await announce(tx, 'response.case', row)
}

async function raiseSeverity(tx: WorkTx, row: CaseRow, severity: number): Promise<void> {
  const shorter =
    row.awaiting === null ? {} : shortenClock(row.awaiting as 'acknowledge' | 'answer', await limitsOf(tx, severity))
  const after = await change(tx, row, { severity, ...shorter })
  await record(tx, row, { kind: 'severity_raised', personId: null, facts: { from: row.severity, to: severity } })
  await tell(tx, after, 'case_raised', { duty: row.holder })
  await report(tx, 'severity_raised', after)
}

async function open(tx: WorkTx, signals: readonly Signal[]): Promise<void> {
  const worst = mostSevere(signals)
  const { holder, skipped } = await findDuty(tx, worst, ownTier({ ...worst, kind: await kindOf(tx, worst.branchId) }))
  const limits = await limitsOf(tx, Math.max(worst.severity, 1))
  const row = await insertCase(tx, worst, {
    holder,
    alerts: signals.length,
    heat: sumHeat(signals),
    ...firstClock('acknowledge', limits),
  })
  await addAlerts(tx, row, signals)
  await record(tx, row, {
    kind: 'opened',
    personId: null,
    facts: { severity: worst.severity, to: holder, alerts: signals.length },
  })
  await recordSkipped(tx, row, skipped, holder)
  const told = await tell(tx, row, 'case_opened', { duty: holder })
  await record(tx, row, { kind: 'notified', personId: null, facts: { count: told, to: holder } })
  await announce(tx, 'response.case', row)
  await report(tx, 'opened', row)
}

type Opening = ReturnType<typeof firstClock> & {
  readonly holder: Holder
  readonly alerts: number
  readonly heat: number
  readonly state?: 'handling'
  readonly handler_id?: number
  readonly acknowledged_by?: number
  readonly first_acknowledged_at?: ReturnType<typeof sql<string>>
}

async function insertCase(tx: Tx | WorkTx, signal: Signal, opening: Opening): Promise<CaseRow> {
  const { branchId: branch_id, regionId: region_id, category, demo } = signal
  const severity = Math.max(signal.severity, 1)
  const { id } = await tx
    .insertInto('response.case')
    .values({ branch_id, region_id, category, severity, demo, title: titleOf(signal), ...opening })
    .returning('id')
    .executeTakeFirstOrThrow()
  return (await selectCases(tx).where('c.id', '=', id).executeTakeFirstOrThrow()) as CaseRow
}

async function kindOf(tx: Tx | WorkTx, unitId: number): Promise<UnitRef['kind']> {
  const { kind } = await tx.selectFrom('access.unit').select('kind').where('id', '=', unitId).executeTakeFirstOrThrow()
  return kind as UnitRef['kind']
}

/**
 * Opens a case by hand from a mention that raised none. Whoever belongs to the tier that holds it is on it at once;
 * otherwise those on duty there are told.
 */
export async function openCase(tx: Tx, input: { mentionId: number; severity: number; text: string }, { actor }: Context) {
  const [found] = await readSignals(tx, [input.mentionId])
  if (!found) throw new Refusal(baseErrors.not_found)
  await waitTurn(tx, found)
  const known = (await alertsOf(tx, [found])).get(found.id)
  if (known !== undefined) throw new Refusal(responseErrors.already_in_case, { case: known })
  const signal = { ...found, severity: input.severity }
  const unit = { ...signal, kind: await kindOf(tx, signal.branchId) }
  const { holder, skipped } = await findDuty(tx, signal, ownTier(unit))
  const limits = await limitsOf(tx, signal.severity)
  const counts = { holder, alerts: 1, heat: signal.heat }
  const mine = tierOn(actor, 'response.handle', unit) === holder
  const taken = {
    handler_id: actor.personId,
    acknowledged_by: actor.personId,
    first_acknowledged_at: sql<string>`statement_timestamp()`,
  }
  const row = await insertCase(
    tx,
    signal,
    mine
      ? { ...counts, state: 'handling', ...taken, ...firstClock('answer', limits) }
      : { ...counts, ...firstClock('acknowledge', limits) },
  )
  await addAlerts(tx, row, [signal])
  const facts = { severity: signal.severity, to: holder, alerts: 1 }
  await record(tx, row, { kind: 'opened', personId: actor.personId, text: input.text, facts })
  await recordSkipped(tx, row, skipped, holder)
  if (!mine) await tell(tx, row, 'case_opened', { duty: holder })
  await announce(tx, 'response.case', row)
  await report(tx, 'opened', row)
  return { id: row.id }
}
