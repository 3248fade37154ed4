import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { z } from 'zod'

import type { ReadTx, Tx } from '../base/db.ts'
import { baseErrors, fill, Refusal, refuseStale } from '../base/error.ts'
import { FetchFailure, fetchFailures } from '../base/fetch-failure.ts'
import { checkUrl } from '../base/fetch-guard.ts'
import { type Context, covers } from '../base/serve.ts'
import type { delivery, Webhook } from './contract.ts'
import { deliveryErrors } from './error.ts'
import { allowedInside } from './post.ts'
import { readSettings } from './settings.ts'

/** Webhooks that this person manages, and how mail fares. */
export async function listWebhooks(tx: ReadTx, _input: object, { scope }: Context) {
  const webhooks = (await tx
    .selectFrom('delivery.webhook as hook')
    .innerJoin('access.unit as unit', 'unit.id', 'hook.branch_id')
    .select([
      'hook.id',
      'hook.name',
      'hook.url',
      'hook.min_severity as minSeverity',
      'hook.branch_id as unitId',
      'unit.name as unit',
      'hook.enabled',
      'hook.last_at as lastAt',
      'hook.last_outcome as lastOutcome',
      'hook.failures',
      'hook.off_reason as offReason',
      'hook.updated_at as updatedAt',
      sql<string | null>`case when hook.secret_before_until > now() then hook.secret_before_until end`.as('oldSecretUntil'),
      sql<number>`(select count(*)::int from delivery.outbox o where o.webhook_id = hook.id and o.state = 'waiting')`.as(
        'waiting',
      ),
    ])
    .orderBy('hook.id')
    .execute()) as Webhook[]
  const { SMTP_URL, SMTP_FROM } = readSettings()
  const counts = scope.tier === 'group' ? await countMail(tx) : { waiting: 0, failed: 0, lastProblem: null }
  return { webhooks, mail: { configured: SMTP_URL !== undefined, from: SMTP_FROM, ...counts } }
}

async function countMail(tx: ReadTx) {
  const { rows } = await sql<{ waiting: number; failed: number; lastProblem: string | null }>`
    select count(*) filter (where state = 'waiting')::int as waiting, count(*) filter (where state = 'failed')::int as failed,
      (array_agg(problem order by ended_at desc nulls first) filter (where problem is not null and state <> 'sent'))[1] as "lastProblem"
    from delivery.outbox where channel = 'mail' and problem is distinct from 'not_configured' and created_at > now() - interval '7 days'`.execute(
    tx,
  )
  return rows[0] ?? { waiting: 0, failed: 0, lastProblem: null }
}

type SaveInput = z.output<(typeof delivery)['delivery.save_webhook']['input']>

/** Makes or changes a webhook. A new one's secret is told here and never again. */
export async function saveWebhook(tx: Tx, input: SaveInput, { actor }: Context) {
  const { id, name, url, minSeverity: min_severity, unitId, enabled, seen } = input
  const unit = await tx
    .selectFrom('access.unit')
    .where('id', '=', unitId)
    .where('kind', '!=', 'department')
    .select(['branch_id', 'region_id'])
    .executeTakeFirst()
  if (!unit || !covers(actor, 'delivery.manage', { branchId: unit.branch_id, regionId: unit.region_id }))
    throw new Refusal(deliveryErrors.webhook_outside)
  refuseBadUrl(url)
  const row = { name, url, min_severity, enabled, branch_id: unit.branch_id, region_id: unit.region_id }
  if (id === undefined) {
    const secret = randomBytes(32).toString('base64url')
    const made = await tx
      .insertInto('delivery.webhook')
      .values({ ...row, secret })
      .returning('id')
      .executeTakeFirstOrThrow()
    return { id: made.id, secret }
  }
  const before = await tx
    .selectFrom('delivery.webhook')
    .where('id', '=', id)
    .select('updated_at as updatedAt')
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new Refusal(baseErrors.not_found)
  refuseStale(seen, before.updatedAt)
  const updated_at = sql<string>`greatest(clock_timestamp(), updated_at + interval '1 millisecond')`
  const changed = await tx
    .updateTable('delivery.webhook')
    .set({ ...row, updated_at, failures: 0, failing_since: null, off_reason: null })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  if (!changed) throw new Refusal(baseErrors.not_found)
  return { id, secret: null }
}

/** Hours for which the secret before goes on signing beside the new one. */
const overlapHours = 24

/** A new secret, told here and never again. The receiver has a day to take it over: until then both sign. */
export async function rotateSecret(tx: Tx, { id }: { id: number }) {
  const secret = randomBytes(32).toString('base64url')
  const { rows } = await sql<{ until: string | null }>`
    select delivery.rotate_secret(${id}::int, ${secret}, ${overlapHours}::int) as until`.execute(tx)
  const oldUntil = rows[0]?.until
  if (!oldUntil) throw new Refusal(baseErrors.not_found)
  return { id, secret, oldUntil }
}

export async function deleteWebhook(tx: Tx, { id }: { id: number }) {
  const gone = await tx.deleteFrom('delivery.webhook').where('id', '=', id).returning('id').executeTakeFirst()
  if (!gone) throw new Refusal(baseErrors.not_found)
  return gone
}

/** Says at once what would otherwise only fail when something is sent. */
function refuseBadUrl(url: string): void {
  try {
    checkUrl(url, undefined, allowedInside())
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error
    const { zh, en } = fetchFailures[error.code]
    throw new Refusal(baseErrors.invalid_input, {}, [{ path: 'url', zh: fill(zh, error.facts), en: fill(en, error.facts) }])
  }
}
