import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { z } from 'zod'
import { access, type Me } from '../src/access/contract.ts'
import { rights } from '../src/access/index.ts'
import { delivery } from '../src/delivery/contract.ts'
import { monitoring } from '../src/monitoring/contract.ts'
import { privacy } from '../src/privacy/contract.ts'
import { response } from '../src/response/contract.ts'
import { served } from '../src/rooms.ts'
import { openHouse, Refused } from './harness.ts'
import { makeRows, type Place, type Scene } from './rows.ts'

// What the asks themselves tell somebody about rows out of sight: nothing, in no answer, total, filter or refusal.

const all = { ...access, ...privacy, ...delivery, ...monitoring, ...response }
const house = await openHouse()
const client = new pg.Client(house.adminUrl)
await client.connect()
client.on('error', () => undefined)

const placed = async (code: string): Promise<Place> => {
  const { rows } = await client.query<Place>(
    `select code, unit.id as "branchId", unit.region_id as "regionId", person.id as "personId"
     from access.unit join access.person on login = code || '.nurse' where code = $1`,
    [code],
  )
  assert.ok(rows[0])
  return rows[0]
}
const [near, far] = [await placed('hangzhou'), await placed('guangzhou')]

// Somebody who holds every right there is, in one branch.
await client.query(`insert into access.role (code, name, name_en) values ('probe', '探针', 'Probe')`)
// One person who holds every right is three administrators at once, which no role may be.
await client.query('alter table access.role_right disable trigger label_role')
await client.query(`insert into access.role_right select id, unnest($1::text[]) from access.role where code = 'probe'`, [
  Object.keys(rights),
])
await client.query(`insert into access.grant (person_id, role_id, unit_id)
  select (select id from access.person where login = 'hangzhou.service'), (select id from access.role where code = 'probe'), ${near.branchId}`)
const askerId =
  (await client.query<{ id: number }>(`select id from access.person where login = 'hangzhou.service'`)).rows[0]?.id ?? 0
const asker = house.as('hangzhou.service', all) as unknown as Record<string, (input: unknown) => Promise<unknown>>
const ask = async (name: string, input: unknown): Promise<unknown> => {
  try {
    return await asker[name]?.(input)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { code, zh, en, fields } = error.body
    return { status: error.status, code, zh, en, fields }
  }
}
const asks = served.flatMap(({ asks: declared, handlers }) => Object.entries(declared).filter(([name]) => name in handlers))

const text = '处理意见'
const onCase = { table: 'response.case', input: (id: number) => ({ id, text, outcome: 'explained' }) }
/** Asks that name a row by its number: the table of the row, and the input around the number. */
const named: Record<string, { readonly table: string; readonly input: (id: number) => object }> = {
  'access.get_person': { table: 'access.person', input: (id) => ({ id }) },
  'access.set_active': { table: 'access.person', input: (id) => ({ id, active: false }) },
  'access.list_person_sessions': { table: 'access.person', input: (id) => ({ id }) },
  'access.end_person_sessions': { table: 'access.person', input: (id) => ({ id }) },
  'access.grant_role': {
    table: 'access.person',
    input: (personId) => ({ personId, roleId: 1, unitId: near.branchId, reason: text }),
  },
  'access.withdraw_grant': { table: 'access.grant', input: (id) => ({ id }) },
  'delivery.save_webhook': {
    table: 'delivery.webhook',
    input: (id) => ({ id, name: '改名', url: 'https://example.test', unitId: near.branchId }),
  },
  'delivery.delete_webhook': { table: 'delivery.webhook', input: (id) => ({ id }) },
  'delivery.rotate_secret': { table: 'delivery.webhook', input: (id) => ({ id }) },
  'delivery.send_again': { table: 'delivery.outbox', input: (id) => ({ ids: [id] }) },
  'delivery.mark_read': { table: 'delivery.notice', input: (id) => ({ ids: [id] }) },
  'monitoring.get_mention': { table: 'monitoring.mention', input: (id) => ({ id }) },
  'monitoring.correct_mention': { table: 'monitoring.mention', input: (id) => ({ id, triage: 'none' }) },
  'monitoring.correct_mentions': { table: 'monitoring.mention', input: (id) => ({ ids: [id], triage: 'none' }) },
  'monitoring.save_rule': {
    table: 'monitoring.rule',
    input: (id) => ({ id, name: '改名', expression: '排队', unitId: near.branchId }),
  },
  'monitoring.delete_rule': { table: 'monitoring.rule', input: (id) => ({ id }) },
  'monitoring.save_source': {
    table: 'monitoring.source',
    input: (id) => ({ id, name: '改名', kind: 'webhook', unitId: near.branchId }),
  },
  'monitoring.renew_secret': { table: 'monitoring.source', input: (id) => ({ id }) },
  'monitoring.delete_source': { table: 'monitoring.source', input: (id) => ({ id }) },
  'monitoring.fetch_source': { table: 'monitoring.source', input: (id) => ({ id }) },
  'response.open_case': { table: 'monitoring.mention', input: (mentionId) => ({ mentionId, severity: 2 }) },
  ...Object.fromEntries(
    Object.keys(response)
      .filter((name) => /_case$/.test(name) && name !== 'response.open_case')
      .map((name) => [name, onCase]),
  ),
}

