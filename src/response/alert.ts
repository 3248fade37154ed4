import { sql } from 'kysely'
import { announce, type Db, type WorkTx } from '../base/db.ts'
import type { Task } from '../base/job.ts'
import { readSignals, type Signal } from '../monitoring/index.ts'
import { type CaseRow, selectCases } from './case.ts'
import { open } from './opening.ts'
import { raiseSeverity } from './severity.ts'
import { addAlerts, alertsOf, keyOf, mostSevere, named, sumHeat, waitTurn } from './signal.ts'
import { record, tell } from './step.ts'

/** From here on a negative mention calls for somebody. */
const alarming = 2

/** An alert joins a case of the same unit and category whose last alert is no older than this. docs/decisions/0006-alerts-join-cases.md */
const joinWithin = '2 hours'

/** A growing case tells those on duty again at these numbers of alerts, not at each. */
const tellAt = [5, 10, 25, 50, 100, 250, 500, 1000]

/** Turns stored mentions into alerts and cases. Doing it again changes nothing: a mention raises one alert. */
export const routeAlerts: Task = async ({ mentionIds }, { db }) => {
  const signals = await db.work((tx) => readSignals(tx, mentionIds as number[]))
  await raiseAlerts(
    db,
    signals.filter(({ category }) => category !== 'irrelevant'),
  )
}

export async function raiseAlerts(db: Db, signals: readonly Signal[]): Promise<void> {
  const groups = Map.groupBy(
    signals.filter(({ severity }) => severity >= alarming),
    keyOf,
  )
  const failures: unknown[] = []
  for (const group of groups.values()) await db.work((tx) => raise(tx, group)).catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
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

/** Counts change without moving `updated_at`: whoever is about to act on the case has missed nothing that matters. */
async function join(tx: WorkTx, row: CaseRow, signals: readonly Signal[]): Promise<void> {
  await addAlerts(tx, row, signals)
  const count = row.alerts + signals.length
  await tx
    .updateTable('response.case')
    .set({ alerts: count, heat: row.heat + sumHeat(signals), last_alert_at: sql`clock_timestamp()`, offer: null })
    .where('id', '=', row.id)
    .execute()
  await record(tx, row, {
    kind: 'alert_joined',
    personId: null,
    facts: { alerts: signals.length, total: count, mentions: named(signals) },
  })
  const { severity } = mostSevere(signals)
  if (severity > row.severity) await raiseSeverity(tx, row, severity, 'now')
  else if (tellAt.some((mark) => row.alerts < mark && count >= mark))
    await tell(tx, row, 'case_grown', { duty: row.holder }, { count })
  await announce(tx, 'response.case', row, row.id)
}
