import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { Db, WorkTx } from '../base/db.ts'
import { type ErrorEntry, Refusal } from '../base/error.ts'
import type { Log } from '../base/log.ts'
import { ThreadFault, threadFaults } from '../base/thread.ts'
import { monitoringErrors } from './error.ts'
import { type Taken, takeIn } from './intake.ts'
import { type ItemProblem, keepProblems } from './problem.ts'
import { orRefused } from './stopped.ts'
import { readBodyAside } from './webhook-body.ts'

const freshSeconds = 300

/**
 * Webhooks in: `POST /intake/:sourceId`, the raw body signed with the source's secret. Whoever cannot sign learns nothing,
 * not even whether there is such a source. Each signed call leaves a row in the trail.
 */
export async function registerWebhooks(app: FastifyInstance, db: Db, _log: Log): Promise<void> {
  await app.register(async (intake) => {
    intake.removeAllContentTypeParsers()
    intake.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    intake.post<{ Params: { sourceId: string } }>('/intake/:sourceId', async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const started = performance.now()
      const id = /^\d{1,9}$/.test(request.params.sourceId) ? Number(request.params.sourceId) : 0
      const call = { id, address: request.ip, started }
      try {
        return await answer(db, request, call)
      } catch (error) {
        const code = error instanceof Refusal ? error.entry.code : 'unexpected'
        // Whoever cannot sign is counted with other strangers, so that nobody makes the trail grow from outside.
        if (code !== monitoringErrors.signature_wrong.code)
          await db.work((tx) => leaveTrail(tx, call, null, error instanceof Refusal ? 'refused' : 'failed', code))
        throw error
      }
    })
  })
}

interface Call {
  readonly id: number
  readonly address: string
  readonly started: number
}

async function answer(db: Db, request: FastifyRequest, call: Call): Promise<Taken> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const source = await db.work((tx) => findSource(tx, call.id))
  const signature = signatureOf(request, body, source?.secrets)
  if (signature === null) throw refuse(monitoringErrors.signature_wrong)
  if (!source?.enabled) throw refuse(monitoringErrors.source_paused)
  if (await db.work((tx) => wasSeen(tx, call.id, signature))) throw refuse(monitoringErrors.webhook_replayed)
  const read = await readBodyAside({ bytes: body, contentType: request.headers['content-type'] }).catch(refuseSlow)
  if (read.kind === 'undecodable')
    throw new Refusal(monitoringErrors.body_undecodable, { reason: read.why.zh, reasonEn: read.why.en })
  if (read.kind === 'unreadable') throw refuse(monitoringErrors.body_unreadable)
  const { items, faults, problems } = read
  let total: Taken | undefined
  const taking = takeIn(
    db,
    items.map(({ value }) => value),
    {
      sourceId: call.id,
      alongside: async (tx, taken) => {
        const placed = (problem: ItemProblem) => ({ ...problem, at: items[problem.at]?.at ?? problem.at })
        const refused = [...taken.refused.map(placed), ...faults].sort((a, b) => a.at - b.at)
        total = { ...taken, refused, noted: taken.noted.map(placed) }
        await remember(tx, call.id, signature)
        await count(tx, call.id, total)
        await keepProblems(tx, { id: call.id, ...source }, [...faults, ...problems])
        await leaveTrail(tx, call, source.branchId, 'allowed', null)
      },
    },
  )
  await orRefused(taking)
  return total ?? { new: 0, repeated: 0, updated: 0, irrelevant: 0, refused: [], noted: [] }
}

const refuse = (entry: ErrorEntry): Refusal => new Refusal(entry)

/** A body that takes too long or too much to read is refused for that reason. */
function refuseSlow(error: unknown): never {
  if (!(error instanceof ThreadFault)) throw error
  const { zh, en } = threadFaults[error.reason]
  throw new Refusal(monitoringErrors.body_undecodable, { reason: zh, reasonEn: en })
}

