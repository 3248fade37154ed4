import assert from 'node:assert/strict'
import { loadActor } from '../src/access/index.ts'
import type { Actor } from '../src/base/db.ts'
import { openScene } from './case-scene.ts'

/** People of every tier, two of them alike, with something to read. */
export const scene = await openScene()
await scene.say(
  ...['hangzhou', 'ningbo', 'guangzhou', 'wuhan', 'changsha', 'jinan'].flatMap((unit) => [
    { unit, severity: 1 },
    { unit, severity: 3 },
  ]),
)
const logins = [
  'hangzhou.duty',
  'hangzhou.lead',
  'ningbo.duty',
  'guangzhou.duty',
  'wuhan.duty',
  'east.coordinator',
  'south.coordinator',
  'hq.publicity',
  'hq.publicity2',
  'hq.reader',
]
export const people = await scene.admin<{ id: number; login: string }>(
  'select id, login from access.person where login = any ($1) order by login',
  [logins],
)
export const load = async (id: number) => {
  const actor = await scene.db.door((tx) => loadActor(tx, id))
  assert.ok(actor)
  return actor
}
export const actors = await Promise.all(people.map(({ id }) => load(id)))

export const right = 'monitoring.read'
export const same = async () => {
  const [a, b] = [people.find(({ login }) => login === 'hq.publicity'), people.find(({ login }) => login === 'hq.publicity2')]
  return [await load(a?.id ?? 0), await load(b?.id ?? 0)] as const
}
/** One thing wanted by one person. */
export const askOf = (actor: Actor, key = 'k', patient = false) => {
  const { tier, units: where } = actor.scopes.get(right) ?? { tier: '', units: [] }
  return { key, place: `${right}|${tier}|${where.join()}`, actor, right, own: false, patient }
}
export const grantsOf = (actor: Actor) => `person_id = ${actor.personId} and withdrawn_at is null`
