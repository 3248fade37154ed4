import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { loadActor } from '../src/access/actor.ts'
import type { Actor } from '../src/base/db.ts'
import { templates } from '../src/delivery/templates.ts'
import { openHouse } from './harness.ts'

const house = await openHouse()
interface Unit {
  id: number
  region: number
  name: string
}
const unitOf = async (code: string) =>
  (await house.admin<Unit>('select id, region_id as region, name from access.unit where code = $1', [code]))[0] as Unit
const [hangzhou, ningbo, guangzhou, hq] = [
  await unitOf('hangzhou'),
  await unitOf('ningbo'),
  await unitOf('guangzhou'),
  await unitOf('hq'),
]
const personOf = async (login: string) =>
  (await house.admin<{ id: number }>('select id from access.person where login = $1', [login]))[0]?.id ?? 0
const actorOf = async (login: string): Promise<Actor> => {
  const actor = await house.db.door(async (tx) => loadActor(tx, await personOf(login)))
  assert.ok(actor)
  return actor
}
const duty = await actorOf('hangzhou.duty')

/** SQL in the transaction of an ask, as whoever finds a way to put it there; undone. Answers the error's code, or 'done'. */
async function inject(actor: Actor, right: string, text: string): Promise<string> {
  const undo = new Error('undo')
  try {
    await house.db.write(actor, right, async (tx) => {
      await sql.raw(text).execute(tx)
      throw undo
    })
    return 'never'
  } catch (error) {
    return error === undo ? 'done' : String((error as { code?: string }).code ?? error)
  }
}

const telling = (more: Partial<Record<string, string>> = {}) => {
  const call: Record<string, string> = {
    persons: `'{}'`,
    held: `'response.handle'`,
    unit: String(hangzhou.region),
    template: `'case_passed_up'`,
    facts: `'{"case": 7, "unit": "${hangzhou.name}", "severity": 3}'`,
    path: `'/response/7'`,
    severity: '3',
    demo: 'false',
    mail: 'true',
    branch: String(hangzhou.id),
    region: String(hangzhou.region),
    ...more,
  }
  return `select delivery.notify(${Object.values(call).join(', ')})`
}

test('an ask tells of its own units, to those above, in numbers and codes; with any one thing else it is refused', async () => {
  assert.equal(await inject(duty, 'response.handle', telling()), 'done')
  const others: Record<string, Partial<Record<string, string>>> = {
    'about a branch out of scope': { branch: String(ningbo.id) },
    'to those of another region': { unit: String(guangzhou.region) },
    'to holders of a right that has nothing to do with it': { held: `'access.grant'` },
    'a kind of notice that is not there': { template: `'come_quickly'` },
    'a kind that no person sends': { template: `'clock_jumped'` },
    'free words': { facts: `'{"case": "速来大堂 转账", "unit": "${hangzhou.name}", "severity": 3}'` },
    'the name of another unit': { facts: `'{"case": 7, "unit": "${ningbo.name}", "severity": 3}'` },
    'a page outside': { path: `'//evil.example/7'` },
  }
  for (const [what, one] of Object.entries(others))
    assert.equal(await inject(duty, 'response.handle', telling(one)), '42501', what)
  assert.equal(await inject(duty, 'delivery.read', telling()), '42501', 'under a right that tells nobody')
  // A person named who may not see the unit hears nothing, as if nobody had been named.
  const nobody = telling({ persons: `'{${await personOf('guangzhou.duty')}}'`, held: 'null', unit: 'null' })
  await house.db.write(duty, 'response.handle', async (tx) => {
    const { rows } = await sql.raw<{ notify: number }>(nobody).execute(tx)
    assert.equal(rows[0]?.notify, 0)
  })
})

test('whatever the tier: about one unit that there is, in scope, and named by both of its numbers', async () => {
  const nobody = { persons: `'{}'`, held: 'null', unit: 'null' }
  const stranger = { persons: `'{${await personOf('wuhan.duty')}}'`, held: 'null', unit: 'null' }
  const southern = { held: `'response.handle'`, unit: String(guangzhou.region) }
  const words = `'{"case": 7, "unit": "病人张三 请速转账", "severity": 3}'`
  const emitting = (branch: string, region: string, facts: string) =>
    `select delivery.emit(${branch}, ${region}, 'case.opened', ${facts}, '/response/7', 3)`
  const away = {
    branch: { branch: String(ningbo.id) },
    region: { branch: String(guangzhou.id), region: String(guangzhou.region) },
  }
  for (const [login, outside] of [
    ['hangzhou.duty', away.branch],
    ['several.delta', away.region],
    ['east.coordinator', away.region],
    ['hq.publicity', null],
  ] as const) {
    const actor = await actorOf(login)
    const refused = (what: string, text: string) =>
      inject(actor, 'response.handle', text).then((code) => assert.equal(code, '42501', `${login}: ${what}`))
    assert.equal(await inject(actor, 'response.handle', telling(nobody)), 'done', login)
    assert.equal(
      await inject(actor, 'response.handle', emitting(String(hangzhou.id), String(hangzhou.region), `'{"case_id": 7}'`)),
      'done',
    )
    if (outside) await refused('a unit out of scope', telling({ ...nobody, ...outside }))
    if (outside) await refused('an event out of scope', emitting(outside.branch, String(hangzhou.region), `'{}'`))
    for (const lacking of [
      { branch: 'null' },
      { region: 'null' },
      { branch: 'null', region: 'null' },
      { region: String(guangzhou.region) },
    ]) {
      await refused('a stranger', telling({ ...stranger, ...lacking }))
      await refused('those on duty elsewhere', telling({ ...southern, ...lacking }))
      await refused('free words', telling({ ...nobody, ...lacking, facts: words }))
      const { branch = String(hangzhou.id), region = String(hangzhou.region) } = lacking as { branch?: string; region?: string }
      await refused('an event', emitting(branch, region, words))
    }
    await refused('nobody and everybody', telling({ ...nobody, persons: 'null' }))
    await refused('no page', telling({ ...nobody, path: 'null' }))
    await refused('no facts', telling({ ...nobody, facts: 'null' }))
  }
})

