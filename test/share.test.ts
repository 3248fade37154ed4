import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { access } from '../src/access/contract.ts'
import { loadActor } from '../src/access/index.ts'
import { type Actor, StaleContext } from '../src/base/db.ts'
import { openShares } from '../src/base/share.ts'
import { served } from '../src/rooms.ts'
import { openScene } from './case-scene.ts'

// What many ask at the same moment is read once. It must be to each of them what they would have got alone.

const scene = await openScene()
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
const people = await scene.admin<{ id: number; login: string }>(
  'select id, login from access.person where login = any ($1) order by login',
  [logins],
)
const load = async (id: number) => {
  const actor = await scene.db.door((tx) => loadActor(tx, id))
  assert.ok(actor)
  return actor
}
const actors = await Promise.all(people.map(({ id }) => load(id)))
const units = await scene.admin<{ id: number }>('select id from access.unit order by id limit 14')

interface Sharing {
  readonly read: (tx: unknown, input: unknown, context: object) => Promise<unknown>
  readonly shape?: (found: unknown, input: unknown, context: object) => unknown
  readonly own?: true
}
type Run = ((tx: unknown, input: unknown, context: object) => Promise<unknown>) & { sharing?: Sharing }
const shared = served.flatMap(({ asks, handlers }) =>
  Object.entries(asks).flatMap(([name, ask]) => {
    const run = handlers[name] as Run
    return run.sharing ? [{ name, ask, run, sharing: run.sharing }] : []
  }),
)

const unitId = fc.option(fc.constantFrom(...units.map(({ id }) => id), 999), { nil: undefined })
const range = { since: '2026-01-01T00:00:00.000Z', until: '2026-02-15T00:00:00.000Z' }
const filters = fc.record(
  {
    unitId,
    sentiment: fc.constantFrom('negative', 'neutral', 'positive'),
    minSeverity: fc.integer({ min: 0, max: 4 }),
    search: fc.constantFrom('费', '医院', '检查'),
    limit: fc.integer({ min: 1, max: 5 }),
  },
  { requiredKeys: [] },
)
const inputs: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'monitoring.list_mentions': filters,
  'monitoring.count_mentions': filters,
  'monitoring.get_trend': fc.record({ unitId, grain: fc.constantFrom('hour', 'day') }).map((input) => ({ ...range, ...input })),
  'monitoring.get_shares': fc.record({ unitId, by: fc.constantFrom('platform', 'category', 'unit') }).map((input) => ({
    since: new Date(Date.now() - 864e5).toISOString(),
    until: new Date(Date.now() + 36e5).toISOString(),
    ...input,
  })),
  'response.get_overview': fc.record({ days: fc.integer({ min: 1, max: 90 }) }),
  'response.list_cases': fc.record(
    {
      unitId,
      active: fc.boolean(),
      mine: fc.boolean(),
      whose: fc.constantFrom('mine', 'below', 'above', 'none'),
      order: fc.constantFrom('due', 'newest', 'urgent'),
      limit: fc.integer({ min: 1, max: 5 }),
    },
    { requiredKeys: [] },
  ),
}
const wanted = shared.map(({ name, ask, run, sharing }) => {
  const arbitrary = inputs[name]
  assert.ok(arbitrary, `${name} is shared: say here what is asked`)
  return arbitrary.map((raw) => ({
    name,
    right: ask.right as string,
    input: ask.input.parse(clean(raw)) as object,
    run,
    sharing,
  }))
})
/** When it was read is another moment each time. */
const timeless = (answer: unknown) => (answer && typeof answer === 'object' ? { ...answer, asOf: '' } : answer)
const clean = (input: object) => Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined))

test('each shared ask gives everybody what they would have been given alone', { timeout: 150_000 }, async () => {
  assert.ok(shared.length >= 6)
  const asks = fc.array(fc.oneof(...wanted), { minLength: 1, maxLength: 6 })
  const some = fc.shuffledSubarray(actors, { minLength: 2 })
  await fc.assert(
    fc.asyncProperty(asks, some, fc.boolean(), async (asked, asking, patient) => {
      const shares = openShares(scene.db, () => 0)
      const pairs = asked.flatMap((one) =>
        asking.flatMap((actor) => {
          const scope = actor.scopes.get(one.right)
          return scope ? [{ ...one, actor, scope }] : []
        }),
      )
      const answers = await Promise.all(
        pairs.map(async ({ name, right, input, sharing: { read, shape, own }, actor, scope }) => {
          const place = `${right}|${scope.tier}|${scope.units.join()}`
          const key = `${name}|${place}|${own ? actor.personId : ''}|${JSON.stringify(input)}`
          const context = own ? { actor, scope } : { scope }
          const found = await shares.ask({ key, place, actor, right, patient }, (tx) => read(tx, input, context))
          return shape ? shape(found, input, { actor, scope }) : found
        }),
      )
      for (const [at, { name, right, input, run, actor, scope }] of pairs.entries()) {
        const alone = await scene.db.read(actor, right, (tx) => run(tx, input, { actor, scope }))
        assert.deepEqual(timeless(answers[at]), timeless(alone), `${name} ${JSON.stringify(input)} of ${actor.personId}`)
      }
    }),
    { numRuns: 25 },
  )
})

