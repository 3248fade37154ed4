import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadActor, unchangedActors } from '../src/access/index.ts'
import type { Actor } from '../src/base/db.ts'
import { openLog } from '../src/base/log.ts'
import { openStream } from '../src/base/stream.ts'
import { topics } from '../src/rooms.ts'
import type { StreamEvent } from '../web/touch.ts'
import { openScene } from './case-scene.ts'

const scene = await openScene()
const { adminUrl, secret, db } = scene

/** The open pages of some people, and what each has heard. */
async function open(...logins: string[]) {
  const ids = await scene.admin<{ id: number; login: string }>('select id, login from access.person where login = any ($1)', [
    logins,
  ])
  const load = (login: string) => db.door((tx) => loadActor(tx, ids.find((one) => one.login === login)?.id ?? 0))
  const actors = new Map<string, Actor | null>()
  for (const login of logins) actors.set(login, await load(login))
  const heard = new Map(logins.map((login) => [login, [] as StreamEvent[]]))
  const stream = openStream({
    adminUrl,
    secret,
    log: openLog('silent'),
    rights: topics,
    unchanged: (all) => unchangedActors(db, all),
    gatherMs: 100,
  })
  for (const login of logins)
    stream.add({
      actor: () => actors.get(login) ?? null,
      send: (event) => void heard.get(login)?.push(JSON.parse(event) as StreamEvent),
      look: async () => void actors.set(login, await load(login)),
    })
  const events = (login: string, topic?: string) =>
    (heard.get(login) ?? []).filter((event) => topic === undefined || event.topic === topic)
  await until(() => logins.every((login) => events(login, 'all').length > 0))
  return { stream, events }
}

async function until(found: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 1500 && !(await found()); turn++) await new Promise((done) => setTimeout(done, 20))
  assert.ok(await found(), 'it never came')
}

const announce = (topic: string, unit: string, count = 1, severity = 2, ids: number[] = []) =>
  scene.admin(`select base.announce($1, branch_id, region_id, $3, $4, $5::bigint[]) from access.unit where code = $2`, [
    topic,
    unit,
    count,
    severity,
    ids,
  ])

/** After this has been heard by the watcher, all that was announced before has been told to everybody. */
async function settle(events: (login: string, topic: string) => StreamEvent[], watcher: string): Promise<void> {
  const before = events(watcher, 'response.case').length
  await announce('response.case', 'hq')
  await until(() => events(watcher, 'response.case').length > before)
}

test('words that nobody understands end nothing, and what comes after them is heard', async (t) => {
  const { stream, events } = await open('hq.publicity')
  t.after(() => stream.close())
  const odd = [
    'x',
    '',
    '[]',
    'null',
    '7',
    '{"topic":7}',
    '{"topic":"monitoring.mention","branchId":"1","regionId":1}',
    '{"topic":"monitoring.mention","branchId":1,"regionId":1,"ids":{"a":1}}',
    `{"topic":"${'x'.repeat(5000)}","personId":1}`,
    '{"topic":"monitoring.mention","personId":1e99}',
  ]
  for (const words of odd) await scene.admin(`select pg_notify('anlan_change', $1)`, [words])
  await announce('monitoring.mention', 'hangzhou')
  await until(() => events('hq.publicity', 'monitoring.mention').length > 0)
  assert.equal(stream.odd, odd.length)
})