test('a search by a rule finds nothing where the rule is out of sight, nor is it told who stands above out of sight', async () => {
  const rule = async (code: string) => {
    const [row] = await house.admin<{ id: number }>(
      `insert into monitoring.rule (name, expression, severity_floor, branch_id, region_id)
       select '盯', '排队', 0, branch_id, region_id from access.unit where code = $1 returning id`,
      [code],
    )
    return row?.id ?? 0
  }
  const [post] = await house.admin<{ id: string }>(
    `insert into monitoring.post (platform, kind, author, title, text, published_at, likes, comments, shares, followers, intake_key, text_key,
       units, judgement, demo)
     values ('weibo', 'post', '', '', '排队', now(), 0, 0, 0, 0, gen_random_uuid(), gen_random_uuid(), '{}', '{}', false) returning id`,
  )
  const [mention] = await house.admin<{ id: string }>(
    `insert into monitoring.mention (post_id, branch_id, region_id, published_at, severity, demo, heat, sentiment, category, triage, platform,
       kind, author, title, excerpt, folded, grams)
     values ($1, $2, $3, now(), 1, false, 1, 'negative', 'service', 'appeal', 'weibo', 'post', '', '', '', '排队', '') returning id`,
    [post?.id, hangzhou.id, hangzhou.region],
  )
  const rules = { own: await rule('hangzhou'), region: await rule('east'), group: await rule('hq') }
  for (const id of Object.values(rules))
    await house.admin(
      `insert into monitoring.mention_rule (mention_id, rule_id, branch_id, region_id, published_at, spans) values ($1, $2, $3, $4, now(), '[]')`,
      [mention?.id, id, hangzhou.id, hangzhou.region],
    )
  const found = async (login: string, id: number) => {
    const actor = await actorOf(login)
    return house.db.read(actor, 'monitoring.read', async (tx) => {
      const { rows } =
        await sql`select id from monitoring.search('{排队}', '{}', ${JSON.stringify({ ruleId: id })}::jsonb, null, null, 10)`.execute(
          tx as never,
        )
      return rows.length
    })
  }
  for (const [login, sees] of Object.entries({
    'hangzhou.duty': [1, 0, 0],
    'several.delta': [1, 0, 0],
    'east.coordinator': [1, 1, 0],
    'hq.publicity': [1, 1, 1],
  }))
    assert.deepEqual(await Promise.all(Object.values(rules).map((id) => found(login, id))), sees, login)
  const above = async (login: string, asked: string) => {
    const id = await personOf(asked)
    return house.db.read(await actorOf(login), 'access.read', async (tx) => {
      const { rows } = await sql<{ is: boolean }>`select access.stands_above(${id}::int) as is`.execute(tx as never)
      return rows[0]?.is
    })
  }
  assert.equal(await above('east.security', 'hangzhou.duty'), false)
  assert.equal(await above('east.security', 'guangzhou.duty'), true)
  await house.admin(`update access.grant set withdrawn_at = now() where person_id = $1`, [await personOf('guangzhou.duty')])
  assert.equal(await above('east.security', 'guangzhou.duty'), true, 'of somebody out of sight the answer never changes')
})

test('an ask sends events of its own units, and learns who is on duty there and above', async () => {
  const emit = (more: { branch?: number; event?: string; facts?: string } = {}) =>
    `select delivery.emit(${more.branch ?? hangzhou.id}, ${hangzhou.region}, '${more.event ?? 'case.opened'}',
      '${more.facts ?? '{"case_id": 7, "unit_code": "hangzhou"}'}', '/response/7', 3)`
  assert.equal(await inject(duty, 'response.handle', emit()), 'done')
  assert.equal(await inject(duty, 'response.handle', emit({ branch: ningbo.id })), '42501')
  assert.equal(await inject(duty, 'response.handle', emit({ event: 'sale.now' })), '42501')
  assert.equal(await inject(duty, 'response.handle', emit({ facts: '{"case_id": "病人张三 13800000000"}' })), '42501')
  assert.equal(await inject(duty, 'monitoring.correct', emit()), '42501')
  const onDuty = (unit: number, held = 'response.handle') => `select delivery.on_duty('${held}', ${unit})`
  for (const unit of [hangzhou.id, hangzhou.region, hq.id])
    assert.equal(await inject(duty, 'response.handle', onDuty(unit)), 'done')
  for (const unit of [ningbo.id, guangzhou.region]) assert.equal(await inject(duty, 'response.handle', onDuty(unit)), '42501')
  assert.equal(await inject(duty, 'response.handle', onDuty(hangzhou.id, 'access.grant')), '42501')
  assert.equal(await inject(duty, 'access.read', onDuty(hangzhou.id)), '42501')
})