const right = 'monitoring.read'
const same = async () => {
  const [a, b] = [people.find(({ login }) => login === 'hq.publicity'), people.find(({ login }) => login === 'hq.publicity2')]
  return [await load(a?.id ?? 0), await load(b?.id ?? 0)] as const
}
/** One thing wanted by one person. */
const askOf = (actor: Actor, key = 'k', patient = false) => {
  const { tier, units: where } = actor.scopes.get(right) ?? { tier: '', units: [] }
  return { key, place: `${right}|${tier}|${where.join()}`, actor, right, patient }
}
const grantsOf = (actor: Actor) => `person_id = ${actor.personId} and withdrawn_at is null`

test('those who ask in the same moment are answered by one reading, and a later one by another', async () => {
  const [a, b] = await same()
  const shares = openShares(scene.db, () => 0)
  let readings = 0
  const ask = (actor: Actor) =>
    shares.ask(askOf(actor), async () => {
      readings += 1
      return readings
    })
  assert.deepEqual(await Promise.all([ask(a), ask(b), ask(a)]), [1, 1, 1])
  assert.equal(await ask(b), 2, 'nothing is kept')
  let open: () => void = () => undefined
  const held = new Promise<void>((done) => {
    open = done
  })
  let began = 0
  const slow = (actor: Actor) =>
    shares.ask(askOf(actor, 'slow'), async () => {
      began += 1
      const mine = began
      if (mine === 1) await held
      return mine
    })
  const first = slow(a)
  while (began === 0) await new Promise((done) => setImmediate(done))
  const later = [slow(b), slow(a)]
  open()
  assert.deepEqual([await first, ...(await Promise.all(later))], [1, 2, 2], 'nobody gets what was begun before they asked')
})

test('what pages read by themselves at one place is read in one transaction, and what cannot be read fails alone', async () => {
  const [a, b] = await same()
  const branch = await load(people.find(({ login }) => login === 'ningbo.duty')?.id ?? 0)
  const shares = openShares(scene.db, () => 0)
  const began = new Map<string, string[]>()
  const read = (actor: Actor, key: string, text = `now()::text || pg_backend_pid()`) =>
    shares.ask(askOf(actor, key, true), async (tx) => {
      const { rows } = await sql<{ at: string }>`select ${sql.raw(text)} as at`.execute(tx as never)
      began.set(key, [...(began.get(key) ?? []), rows[0]?.at ?? ''])
      return rows[0]?.at
    })
  const [one, two, twin, other] = await Promise.all([read(a, 'one'), read(b, 'two'), read(b, 'one'), read(branch, 'three')])
  assert.equal(one, two)
  assert.equal(one, twin)
  assert.notEqual(one, other)
  assert.deepEqual([...began.values()].map((times) => times.length).sort(), [1, 1, 1])
  const [well, ill] = await Promise.allSettled([read(a, 'four'), read(b, 'five', '(1 / 0)::text')])
  assert.equal(well?.status, 'fulfilled')
  assert.ok(ill?.status === 'rejected' && (ill.reason as { code: string }).code === '22012')
})

test('pages that read by themselves have two transactions at once, and what a person asks does not wait for them', async () => {
  const shares = openShares(scene.db, () => 0)
  let open: () => void = () => undefined
  const held = new Promise<void>((done) => {
    open = done
  })
  let inside = 0
  let most = 0
  const waiting = actors.map((actor) =>
    shares.ask(askOf(actor, `w${actor.personId}`, true), async () => {
      inside += 1
      most = Math.max(most, inside)
      await held
      inside -= 1
    }),
  )
  while (inside < 2) await new Promise((done) => setImmediate(done))
  const [a] = await same()
  assert.equal(await shares.ask(askOf(a, 'own'), async () => 'answered'), 'answered')
  open()
  await Promise.all(waiting)
  assert.equal(most, 2)
})

test('whoever lost the right since they were compiled is left out, the others are answered', async () => {
  const [a, b] = await same()
  await scene.admin(`update access.grant set withdrawn_at = now() where ${grantsOf(b)}`)
  const shares = openShares(scene.db, () => 0)
  const [kept, gone] = await Promise.allSettled([a, b].map((actor) => shares.ask(askOf(actor), async () => 'rows')))
  assert.equal(kept?.status === 'fulfilled' && kept.value, 'rows')
  assert.ok(gone?.status === 'rejected' && gone.reason instanceof StaleContext)
  await assert.rejects(scene.as('hq.publicity2', access)['access.list_units']({}), { code: 'forbidden' })
})

test('the same right at another place is another answer, whatever the program claims', async () => {
  const [a] = await same()
  const branch = await load(people.find(({ login }) => login === 'ningbo.duty')?.id ?? 0)
  const shares = openShares(scene.db, () => 0)
  const [, other] = await Promise.allSettled([a, branch].map((actor) => shares.ask(askOf(actor), async () => 'rows')))
  assert.ok(other?.status === 'rejected' && other.reason instanceof StaleContext)
})

test('a ticket that the program did not sign opens nobody’s grants', async () => {
  const [a] = await same()
  for (const ticket of ['', 'share|1|9999999999|{1}|{1}', `share|1|9999999999|{${a.personId}}|{${a.epoch}}|${'0'.repeat(64)}`])
    await assert.rejects(
      scene.db.read(a, right, (tx) => sql`select access.share(${ticket})`.execute(tx as never)),
      StaleContext,
    )
})
