import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor, ReadTx, Tx, WorkTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Context } from '../base/serve.ts'
import type { ClockPolicy } from './contract.ts'

type Policy = z.output<typeof ClockPolicy>

const readPolicy = (tx: ReadTx): Promise<Policy[]> =>
  tx
    .selectFrom('response.clock_policy')
    .select(['severity', 'acknowledge_seconds as acknowledgeSeconds', 'answer_seconds as answerSeconds'])
    .orderBy('severity', 'desc')
    .execute()

/** The limits hold for the whole group, so only who manages the whole group may change them. */
const mayEdit = ({ scopes }: Actor): boolean => scopes.get('response.manage')?.tier === 'group'

export async function getClockPolicy(tx: ReadTx, _input: object, { actor }: Context) {
  return { policy: await readPolicy(tx), abilities: { edit: mayEdit(actor) } }
}

/** Changes the limits named; clocks that already run keep theirs. */
export async function setClockPolicy(tx: Tx, { policy }: { policy: Policy[] }, { actor }: Context) {
  if (!mayEdit(actor)) throw new Refusal(baseErrors.forbidden)
  policy.forEach(({ severity }, at) => {
    const path = `policy.${at}.severity`
    if (severity === 0) throw refuse(path, '严重程度须在 1 至 4 之间', 'must be 1 to 4')
    if (policy.findIndex((other) => other.severity === severity) !== at) throw refuse(path, '重复', 'is given twice')
  })
  await writePolicy(tx, policy)
  return { policy: await readPolicy(tx) }
}

const refuse = (path: string, zh: string, en: string) => new Refusal(baseErrors.invalid_input, {}, [{ path, zh, en }])

async function writePolicy(tx: Tx | WorkTx, policy: readonly Policy[]): Promise<void> {
  for (const { severity, acknowledgeSeconds, answerSeconds } of policy)
    await sql`update response.clock_policy set acknowledge_seconds = ${acknowledgeSeconds}, answer_seconds = ${answerSeconds}
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