test('an ask records the facts of its right about mentions in its scope, and no others', async () => {
  const mention = async (unit: Unit) => {
    const [post] = await house.admin<{ id: string }>(
      `insert into monitoring.post (platform, kind, author, title, text, published_at, likes, comments, shares, followers, intake_key, text_key,
         units, judgement, demo)
       values ('weibo', 'post', '', '', 'x', now(), 0, 0, 0, 0, gen_random_uuid(), gen_random_uuid(), '{}', '{}', false) returning id`,
    )
    const [row] = await house.admin<{ id: string }>(
      `insert into monitoring.mention (post_id, branch_id, region_id, published_at, severity, demo, heat, sentiment, category, triage, platform,
         kind, author, title, excerpt, folded, grams)
       values ($1, $2, $3, now(), 3, false, 4, 'negative', 'service', 'appeal', 'weibo', 'post', '', '', '', '', '') returning id`,
      [post?.id, unit.id, unit.region],
    )
    return row?.id
  }
  const [mine, other] = [await mention(hangzhou), await mention(guangzhou)]
  const hands = await actorOf('hq.publicity')
  await house.admin(
    `insert into access.grant (person_id, role_id, unit_id) select $1, id, $2 from access.role where code = 'publicity'`,
    [duty.personId, hangzhou.id],
  )
  const near = await actorOf('hangzhou.duty')
  assert.equal(near.scopes.get('monitoring.intake')?.tier, 'branch')
  const record = (payload: string, fact = 'monitoring.mentions_stored') => `select base.record_fact('${fact}', '${payload}')`
  const stored = (...ids: (string | number | undefined)[]) => record(`{"mentionIds": [${ids.join(',')}]}`)
  assert.equal(await inject(near, 'monitoring.intake', stored(mine)), 'done')
  assert.equal(await inject(hands, 'monitoring.intake', stored(mine, other)), 'done')
  assert.equal(await inject(near, 'monitoring.intake', stored(mine, other)), '42501', 'a mention out of scope')
  assert.equal(await inject(near, 'monitoring.intake', stored(999_999)), '42501', 'a mention that is not there')
  assert.equal(await inject(near, 'monitoring.intake', record(`{"mentionIds": [${mine}], "note": "x"}`)), '42501')
  const heated = (before: string) => record(`{"mentionIds": [${mine}], "before": [${before}]}`, 'monitoring.mentions_heated')
  assert.equal(await inject(near, 'monitoring.intake', heated('4')), 'done')
  assert.equal(await inject(near, 'monitoring.intake', heated('"free words"')), '42501')
  assert.equal(await inject(near, 'monitoring.intake', record(`{"mentionIds": [${mine}]}`, 'access.somebody_left')), '42501')
  assert.equal(await inject(near, 'response.handle', stored(mine)), '42501', 'under another right')
})

test('an ask leaves its trail row where it asks, and under no other tier', async () => {
  const now = await actorOf('hangzhou.duty')
  const row = (
    branch: number | null,
    tier = 'branch',
  ) => `insert into privacy.trail (person_id, address, ask, tier, branch_id, outcome, writes, duration_ms)
    values (${duty.personId}, '10.0.0.1', 'response.take_case', '${tier}', ${branch}, 'allowed', true, 1)`
  for (const branch of [hangzhou.id, null]) assert.equal(await inject(now, 'response.handle', row(branch)), 'done')
  for (const branch of [ningbo.id, guangzhou.id, hangzhou.region, hq.id])
    assert.equal(await inject(now, 'response.handle', row(branch)), '42501', `at ${branch}`)
  assert.equal(await inject(now, 'response.handle', row(hangzhou.id, 'group')), '42501')
})

test('an ask leaves no large objects, and ends or stops no other session', async () => {
  const now = await actorOf('hangzhou.duty')
  for (const text of [
    'select lo_create(0)',
    "select lo_from_bytea(0, 'kept')",
    'select lo_creat(-1)',
    'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
    'select pg_cancel_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()',
    "select pg_logical_emit_message(false, 'a', 'b')",
  ])
    assert.equal(await inject(now, 'response.handle', text), '42501', text)
})

test('the database knows every kind of notice, and which of them go out by mail', async () => {
  const rows = await house.admin<{ name: string; mail: boolean }>('select name, mail from delivery.template')
  const known = new Map(rows.map(({ name, mail }) => [name, mail]))
  for (const [name, template] of Object.entries(templates)) assert.equal(known.get(name), 'mail' in template, name)
})