test('everybody hears of exactly those units over which they hold the right, and how much of each', async (t) => {
  const { rows: logins } = {
    rows: await scene.admin<{ login: string }>(
      `select min(login) as login from access.person join access.grant on person_id = person.id and withdrawn_at is null
      where person.active group by "grant".role_id, "grant".branch_id, "grant".region_id order by 1`,
    ),
  }
  const people = logins.flatMap(({ login }) => (login === 'hq.publicity' ? [] : [login])).slice(0, 60)
  const { stream, events } = await open('hq.publicity', ...people)
  t.after(() => stream.close())
  const units = await scene.admin<{ id: number; code: string }>(
    `select id, code from access.unit where kind <> 'department' order by id`,
  )
  const told = new Map<string, number>()
  const wanted = Object.keys(topics)
  for (const [at, { code }] of units.entries()) {
    const topic = wanted[at % wanted.length] ?? ''
    const count = 1 + ((at * 7) % 5)
    told.set(`${topic}|${code}`, count)
    await announce(topic, code, count)
  }
  await settle(events, 'hq.publicity')
  let heardSome = 0
  for (const login of people)
    for (const topic of wanted) {
      if (topic === 'response.case') continue
      // Read from the grants by walking up the tree, with nothing of the program in it.
      const may = await scene.admin<{ id: number; code: string }>(
        `with recursive up as (select id as place, code, id, parent_id from access.unit where kind <> 'department'
           union all select up.place, up.code, above.id, above.parent_id from up join access.unit above on above.id = up.parent_id)
         select distinct up.place as id, up.code from up join access.grant g on g.unit_id = up.id and g.withdrawn_at is null
           and g.valid_from <= now() and (g.valid_until is null or g.valid_until > now())
           join access.role_right using (role_id) join access.person on person.id = g.person_id
         where person.login = $1 and role_right.right = $2 order by 1`,
        [login, topics[topic]],
      )
      const expected = may.filter(({ code }) => told.has(`${topic}|${code}`))
      const found = events(login, topic)
      assert.deepEqual(
        [...new Set(found.flatMap((event) => event.units ?? []))].sort((a, b) => a - b),
        expected.map(({ id }) => id),
        `${login} ${topic}`,
      )
      const sum = expected.reduce((all, { code }) => all + (told.get(`${topic}|${code}`) ?? 0), 0)
      assert.equal(
        found.reduce((all, { count = 0 }) => all + count, 0),
        sum,
        `${login} ${topic}`,
      )
      heardSome += expected.length
    }
  assert.ok(heardSome > 50)
})

test('a right that was withdrawn or ran out is silent from then on, and its page reads everything anew', async (t) => {
  const { stream, events } = await open('hq.publicity', 'hangzhou.duty', 'ningbo.duty')
  t.after(() => stream.close())
  await announce('monitoring.mention', 'hangzhou')
  await announce('monitoring.mention', 'ningbo')
  await until(
    () => events('hangzhou.duty', 'monitoring.mention').length + events('ningbo.duty', 'monitoring.mention').length === 2,
  )
  const grants = (login: string) => `person_id = (select id from access.person where login = '${login}') and withdrawn_at is null`
  await scene.admin(`update access.grant set withdrawn_at = now() where ${grants('hangzhou.duty')}`)
  for (let turn = 0; turn < 5; turn++) await announce('monitoring.mention', 'hangzhou')
  await settle(events, 'hq.publicity')
  assert.equal(events('hangzhou.duty', 'monitoring.mention').length, 1)
  await until(() => events('hangzhou.duty', 'access.me').length > 0)

  // What only time ends is seen too: nothing announces it.
  await scene.admin(
    `update access.grant set valid_from = now() - interval '1 day', valid_until = now() + interval '2 seconds' where ${grants('ningbo.duty')}`,
  )
  await announce('monitoring.mention', 'ningbo')
  await until(() => events('ningbo.duty', 'access.me').length === 1)
  await announce('monitoring.mention', 'ningbo')
  await until(() => events('ningbo.duty', 'monitoring.mention').length === 2)
  await until(async () => {
    const [row] = await scene.admin<{ over: boolean }>(
      `select bool_and(valid_until < now()) as over from access.grant where ${grants('ningbo.duty')}`,
    )
    return row?.over === true
  })
  await announce('monitoring.mention', 'ningbo')
  await settle(events, 'hq.publicity')
  assert.equal(events('ningbo.duty', 'monitoring.mention').length, 2)
})

test('what is taken in is told as so many new ones, what is corrected by its number', async (t) => {
  const { stream, events } = await open('hq.publicity', 'guangzhou.duty', 'wuhan.duty')
  t.after(() => stream.close())
  const ids = await scene.say({ unit: 'wuhan' }, { unit: 'wuhan', severity: 3 })
  await until(() => events('wuhan.duty', 'monitoring.mention').reduce((sum, { count = 0 }) => sum + count, 0) === 2)
  const [first] = events('wuhan.duty', 'monitoring.mention')
  assert.deepEqual([first?.units, first?.ids], [[scene.units.get('wuhan')?.id], []])
  await scene.admin(`update monitoring.mention set severity = 1 where id = $1`, [ids[1]])
  await until(() => events('wuhan.duty', 'monitoring.mention').some((event) => event.ids?.length === 1))
  const last = events('wuhan.duty', 'monitoring.mention').at(-1)
  assert.deepEqual([last?.ids, last?.count, last?.severity], [[Number(ids[1])], 0, 3], 'with what it was before')
  assert.deepEqual(events('guangzhou.duty', 'monitoring.mention'), [])
})
