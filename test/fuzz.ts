import { parseArgs } from 'node:util'
import type { Contract } from '../src/base/contract.ts'
import { served } from '../src/rooms.ts'
import type { House } from './harness.ts'
import { hostileInput, openDice } from './hostile.ts'

export interface Strange {
  readonly ask: string
  readonly login: string | null
  readonly status: number
  readonly input: string
  readonly body: string
}

/** People of every tier and administrator, and a stranger. */
const logins = [null, 'hangzhou.duty', 'east.coordinator', 'hq.publicity', 'hq.system', 'hq.security', 'hq.audit']
const undoes = new Set(['access.set_active', 'access.withdraw_grant'])
/** Ends the session that is used to try the others. */
const left = new Set(['access.sign_out'])

/**
 * Sends hostile inputs to every ask as people of every tier. Strange is an answer of 500 and more, one without a code, and a refusal of
 * the input that does not say where.
 */
export async function fuzzAsks(house: House, { count, seed }: { count: number; seed: number }) {
  const dice = openDice(seed)
  const asks = Object.entries(Object.assign({}, ...served.map((room) => room.asks)) as Contract).filter(
    ([name]) => !left.has(name),
  )
  const statuses = new Map<number, number>()
  const strange: Strange[] = []
  // What is tried may close accounts and withdraw grants of those who try; they must go on.
  const restore = async () => {
    await house.admin('update access.person set active = true where not active')
    await house.admin(`update access.grant set withdrawn_at = null, withdrawn_by = null where id in (
      select max(id) from access.grant group by person_id, role_id, unit_id having every(withdrawn_at is not null))`)
    await house.admin('delete from access.attempt')
  }
  for (let at = 0; at < count; at++) {
    const [name, ask] = asks[at % asks.length] as (typeof asks)[number]
    // Mostly somebody who may, so that the input is looked at.
    const login = ask.right === null || dice.roll() < 0.1 ? dice.one(logins) : holderOf(ask.right, dice.roll())
    const input = hostileInput(ask, dice)
    const headers = login === null ? { 'x-anlan-csrf': '1' } : { authorization: `Bearer ${await house.token(login)}` }
    const payload = JSON.stringify(input) ?? 'null'
    const reply = await house.app.inject({
      method: 'POST',
      url: `/api/${name}`,
      headers: { ...headers, 'content-type': 'application/json' },
      payload,
    })
    if (reply.statusCode === 200 && undoes.has(name)) await restore()
    statuses.set(reply.statusCode, (statuses.get(reply.statusCode) ?? 0) + 1)
    const error = reply.statusCode === 200 ? null : (reply.json() as { error?: { code?: string; fields?: unknown[] } }).error
    const placed = error?.code !== 'invalid_input' || (error.fields?.length ?? 0) > 0
    if (reply.statusCode >= 500 || (error !== null && !error?.code) || !placed)
      strange.push({ ask: name, login, status: reply.statusCode, input: payload.slice(0, 600), body: reply.body.slice(0, 300) })
  }
  return { statuses: Object.fromEntries(statuses), strange }
}

function holderOf(right: string, roll: number): string {
  if (right === 'privacy.read_trail') return 'hq.audit'
  if (right === 'access.grant') return 'hq.security'
  if (right.endsWith('.manage') || right.endsWith('manage_sources')) return roll < 0.5 ? 'hq.system' : 'hq.publicity'
  return ['hangzhou.duty', 'east.coordinator', 'hq.publicity'][Math.floor(roll * 3)] ?? 'hq.publicity'
}

/** `npm run fuzz -- --count 20000 --seed 1` */
export function readFuzzArgs(args: string[]): { count: number; seed: number } {
  const { values } = parseArgs({
    args,
    options: { count: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  })
  return { count: Number(values.count), seed: Number(values.seed) }
}
