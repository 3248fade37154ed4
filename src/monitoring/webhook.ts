import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { Db, WorkTx } from '../base/db.ts'
import { type ErrorEntry, Refusal } from '../base/error.ts'
import type { Log } from '../base/log.ts'
import { monitoringErrors } from './error.ts'
import { type Taken, takeIn } from './intake.ts'
import { problemOf } from './problem.ts'

const freshSeconds = 300
const mostItems = 10_000

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
  if (!isSigned(request, body, source?.secret)) throw refuse(monitoringErrors.signature_wrong)
  if (!source?.enabled) throw refuse(monitoringErrors.source_paused)
  const { items, faults } = readBody(body)
  let total: Taken = { new: 0, repeated: 0, updated: 0, irrelevant: 0, refused: [], noted: [] }
  await takeIn(
    db,
    items.map(({ value }) => value),
    {
      sourceId: call.id,
      alongside: async (tx, taken) => {
        const refused = [...taken.refused.map((fault) => ({ ...fault, at: items[fault.at]?.at ?? fault.at })), ...faults]
        total = { ...taken, refused: refused.sort((a, b) => a.at - b.at) }
        await count(tx, call.id, total)
        await leaveTrail(tx, call, source.branchId, 'allowed', null)
      },
    },
  )
  return total
}

const refuse = (entry: ErrorEntry): Refusal => new Refusal(entry)

async function findSource(tx: WorkTx, id: number) {
  return tx
    .selectFrom('monitoring.source as source')
    .innerJoin('monitoring.source_secret as secret', 'secret.source_id', 'source.id')
    .where('source.id', '=', id)
    .where('source.kind', '=', 'webhook')
    .select(['source.enabled', 'source.branch_id as branchId', 'secret.secret'])
    .executeTakeFirst()
}

/** Whether there is a webhook of this number: what is sent to another is not kept in memory. */
export async function knowsWebhook(db: Db, id: number): Promise<boolean> {
  if (!Number.isInteger(id) || id < 1 || id > 999_999_999) return false
  return (await db.work((tx) => findSource(tx, id))) !== undefined
}

const nobody = randomBytes(32).toString('base64url')

/** An unknown source is checked like a known one, with a secret that nobody has. */
function isSigned(request: FastifyRequest, body: Buffer, secret = nobody): boolean {
  const header = (name: string) => String(request.headers[name] ?? '')
  const expected = Buffer.from(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`)
  const found = Buffer.from(header('x-anlan-signature').toLowerCase())
  const age = Math.abs(Date.now() / 1000 - Number(header('x-anlan-timestamp') || Number.NaN))
  const equal = expected.length === found.length && timingSafeEqual(expected, found)
  return equal && age <= freshSeconds && secret !== nobody
}

interface Given {
  readonly at: number
  readonly value: unknown
}

/** A JSON array, one object, `{items: […]}`, or an object on each line; broken lines are told apart. */
function readBody(body: Buffer): { items: Given[]; faults: Taken['refused'] } {
  const text = body.toString('utf8').replace(/^\uFEFF/, '')
  const whole = parse(text)
  if (whole !== undefined) {
    const inner = typeof whole === 'object' && whole !== null && 'items' in whole ? whole.items : whole
    const values = Array.isArray(inner) ? inner : [inner]
    if (typeof inner !== 'object' || inner === null || values.length > mostItems) throw refuse(monitoringErrors.body_unreadable)
    return { items: values.map((value, at) => ({ at, value })), faults: [] }
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const read = lines.map((line, at) => ({ at, value: parse(line) }))
  const items = read.filter(({ value }) => value !== undefined)
  if (items.length === 0 || items.length > mostItems) throw refuse(monitoringErrors.body_unreadable)
  const broken = read.filter(({ value }) => value === undefined)
  return { items, faults: broken.map(({ at }) => problemOf('not_json', at, undefined)) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
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
