import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor, ReadTx, Tx, WorkTx } from '../base/db.ts'
import { baseErrors, Refusal, refuseStale } from '../base/error.ts'
import type { Context } from '../base/serve.ts'
import type { ClockPolicy } from './contract.ts'

type Policy = z.output<typeof ClockPolicy>

async function readPolicy(tx: ReadTx): Promise<{ policy: Policy[]; updatedAt: string }> {
  const rows = await tx
    .selectFrom('response.clock_policy')
    .select([
      'severity',
      'acknowledge_seconds as acknowledgeSeconds',
      'answer_seconds as answerSeconds',
      'updated_at as updatedAt',
    ])
    .orderBy('severity', 'desc')
    .execute()
  return { policy: rows.map(({ updatedAt: _, ...policy }) => policy), updatedAt: newest(rows) }
}

const newest = (rows: readonly { readonly updatedAt: string }[]): string =>
  rows.reduce((last, { updatedAt }) => (Date.parse(updatedAt) > Date.parse(last) ? updatedAt : last), new Date(0).toISOString())

/** The limits hold for the whole group, so only who manages the whole group may change them. */
const mayEdit = ({ scopes }: Actor): boolean => scopes.get('response.manage')?.tier === 'group'

export async function getClockPolicy(tx: ReadTx, _input: object, { actor }: Context) {
  return { ...(await readPolicy(tx)), abilities: { edit: mayEdit(actor) } }
}

/** Changes the limits named; clocks that already run keep theirs. */
export async function setClockPolicy(
  tx: Tx,
  { policy, seen }: { policy: Policy[]; seen?: string | undefined },
  { actor }: Context,
) {
  if (!mayEdit(actor)) throw new Refusal(baseErrors.forbidden)
  policy.forEach(({ severity }, at) => {
    const path = `policy.${at}.severity`
    if (severity === 0) throw refuse(path, '严重程度须在 1 至 4 之间', 'must be 1 to 4')
    if (policy.findIndex((other) => other.severity === severity) !== at) throw refuse(path, '重复', 'is given twice')
  })
  // Held until this one is through: of two who save at once, the second is told.
  const held = await tx
    .selectFrom('response.clock_policy')
    .select('updated_at as updatedAt')
    .orderBy('severity')
    .forUpdate()
    .execute()
  refuseStale(seen, newest(held))
  await writePolicy(tx, policy)
  return readPolicy(tx)
}

const refuse = (path: string, zh: string, en: string) => new Refusal(baseErrors.invalid_input, {}, [{ path, zh, en }])

async function writePolicy(tx: Tx | WorkTx, policy: readonly Policy[]): Promise<void> {
  for (const { severity, acknowledgeSeconds, answerSeconds } of policy)
    await sql`update response.clock_policy set acknowledge_seconds = ${acknowledgeSeconds}, answer_seconds = ${answerSeconds},
        updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
      where severity = ${severity}`.execute(tx)
}

/** Short limits, so that a visitor of the demo sees a case pass through the tiers within minutes. */
export const setDemoClocks = (tx: WorkTx): Promise<void> =>
  writePolicy(tx, [
    { severity: 4, acknowledgeSeconds: 60, answerSeconds: 240 },
    { severity: 3, acknowledgeSeconds: 90, answerSeconds: 360 },
    { severity: 2, acknowledgeSeconds: 150, answerSeconds: 600 },
    { severity: 1, acknowledgeSeconds: 300, answerSeconds: 1200 },
  ])