/** Numbers of rows in an input, by the name of their field. A unit's number is no secret and counts as a filter. */
const rowFields = (input: z.ZodType): string[] =>
  input instanceof z.ZodObject
    ? Object.keys(input.shape).filter((field) => /^ids?$|Id$/.test(field) && !['unitId', 'roleId'].includes(field))
    : []
/** Filters of lists, tried below by unit; a number that narrows a list finds what the list shows. */
const narrowing = ['privacy.list_trail', 'monitoring.list_mentions', 'monitoring.count_mentions', 'monitoring.list_problems']

const span = { since: '2024-01-01T00:00:00Z', until: '2030-01-01T00:00:00Z' }
/** Inputs of reading asks that need some; every list, count and picture is asked for without a filter. */
const inputs: Record<string, (scene: Scene) => object> = {
  'access.get_person': () => ({ id: near.personId }),
  'access.list_person_sessions': () => ({ id: near.personId }),
  'access.list_people': () => ({ limit: 200 }),
  'privacy.list_trail': () => ({ ask: 'access.me' }),
  'monitoring.get_mention': (scene) => ({ id: scene.row('monitoring.mention', near) }),
  'monitoring.list_problems': (scene) => ({ sourceId: scene.row('monitoring.source', near) }),
  'monitoring.read_file': () => ({ base64: Buffer.from(JSON.stringify({ text })).toString('base64') }),
  'monitoring.try_items': () => ({ items: [{ id: '1', text, published_at: span.since }] }),
  'monitoring.get_trend': () => ({ ...span, grain: 'day' }),
  'monitoring.get_shares': () => ({ ...span, by: 'unit' }),
  'monitoring.check_rule': () => ({ expression: '排队', days: 30 }),
  'response.get_case': (scene) => ({ id: scene.row('response.case', near) }),
  'response.find_cases': (scene) => ({ mentionIds: [scene.row('monitoring.mention', near)] }),
  'response.get_overview': () => ({ days: 90 }),
}
/** Counts the asks of this very test; its rows are compared through privacy.list_trail. */
const uncountable = ['privacy.count_trail']

const scene = await makeRows(client, [near])
const reading = asks.filter(([name, { right, writes }]) => right !== null && !writes && !uncountable.includes(name))
const lookAround = async () => {
  const answers: Record<string, unknown> = {}
  for (const [name] of reading) answers[name] = withoutClock(await ask(name, inputs[name]?.(scene) ?? {}))
  return answers
}
const withoutClock = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer, (key, value) => (key === 'asOf' ? null : value)))

