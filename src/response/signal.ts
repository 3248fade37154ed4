import { sql } from 'kysely'
import type { Tx, WorkTx } from '../base/db.ts'
import type { Signal } from '../monitoring/index.ts'
import type { CaseRow } from './case.ts'

/** What belongs into one case. A demo never mixes with what is real. */
export const keyOf = ({ branchId, category, demo }: Signal): string => `${branchId}|${category}|${demo}`

/** Whoever raises an alert of this kind waits here for the one before, so that thirty posts of one rumour make one case. */
export async function waitTurn(tx: Tx | WorkTx, signal: Signal): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`response.case|${keyOf(signal)}`}, 0))`.execute(tx)
}

/** The cases in which these mentions stand. */
export async function alertsOf(tx: Tx | WorkTx, signals: readonly Signal[]): Promise<Map<number, number>> {
  const rows = await tx
    .selectFrom('response.alert')
    .select(['mention_id as mentionId', 'case_id as caseId'])
    .where('ended_at', 'is', null)
    .where(sql<boolean>`mention_id = any(${signals.map(({ id }) => id)}::bigint[])`)
    .execute()
  return new Map(rows.map(({ mentionId, caseId }) => [mentionId, caseId]))
}

export async function addAlerts(tx: Tx | WorkTx, row: CaseRow, signals: readonly Signal[]): Promise<void> {
  const { id: case_id, branchId: branch_id, regionId: region_id } = row
  const values = signals.map(({ id, severity, heat }) => ({ mention_id: id, case_id, branch_id, region_id, severity, heat }))
  await tx.insertInto('response.alert').values(values).execute()
}

/** The mentions whose alerts stand in a case. */
export async function mentionsOf(tx: Tx | WorkTx, { id }: Pick<CaseRow, 'id'>): Promise<number[]> {
  const rows = await tx
    .selectFrom('response.alert')
    .select('mention_id as mentionId')
    .where('case_id', '=', id)
    .where('ended_at', 'is', null)
    .execute()
  return rows.map(({ mentionId }) => mentionId)
}

/** As many mentions as a line of the timeline names. */
export const named = (signals: readonly Pick<Signal, 'id'>[]): number[] => signals.slice(0, 20).map(({ id }) => id)

export const mostSevere = (signals: readonly Signal[]): Signal =>
  signals.reduce((most, one) => (one.severity > most.severity ? one : most))

export const sumHeat = (signals: readonly Signal[]): number => signals.reduce((sum, { heat }) => sum + heat, 0)
