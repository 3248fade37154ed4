import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { access } from '../src/access/contract.ts'
import { type Actor, StaleContext } from '../src/base/db.ts'
import { openShares } from '../src/base/share.ts'
import { served } from '../src/rooms.ts'
import { actors, askOf, grantsOf, load, people, right, same, scene } from './share-scene.ts'

// What many ask at the same moment is read once. It must be to each of them what they would have got alone.

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
    fc.asyncProperty(asks, some, fc.boolean(), fc.boolean(), async (asked, asking, patient, hurried) => {
      const shares = openShares(scene.db, () => 0, { turnMs: hurried ? -1 : 1_000, seatMs: 10_000 })
      const pairs = asked.flatMap((one) =>
        asking.flatMap((actor) => {
          const scope = actor.scopes.get(one.right)
          return scope ? [{ ...one, actor, scope }] : []
        }),
      )
      const answers = await Promise.all(
        pairs.map(async ({ name, right, input, sharing: { read, shape, own }, actor, scope }) => {
          const place = `${right}|${scope.tier}|${scope.units.join()}`
          const key = `${name}|${place}|${JSON.stringify(input)}`
          const context = own ? { actor, scope } : { scope }
          const found = await shares.ask({ key, place, actor, right, own: own === true, patient }, (tx) =>
            read(tx, input, context),
          )
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

test('an answer that says what its person may do is made by what they may now, also for asks of one moment', async () => {
  const [a] = await same()
  await scene.admin(`update access.person set epoch = epoch + 1 where id = ${a.personId}`)
  const [later] = await same()
  for (const patient of [false, true])
    for (const [first, second] of [
      [a, later],
      [later, a],
    ] as const) {
      const shares = openShares(scene.db, () => 0)
      const ask = (actor: Actor) =>
        shares.ask({ ...askOf(actor, 'k', patient), own: true }, async () =>
          actor === later ? 'what they may now' : 'what they might',
        )
      const answers = new Map((await Promise.allSettled([ask(first), ask(second)])).map((one, at) => [[first, second][at], one]))
      const [now, before] = [answers.get(later), answers.get(a)]
      assert.equal(now?.status === 'fulfilled' && now.value, 'what they may now')
      assert.ok(before?.status === 'rejected' && before.reason instanceof StaleContext)
    }
})

test('a grant that ends takes with it what it added to another ask, at that moment', async () => {
  const reader = people.find(({ login }) => login === 'hq.reader')?.id
  const [role] = await scene.admin<{ id: number }>(
    "insert into access.role (code, name, name_en) values ('case_reader', '看单', 'Case reader') returning id",
  )
  await scene.admin(`insert into access.role_right (role_id, "right") values ($1, 'response.read'), ($1, 'access.read')`, [
    role?.id,
  ])
  const token = await scene.token('hq.reader')
  const overview = async (background: boolean) => {
    const headers = { authorization: `Bearer ${token}`, ...(background && { 'x-anlan-background': '1' }) }
    const reply = await scene.app.inject({ method: 'POST', url: '/api/response.get_overview', headers, payload: {} })
    return { status: reply.statusCode, ...(reply.json() as { mentionsShown: boolean; latest: unknown[] }) }
  }
  await scene.admin('insert into access.grant (person_id, role_id, unit_id) select $1, $2, id from access.unit where code = $3', [
    reader,
    role?.id,
    'hq',
  ])
  for (const background of [false, true]) {
    for (let ms = 200, shown = false; !shown; ms *= 2) {
      await scene.admin(
        'update access.grant set valid_until = clock_timestamp() + make_interval(secs => $3) where person_id = $1 and role_id <> $2',
        [reader, role?.id, ms / 1000],
      )
      shown = (await overview(background)).mentionsShown
    }
    const over = async () =>
      (
        await scene.admin('select from access.grant where person_id = $1 and role_id <> $2 and valid_until <= now()', [
          reader,
          role?.id,
        ])
      ).length > 0
    while (!(await over())) await new Promise((done) => setImmediate(done))
    const after = await overview(background)
    assert.deepEqual([after.status, after.mentionsShown, after.latest], [200, false, []])
  }
})

test('whoever lost the right since they were compiled is left out, the others are answered', async () => {
  const [a, b] = await same()
  await scene.admin(`update access.grant set withdrawn_at = now() where ${grantsOf(b)}`)
  const shares = openShares(scene.db, () => 0)
  const [kept, gone] = await Promise.allSettled([a, b].map((actor) => shares.ask(askOf(actor), async () => 'rows')))
  assert.equal(kept?.status === 'fulfilled' && kept.value, 'rows')
  assert.ok(gone?.status === 'rejected' && gone.reason instanceof StaleContext)
  for (const patient of [false, true]) {
    const ask = (actor: Actor) => shares.ask(askOf(actor, 'k', patient), async () => 'rows')
    const [first, second] = await Promise.allSettled([ask(b), ask(a)])
    assert.equal(first?.status, 'rejected')
    assert.equal(second?.status === 'fulfilled' && second.value, 'rows', 'who comes first spoils nothing for the others')
  }
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