const before = await lookAround()
const farScene = await makeRows(client, [far])
// One post concerns both: its mention there is as much out of sight as any other.
await client.query(
  `insert into monitoring.mention (post_id, branch_id, region_id, published_at, severity, demo, heat, sentiment, category, triage, platform,
     kind, author, title, excerpt, folded, grams)
   select $1, $2, $3, published_at, 4, demo, 99, sentiment, category, triage, platform, kind, author, title, excerpt, folded, grams
   from monitoring.mention where post_id = $1`,
  [scene.row('monitoring.post', near), far.branchId, far.regionId],
)

test('every ask that names a row is tried with a row out of sight', () => {
  const missing = asks.filter(
    ([name, { right, input }]) =>
      right !== null &&
      rowFields(input).length > 0 &&
      !(name in named) &&
      !narrowing.includes(name) &&
      name !== 'access.list_people',
  )
  assert.deepEqual(
    missing.map(([name]) => name),
    [],
  )
})

test('a row out of sight and a number that nothing has are answered alike, and the row stays as it was', async () => {
  const state = async (table: string) =>
    JSON.stringify((await client.query(`select * from ${table.replace(/\.(.+)/, '."$1"')} order by 1`)).rows)
  for (const [name, { table, input }] of Object.entries(named)) {
    if (!asks.some(([known]) => known === name)) continue
    const hidden = table === 'access.person' ? far.personId : farScene.row(table, far)
    assert.ok(hidden > 0, table)
    const rows = await state(table)
    const [found, absent] = [await ask(name, input(hidden)), await ask(name, input(2_000_000_000))]
    assert.deepEqual(found, absent, name)
    // Otherwise both were alike for the wrong reason.
    assert.ok(
      ['delivery.mark_read', 'delivery.send_again'].includes(name) || (found as { code?: string }).code === 'not_found',
      `${name} ${JSON.stringify(found)}`,
    )
    assert.equal(await state(table), rows, `${name} changed a row out of sight`)
  }
})

test('nothing that is there out of sight changes any answer', async () => {
  const after = await lookAround()
  for (const [name] of reading) assert.deepEqual(after[name], before[name], name)
})

test('the same answers do change when it is in sight', async () => {
  await makeRows(client, [{ ...near, personId: askerId }])
  const after = await lookAround()
  const same = reading.map(([name]) => name).filter((name) => JSON.stringify(after[name]) === JSON.stringify(before[name]))
  assert.deepEqual(same.sort(), unmoved.filter((name) => reading.some(([known]) => known === name)).sort())
})

/** Reading asks in which one more row of each table shows nothing: they speak of one row, or of what is the same for all. */
const unmoved = [
  'access.list_roles',
  'access.get_person',
  'access.list_person_sessions',
  'monitoring.get_mention',
  'monitoring.list_problems',
  'monitoring.read_file',
  'monitoring.try_items',
  'response.find_cases',
  'response.get_clock_policy',
  'response.get_case',
]

test('narrowing to a unit out of sight finds what an empty unit has', async () => {
  await client.query(
    `insert into access.unit (code, name, kind, parent_id) select 'empty', '空院', 'branch', id from access.unit where code = 'south'`,
  )
  const { rows } = await client.query<{ id: number }>(`select id from access.unit where code = 'empty'`)
  const filtered = reading.filter(([, { input }]) => input instanceof z.ZodObject && 'unitId' in input.shape)
  assert.ok(filtered.length > 0)
  for (const [name] of filtered) {
    const given = inputs[name]?.(scene) ?? {}
    const answer = await ask(name, { ...given, unitId: far.branchId })
    assert.deepEqual(answer, await ask(name, { ...given, unitId: rows[0]?.id }), name)
    assert.ok(!JSON.stringify(answer).includes('"status"'), `${name} ${JSON.stringify(answer)}`)
  }
})

test('the person of all these tests is a branch’s and holds every right', async () => {
  const me = (await ask('access.me', {})) as Me
  assert.deepEqual([me.tier, me.rights], ['branch', Object.keys(rights).sort()])
})
