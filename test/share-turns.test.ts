import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Actor } from '../src/base/db.ts'
import { baseErrors, Refusal } from '../src/base/error.ts'
import { openShares } from '../src/base/share.ts'
import { actors, askOf, load, people, same, scene } from './share-scene.ts'

// Who reads with whom, and who waits for whom.

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

test('what one page asks that cannot be read costs the others nothing: theirs is read once', async () => {
  const [a, b] = await same()
  const shares = openShares(scene.db, () => 0)
  const times = new Map<string, number>()
  const read = (actor: Actor, key: string, what: () => Promise<unknown>) =>
    shares.ask(askOf(actor, key, true), async (tx) => {
      times.set(key, (times.get(key) ?? 0) + 1)
      await what()
      const { rows } = await sql<{ one: number }>`select 1 as one`.execute(tx as never)
      return rows[0]?.one
    })
  const well = () => Promise.resolve()
  const refused = () => Promise.reject(new Refusal(baseErrors.invalid_input))
  const broken = () => Promise.reject(Object.assign(new Error('division'), { code: '22012' }))
  const asked = [read(b, 'b0', well)]
  for (let at = 0; at < 4; at++)
    asked.push(read(a, `refused${at}`, refused), read(a, `broken${at}`, broken), read(b, `b${at + 1}`, well))
  const answers = await Promise.allSettled(asked)
  assert.deepEqual(
    answers.map(({ status }) => status === 'fulfilled'),
    [true, ...Array.from({ length: 4 }, () => [false, false, true]).flat()],
  )
  assert.ok([...times.values()].every((many) => many === 1))
})

test('however much one person’s pages ask, another’s first is read before their second', async () => {
  const [a, b] = await same()
  const shares = openShares(scene.db, () => 0, { turnMs: -1, seatMs: 10_000 })
  const order: string[] = []
  const turns = new Set<unknown>()
  const read = (actor: Actor, key: string) =>
    shares.ask(askOf(actor, key, true), async (tx) => {
      order.push(key)
      turns.add(tx)
    })
  await Promise.all([...Array.from({ length: 40 }, (_, at) => read(a, `a${at}`)), read(b, 'b0')])
  assert.deepEqual(order.slice(0, 3), ['a0', 'b0', 'a1'])
  assert.equal(order.length, 41)
  assert.ok(turns.size > 1, 'a turn that took its time leaves the rest for the next')
})

test('reads without an end hold up no other place', async () => {
  const shares = openShares(scene.db, () => 0, { turnMs: -1, seatMs: 1 })
  const at = (login: string) => load(people.find((one) => one.login === login)?.id ?? 0)
  let open: () => void = () => undefined
  const held = new Promise<void>((done) => {
    open = done
  })
  const endless = await Promise.all(
    ['hangzhou.duty', 'guangzhou.duty', 'wuhan.duty'].map(async (login) => {
      const actor = await at(login)
      const first = shares.ask(askOf(actor, login, true), () => held)
      // Wanted in the same turn, and left for one that nothing else brings about.
      return { over: Promise.all([first, shares.ask(askOf(actor, `${login} next`, true), async () => 'read')]) }
    }),
  )
  assert.equal(await shares.ask(askOf(await at('ningbo.duty'), 'n', true), async () => 'answered'), 'answered')
  open()
  await Promise.all(endless.map(({ over }) => over))
})
