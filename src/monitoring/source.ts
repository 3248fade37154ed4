import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Parsed } from '../base/contract.ts'
import { announce, type ReadTx, type Tx, type WorkTx } from '../base/db.ts'
import { baseErrors, fill, Refusal, refuseStale } from '../base/error.ts'
import { FetchFailure, fetchFailures } from '../base/fetch-failure.ts'
import { checkUrl } from '../base/fetch-guard.ts'
import { type Context, covers } from '../base/serve.ts'
import type { monitoring, Source } from './contract.ts'
import { monitoringErrors } from './error.ts'
import { allowedInside } from './fetch.ts'
import { findUnit } from './unit.ts'

type Asks = typeof monitoring
type Row = Omit<Source, 'state' | 'abilities'> & { readonly branchId: number; readonly regionId: number; readonly late: boolean }

/** Failures in a row after which a source counts as failing; before, it may be a passing trouble. */
const failingFrom = 3

export async function listSources(tx: ReadTx, _input: object, { actor }: Context): Promise<Source[]> {
  const { rows } = await sql<Row>`
    select source.id, source.name, source.kind, source.url, source.platform, source.interval_seconds as "intervalSeconds", source.enabled,
      source.last_fetched_at as "lastFetchedAt", source.last_changed_at as "lastChangedAt", source.next_fetch_at as "nextFetchAt",
      source.last_item_at as "lastItemAt", source.failures, source.problem, source.demo, source.updated_at as "updatedAt",
      source.branch_id as "branchId", source.region_id as "regionId",
      jsonb_build_object('id', unit.id, 'code', unit.code, 'name', unit.name, 'kind', unit.kind) as unit,
      jsonb_build_object('new', taken_new, 'repeated', taken_repeated, 'updated', taken_updated,
        'irrelevant', taken_irrelevant, 'refused', taken_refused) as taken,
      coalesce(next_fetch_at < now() - make_interval(secs => greatest(60, interval_seconds)), false) as late
    from monitoring.source join access.unit on unit.id = source.branch_id order by source.name, source.id`.execute(tx)
  return rows.map(({ branchId, regionId, late, ...source }) => ({
    ...source,
    state: stateOf({ ...source, late }),
    abilities: { edit: covers(actor, 'monitoring.manage_sources', { branchId, regionId }) },
  }))
}

function stateOf({
  enabled,
  kind,
  failures,
  late,
  lastFetchedAt,
  lastItemAt,
}: Pick<Row, 'enabled' | 'kind' | 'failures' | 'late' | 'lastFetchedAt' | 'lastItemAt'>): Source['state'] {
  if (!enabled) return 'paused'
  if (kind !== 'feed') return lastItemAt === null ? 'waiting' : 'healthy'
  if (failures >= failingFrom) return 'failing'
  if (failures > 0 || late) return 'late'
  return lastFetchedAt === null ? 'waiting' : 'healthy'
}

/** Makes or changes a source. The secret of a new webhook is told here and never again. */
export async function saveSource(tx: Tx, input: Parsed<Asks['monitoring.save_source']>, { actor }: Context) {
  const { id, unitId, kind } = input
  const unit = await findUnit(tx, unitId)
  if (!unit || !covers(actor, 'monitoring.manage_sources', unit)) throw new Refusal(monitoringErrors.outside_units)
  const before = id === undefined ? undefined : await addressOf(tx, id)
  // One that stays as it is, such as the demo's own, was looked at when it was written.
  const url = kind !== 'feed' ? null : before !== undefined && before === input.url ? before : feedUrl(input.url)
  const saved =
    id === undefined ? await insertSource(tx, { ...input, url }, unit) : await changeSource(tx, { ...input, id, url }, unit)
  await announce(tx, 'monitoring.source', unit)
  return saved
}

async function addressOf(tx: Tx, id: number): Promise<string | undefined> {
  const source = await tx.selectFrom('monitoring.source').where('id', '=', id).select('url').executeTakeFirst()
  return source?.url ?? undefined
}

type Given = Parsed<Asks['monitoring.save_source']>
interface Unit {
  readonly branchId: number
  readonly regionId: number
}

