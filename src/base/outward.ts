import { sql } from 'kysely'
import type { DoorTx, WorkTx } from './db.ts'

/**
 * Whether anything may leave the house: mail, webhooks, fetching. A restored copy may stand beside the original, whose letters it would
 * send a second time and whose sources it would ask; it keeps to itself until somebody says that it is the one that counts.
 */
export interface Held {
  readonly since: string
  /** What was restored, such as the backup's moment. */
  readonly from: string
}

const setting = 'outward_held'

/** For the statements that take something up in order to send or fetch it. */
export const outwardOpen = sql<boolean>`not exists (select from base.setting where name = ${setting} and value <> 'false'::jsonb)`

export async function holdOutward(tx: WorkTx, from: string): Promise<void> {
  await sql`
    insert into base.setting (name, value) values (${setting}, jsonb_build_object('since', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'from', ${from}::text))
    on conflict (name) do update set value = excluded.value`.execute(tx)
}

export async function openOutward(tx: WorkTx): Promise<void> {
  await sql`update base.setting set value = 'false' where name = ${setting}`.execute(tx)
}

/** Since when and why nothing leaves; null when it may. */
export async function readOutward(tx: WorkTx | DoorTx): Promise<Held | null> {
  const { rows } = await sql<{ value: Held }>`
    select value from base.setting where name = ${setting} and value <> 'false'::jsonb`.execute(tx)
  return rows[0]?.value ?? null
}
