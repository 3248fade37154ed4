import { sql } from 'kysely'
import type { Tx, WorkTx } from '../base/db.ts'
import { readSettings } from './settings.ts'
import { type Facts, type TemplateName, templates } from './templates.ts'

/** Who holds a right on exactly this unit at this moment: the people on duty there. */
export interface Holders {
  readonly right: string
  readonly unitId: number
}

export interface Telling {
  /** People by number, and whoever is on duty. The person asking is left out: they know. */
  readonly to: { readonly persons?: readonly number[]; readonly holders?: Holders }
  readonly template: TemplateName
  readonly facts: Facts
  /** The page to open. */
  readonly path: string
  readonly severity: number
  /** A demo is told in the console and never leaves the house. */
  readonly demo: boolean
  /** The unit that it speaks of: nobody is told, mailed or shown it who may not see that unit. */
  readonly about?: { readonly branchId: number; readonly regionId: number }
}

/**
 * Tells people, in the transaction of what they are told of: the bell in the console, and by mail where the template waits for somebody.
 * Returns how many were told. Works in any person's transaction, as the people told may stand outside what that person may see.
 */
export async function notify(tx: Tx | WorkTx, { to, template, facts, path, severity, demo, about }: Telling): Promise<number> {
  // Without a mail server a notice stays in the console, and nothing waits for one.
  const mail = 'mail' in templates[template] && readSettings().SMTP_URL !== undefined
  const { rows } = await sql<{
    told: number
  }>`select delivery.notify(${[...(to.persons ?? [])]}::int[], ${to.holders?.right ?? null},
    ${to.holders?.unitId ?? null}::int, ${template}, ${JSON.stringify(facts)}::jsonb, ${path}, ${severity}::int, ${demo}, ${mail},
    ${about?.branchId ?? null}::int, ${about?.regionId ?? null}::int) as told`.execute(tx)
  return rows[0]?.told ?? 0
}

export interface Happening {
  /** Such as `case.opened`. */
  readonly event: string
  readonly unit: { readonly branchId: number; readonly regionId: number }
  /** The body of the POST: numbers, codes and states. */
  readonly facts: Facts
  readonly path: string
  readonly severity: number
  readonly demo: boolean
}

/** Queues an event for the webhooks that hear of this unit, in the transaction of what happened. Demos are not sent. */
export async function emit(tx: Tx | WorkTx, { event, unit, facts, path, severity, demo }: Happening): Promise<void> {
  if (demo) return
  await sql`select delivery.emit(${unit.branchId}::int, ${unit.regionId}::int, ${event}, ${JSON.stringify(facts)}::jsonb, ${path},
    ${severity}::int)`.execute(tx)
}

/** Whether anybody holds this right on exactly this unit now. */
export async function onDuty(tx: Tx | WorkTx, { right, unitId }: Holders): Promise<boolean> {
  const { rows } = await sql<{ someone: boolean }>`select delivery.on_duty(${right}, ${unitId}::int) as someone`.execute(tx)
  return rows[0]?.someone === true
}