async function insertSource(
  tx: Tx,
  { name, kind, url, platform, intervalSeconds, enabled }: Given,
  { branchId, regionId }: Unit,
) {
  const scope = { branch_id: branchId, region_id: regionId }
  const { id } = await tx
    .insertInto('monitoring.source')
    .values({
      ...{ name, kind, url, platform, enabled, interval_seconds: intervalSeconds },
      ...scope,
      next_fetch_at: kind === 'feed' && enabled ? sql`now()` : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  if (kind !== 'webhook') return { id, webhookSecret: null }
  return { id, webhookSecret: await makeSecret(tx, id, { branchId, regionId }) }
}

async function changeSource(tx: Tx, given: Given & { readonly id: number }, unit: Unit) {
  const { id, name, kind, url, platform, intervalSeconds, enabled } = given
  const before = await tx
    .selectFrom('monitoring.source')
    .where('id', '=', id)
    .select(['kind', 'url', 'branch_id as branchId', 'enabled', 'updated_at as updatedAt'])
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new Refusal(baseErrors.not_found)
  if (before.kind !== kind || before.branchId !== unit.branchId) throw new Refusal(monitoringErrors.source_unit_fixed)
  refuseStale(given.seen, before.updatedAt)
  const changed = await tx
    .updateTable('monitoring.source')
    .set({
      ...{ name, url, platform, enabled, interval_seconds: intervalSeconds },
      updated_at: sql`greatest(clock_timestamp(), updated_at + interval '1 millisecond')`,
      next_fetch_at: kind === 'feed' && enabled ? sql`now()` : null,
      ...(before.url !== url && { etag: null, last_modified: null, content_hash: null }),
      ...((before.url !== url || !before.enabled) && { failures: 0, problem: null }),
    })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst()
  if (!changed) throw new Refusal(baseErrors.not_found)
  return { id, webhookSecret: null }
}

/** Says at once what would otherwise only fail at the first fetch. */
function feedUrl(written: string | null): string {
  try {
    return checkUrl(written ?? '', undefined, allowedInside()).href
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error
    const { zh, en } = fetchFailures[error.code]
    throw new Refusal(baseErrors.invalid_input, {}, [{ path: 'url', zh: fill(zh, error.facts), en: fill(en, error.facts) }])
  }
}

/** A new secret for a webhook, told here and never again; the one before holds for another day. */
export async function renewSecret(tx: Tx, { id }: { id: number }) {
  // Changes nothing, but finds the source only where the person asking may change it.
  const source = await tx
    .updateTable('monitoring.source')
    .set((of) => ({ name: of.ref('name') }))
    .where('id', '=', id)
    .returning(['kind', 'branch_id as branchId', 'region_id as regionId'])
    .executeTakeFirst()
  if (!source) throw new Refusal(baseErrors.not_found)
  if (source.kind !== 'webhook') throw new Refusal(monitoringErrors.source_no_webhook)
  return { id, webhookSecret: await makeSecret(tx, id, source) }
}

async function makeSecret(tx: Tx, id: number, { branchId, regionId }: Unit): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await tx
    .insertInto('monitoring.source_secret')
    .values({ source_id: id, secret, branch_id: branchId, region_id: regionId })
    .execute()
  return secret
}

export async function deleteSource(tx: Tx, { id }: { id: number }) {
  const gone = await tx
    .deleteFrom('monitoring.source')
    .where('id', '=', id)
    .returning(['branch_id as branchId', 'region_id as regionId'])
    .executeTakeFirst()
  if (!gone) throw new Refusal(baseErrors.not_found)
  await announce(tx, 'monitoring.source', gone)
  return { id }
}

/** Lets the clock fetch this source at its next tick. */
export async function fetchSource(tx: Tx, { id }: { id: number }) {
  const found = await tx
    .updateTable('monitoring.source')
    .set({ next_fetch_at: sql`case when kind = 'feed' and enabled then now() else next_fetch_at end` })
    .where('id', '=', id)
    .returning(['kind', 'enabled'])
    .executeTakeFirst()
  if (!found) throw new Refusal(baseErrors.not_found)
  if (found.kind !== 'feed' || !found.enabled) throw new Refusal(monitoringErrors.source_not_fetched)
  return { id }
}

/** The demo's own feed on loopback, one for the installation: made, or moved to where the feed is this time. */
export async function saveDemoSource(
  tx: WorkTx,
  given: { name: string; url: string; intervalSeconds: number },
): Promise<{ id: number }> {
  const row = { name: given.name, url: given.url, interval_seconds: given.intervalSeconds, next_fetch_at: sql<string>`now()` }
  const moved = await tx
    .updateTable('monitoring.source')
    .set({ ...row, enabled: true, failures: 0, problem: null, etag: null, last_modified: null, content_hash: null })
    .where('demo', '=', true)
    .returning('id')
    .executeTakeFirst()
  if (moved) return moved
  const { id: branch_id } = await tx
    .selectFrom('access.unit')
    .where('kind', '=', 'headquarters')
    .select('id')
    .executeTakeFirstOrThrow()
  return tx
    .insertInto('monitoring.source')
    .values({ ...row, kind: 'feed', platform: 'web', branch_id, region_id: branch_id, demo: true })
    .returning('id')
    .executeTakeFirstOrThrow()
}