/** A secret holds until a day after the next was made, so that senders can be changed one by one. */
async function findSource(tx: WorkTx, id: number) {
  const rows = await tx
    .selectFrom('monitoring.source as source')
    .innerJoin('monitoring.source_secret as secret', 'secret.source_id', 'source.id')
    .where('source.id', '=', id)
    .where('source.kind', '=', 'webhook')
    .where(
      sql<boolean>`not exists (select from monitoring.source_secret later where later.source_id = source.id and later.id > secret.id
        and later.created_at < now() - interval '24 hours')`,
    )
    .select(['source.enabled', 'source.branch_id as branchId', 'source.region_id as regionId', 'secret.secret'])
    .orderBy('secret.id', 'desc')
    .execute()
  const [first] = rows
  return first && { ...first, secrets: rows.map(({ secret }) => secret) }
}

/** Whether there is a webhook of this number: what is sent to another is not kept in memory. */
export async function knowsWebhook(db: Db, id: number): Promise<boolean> {
  if (!Number.isInteger(id) || id < 1 || id > 999_999_999) return false
  return (await db.work((tx) => findSource(tx, id))) !== undefined
}

const nobody = randomBytes(32).toString('base64url')

/**
 * The signature of a call, or null when it is not signed with one of the secrets: over the timestamp, a full stop and the body, so that
 * neither can be changed nor a recorded call be sent again later. An unknown source is checked like a known one, with a secret nobody has.
 */
function signatureOf(request: FastifyRequest, body: Buffer, secrets: readonly string[] = [nobody]): string | null {
  const header = (name: string) => String(request.headers[name] ?? '')
  const timestamp = header('x-anlan-timestamp')
  const found = Buffer.from(header('x-anlan-signature').toLowerCase())
  const age = /^\d{1,12}$/.test(timestamp) ? Math.abs(Date.now() / 1000 - Number(timestamp)) : Number.POSITIVE_INFINITY
  const equal = secrets.filter((secret) => {
    const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
    const expected = Buffer.from(`sha256=${digest}`)
    return expected.length === found.length && timingSafeEqual(expected, found)
  })
  return equal.length > 0 && age <= freshSeconds && secrets[0] !== nobody ? found.toString() : null
}

async function wasSeen(tx: WorkTx, id: number, signature: string): Promise<boolean> {
  const row = await tx
    .selectFrom('monitoring.webhook_call')
    .where('source_id', '=', id)
    .where('signature', '=', signature)
    .select('at')
    .executeTakeFirst()
  return row !== undefined
}

/** Of two equal calls at once one is refused, with what it stored last undone. Kept for as long as a signature is fresh, and ahead of its time. */
async function remember(tx: WorkTx, id: number, signature: string): Promise<void> {
  await sql`delete from monitoring.webhook_call where at < now() - make_interval(secs => ${2 * freshSeconds})`.execute(tx)
  const { numAffectedRows = 0n } =
    await sql`insert into monitoring.webhook_call (source_id, signature) values (${id}, ${signature})
    on conflict do nothing`.execute(tx)
  if (numAffectedRows === 0n) throw refuse(monitoringErrors.webhook_replayed)
}

async function count(tx: WorkTx, id: number, taken: Taken): Promise<void> {
  await sql`update monitoring.source set taken_new = taken_new + ${taken.new}, taken_repeated = taken_repeated + ${taken.repeated},
    taken_updated = taken_updated + ${taken.updated}, taken_irrelevant = taken_irrelevant + ${taken.irrelevant},
    taken_refused = taken_refused + ${taken.refused.length}, last_fetched_at = now(),
    last_item_at = case when ${taken.new > 0} then now() else last_item_at end where id = ${id}`.execute(tx)
}

async function leaveTrail(tx: WorkTx, call: Call, branchId: number | null, outcome: string, code: string | null): Promise<void> {
  await sql`insert into privacy.trail (address, ask, subject, branch_id, outcome, code, writes, duration_ms)
    values (${call.address}, 'monitoring.webhook', ${`source:${call.id}`}, ${branchId}::int, ${outcome}, ${code}, true,
      ${performance.now() - call.started}::real)`.execute(tx)
}
