import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openScene } from '../../test/case-scene.ts'
import type { Refused } from '../../test/harness.ts'
import { response } from './contract.ts'

/**
 * A second, naive telling of the case: tables and plain ifs, written from the description of the product and not from the code.
 * Random people ask random things of both; state, holder, handler, clock and abilities must agree after every step.
 */
const people = {
  'hangzhou.duty': { tier: 0, handles: true, oversees: false },
  'hangzhou.lead': { tier: 0, handles: true, oversees: false },
  'east.coordinator': { tier: 1, handles: true, oversees: true },
  'hq.publicity': { tier: 2, handles: true, oversees: true },
  'hq.reader': { tier: 2, handles: false, oversees: false },
} as const
type Login = keyof typeof people
const tiers = ['branch', 'region', 'headquarters'] as const
const acts = ['acknowledge', 'take', 'note', 'answer', 'close', 'reopen', 'passUp', 'takeOver', 'handBack'] as const
type Act = (typeof acts)[number]

interface Twin {
  state: string
  tier: number
  /** The lowest tier that may act. */
  from: number
  /** Anybody acknowledged it at some time. */
  seen: boolean
  handler: Login | null
  acknowledgedBy: Login | null
  clock: 'acknowledge' | 'answer' | null
}

function may(twin: Twin, login: Login, act: Act): boolean {
  const { tier, handles, oversees } = people[login]
  const working = twin.state === 'open' || twin.state === 'acknowledged' || twin.state === 'handling'
  const inReach = handles && tier >= twin.from
  if (act === 'note') return handles
  if (act === 'takeOver') return oversees && working && tier > twin.tier
  if (act === 'handBack') return oversees && working && tier >= twin.tier && twin.tier > 0
  if (!inReach) return false
  if (act === 'acknowledge') return twin.state === 'open'
  if (act === 'take') return working && twin.handler !== login
  if (act === 'answer' && twin.state === 'open') return twin.seen
  if (act === 'answer' || act === 'close') return twin.state !== 'open' && twin.state !== 'closed'
  if (act === 'reopen') return twin.state === 'answered' || twin.state === 'closed'
  return working && tier >= twin.tier && twin.tier < 2
}

function step(twin: Twin, login: Login, act: Act): boolean {
  if (act === 'acknowledge' && twin.state === 'acknowledged' && twin.acknowledgedBy === login) return true
  if (act === 'take' && twin.state === 'handling' && twin.handler === login) return true
  if (!may(twin, login, act)) return false
  const wait = (tier: number, from = tier) =>
    Object.assign(twin, { state: 'open', tier, from, handler: null, acknowledgedBy: null, clock: 'acknowledge' })
  const { tier: own } = people[login]
  // Whoever below sets to work has it again; above, having seen it alone shuts nobody out.
  if (['acknowledge', 'take', 'answer', 'close'].includes(act)) {
    if (own < twin.tier) Object.assign(twin, { tier: own, from: own })
    else if (act !== 'acknowledge') twin.from = twin.tier
    twin.seen = true
  }
  if (act === 'acknowledge') Object.assign(twin, { state: 'acknowledged', acknowledgedBy: login, clock: 'answer' })
  if (act === 'take') {
    if (twin.state === 'open') Object.assign(twin, { acknowledgedBy: login, clock: 'answer' })
    Object.assign(twin, { state: 'handling', handler: login })
  }
  if (act === 'answer') Object.assign(twin, { state: 'answered', handler: twin.handler ?? login, clock: null })
  if (act === 'close') Object.assign(twin, { state: 'closed', clock: null })
  if (act === 'reopen') wait(twin.tier, twin.from)
  if (act === 'passUp') wait(twin.tier + 1)
  if (act === 'takeOver')
    Object.assign(twin, {
      state: 'handling',
      tier: own,
      from: own,
      seen: true,
      handler: login,
      acknowledgedBy: login,
      clock: 'answer',
    })
  if (act === 'handBack') wait(0)
  return true
}

/** The clock of a case runs out. */
function strike(twin: Twin): void {
  if (twin.clock === null || twin.tier === 2) return
  Object.assign(twin, { state: 'open', tier: twin.tier + 1, handler: null, acknowledgedBy: null, clock: 'acknowledge' })
}

const scene = await openScene()
const text = '说明'
const asks: Record<Act, (login: Login, id: number) => Promise<unknown>> = {
  acknowledge: (login, id) => scene.as(login, response)['response.acknowledge_case']({ id }),
  take: (login, id) => scene.as(login, response)['response.take_case']({ id }),
  note: (login, id) => scene.as(login, response)['response.note_case']({ id, text }),
  answer: (login, id) => scene.as(login, response)['response.answer_case']({ id, text }),
  close: (login, id) => scene.as(login, response)['response.close_case']({ id, outcome: 'resolved', text }),
  reopen: (login, id) => scene.as(login, response)['response.reopen_case']({ id, text }),
  passUp: (login, id) => scene.as(login, response)['response.pass_up_case']({ id, text }),
  takeOver: (login, id) => scene.as(login, response)['response.take_over_case']({ id }),
  handBack: (login, id) => scene.as(login, response)['response.hand_back_case']({ id, text }),
}

const who = fc.constantFrom(...(Object.keys(people) as Login[]))
const moves = fc.array(
  fc.oneof({ weight: 5, arbitrary: fc.tuple(who, fc.constantFrom(...acts)) }, fc.constant('strike' as const)),
  {
    minLength: 5,
    maxLength: 30,
  },
)

test('whatever random people ask in whatever order, the case agrees with its naive twin', { timeout: 900_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(moves, who, async (sequence, reader) => {
      const id = await scene.alone({ unit: 'hangzhou' })
      const twin: Twin = {
        state: 'open',
        tier: 0,
        from: 0,
        seen: false,
        handler: null,
        acknowledgedBy: null,
        clock: 'acknowledge',
      }
      let events = (await scene.kinds(id)).length
      for (const move of sequence) {
        if (move === 'strike') {
          await scene.runOut(id)
          strike(twin)
          events = (await scene.kinds(id)).length
        } else {
          const [login, act] = move
          const before = JSON.stringify(twin)
          const expected = step(twin, login, act)
          const refused = await asks[act](login, id).then(
            () => null,
            (error: Refused) => error,
          )
          assert.equal(refused === null, expected, `${login} ${act} on ${before}: ${refused?.code}`)
          if (refused) assert.ok(['forbidden', 'case_moved_on', 'case_held_above'].includes(refused.code), refused.code)
          const now = (await scene.kinds(id)).length
          assert.ok(refused ? now === events : now >= events, 'a refusal leaves nothing in the timeline')
          events = now
        }
        const { case: found } = await scene.as(reader, response)['response.get_case']({ id })
        assert.deepEqual(
          [found.state, found.holder, found.actsFrom, found.handler?.id ?? null, found.awaiting],
          [twin.state, tiers[twin.tier], tiers[twin.from], twin.handler && scene.people.get(twin.handler), twin.clock],
        )
        for (const act of acts)
          assert.equal(found.abilities[act], may(twin, reader, act), `${reader} may ${act} on ${JSON.stringify(twin)}`)
      }
    }),
    { numRuns: 25 },
  )
})
