import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'
import { notify } from './notify.ts'

/** A webhook at which nothing arrived for this long is switched off. Its letters are kept for when it is switched on again. */
export const deadAfterHours = 24
/** And failed so often meanwhile: a clock that jumps a day ahead makes nobody dead. */
const deadAfterFailures = 24

/** Switches a webhook off that is gone (410) or dead, and tells those who look after it there and at headquarters. */
export async function restIfDead(tx: WorkTx, webhookId: number, gone: boolean): Promise<void> {
  const { rows } = await sql<{ branchId: number; regionId: number; unit: string }>`
    update delivery.webhook hook set enabled = false, off_reason = ${gone ? 'gone' : 'dead'},
      updated_at = greatest(clock_timestamp(), hook.updated_at + interval '1 millisecond') from access.unit
    where hook.id = ${webhookId} and hook.enabled and unit.id = hook.branch_id
      and (${gone} or hook.failures >= ${deadAfterFailures} and hook.failing_since < now() - make_interval(hours => ${deadAfterHours}))
    returning hook.branch_id as "branchId", hook.region_id as "regionId", unit.name as unit`.execute(tx)
  const [hook] = rows
  if (hook) await tellManagers(tx, 'webhook_off', hook, { hook: webhookId, unit: hook.unit })
}

/** The clock of the database moved by itself: whoever looks after the system is told once, whichever process saw it. */
export async function tellOfJump(tx: WorkTx, seconds: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('delivery.clock_jumped', 0))`.execute(tx)
  const { rows: told } = await sql`select from delivery.notice where template = 'clock_jumped'
    and abs(extract(epoch from created_at - clock_timestamp())) < 60 and sign((facts ->> 'seconds')::float8) = sign(${seconds}::float8) limit 1`.execute(
    tx,
  )
  if (told.length > 0) return
  const { rows } = await sql<{ id: number; name: string }>`select id, name from access.unit where kind = 'headquarters'`.execute(
    tx,
  )
  const [top] = rows
  if (top) await tellManagers(tx, 'clock_jumped', { branchId: top.id, regionId: top.id }, { seconds: Math.round(seconds) })
}

async function tellManagers(
  tx: WorkTx,
  template: 'webhook_off' | 'clock_jumped',
  { branchId, regionId }: { branchId: number; regionId: number },
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  const { rows } = await sql<{ person: number }>`
    select distinct delivery.holders('delivery.manage', unit.id) as person from access.unit
    where unit.id in (${branchId}::int, ${regionId}::int) or kind = 'headquarters'`.execute(tx)
  await notify(tx, {
    to: { persons: rows.map(({ person }) => person) },
    about: { branchId, regionId },
    template,
    facts,
    path: '/delivery',
    severity: 0,
    demo: false,
  })
}
