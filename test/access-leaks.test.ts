import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import pg from 'pg'
import { loadActor } from '../src/access/actor.ts'
import { contextKey, type Login, logins, loginUrl } from '../src/base/db.ts'
import { openHouse } from './harness.ts'
import { existenceOracles, lintDatabase } from './lint-database.ts'
import { makeRows, type Place } from './rows.ts'

const house = await openHouse()
const admin = (text: string) => house.admin<Record<string, unknown>>(text)
const personId = async (login: string) => Number((await admin(`select id from access.person where login = '${login}'`))[0]?.id)
const actorOf = async (login: string) => {
  const actor = await house.db.door(async (tx) => loadActor(tx, await personId(login)))
  assert.ok(actor, login)
  return actor
}
const tiers = ['anlan_branch', 'anlan_region', 'anlan_group', 'anlan_several'] as const
const people = { branch: 'hangzhou.duty', region: 'east.coordinator', several: 'several.delta' } as const

/** Runs SQL as if it had been injected into an ask of this person, one statement after the other; rows of the last. */
async function inject(login: string, right: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  return house.db.write(await actorOf(login), right, async (tx) => {
    let rows: Record<string, unknown>[] = []
    for (const text of statements) rows = (await sql.raw<Record<string, unknown>>(text).execute(tx)).rows
    return rows
  })
}
const refusal = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'allowed',
    (error: pg.DatabaseError) => error.code ?? error.message,
  )
const count = async (login: string, ...before: string[]) =>
  (await inject(login, 'access.read', ...before, 'select count(*)::int as n from access.person'))[0]?.n
/** A connection as a login of the database, with no context at all. */
async function asLogin<T>(login: Login, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(loginUrl(house.adminUrl, login, house.secret))
  await client.connect()
  return work(client).finally(() => client.end())
}

// ── The shape of the database ────────────────────────────────────────────────────────────────────────────────────

test('every table, view, function, login and policy is as it must be', async () => {
  assert.deepEqual(await lintDatabase(admin), [])
})

test('each fault, planted, is found', async () => {
  const plants: Record<string, string> = {
    'a table without forced row-level policies': 'alter table access.person no force row level security',
    'a view that sees with its owner’s eyes': 'create view access.peek as select * from access.person',
    'a materialised view': 'create materialized view access.peek as select * from access.person',
    'a definer function that everybody may run': 'grant execute on function access.scope_of to public',
    'a definer function whose names can be bent': 'alter function access.scope_of reset search_path',
    'a definer function of a login or of a superuser': 'alter function access.scope_of owner to current_user',
    'a login that is more than a login': 'alter role anlan_branch bypassrls',
    'a role that somebody is a member of': 'grant anlan_group to anlan_branch',
    'a definer that can log in': 'alter role anlan_definer login',
    'something that belongs to a login': 'alter table access.person owner to anlan_branch',
    'a privilege that goes around policies': 'grant truncate on access.person to anlan_branch',
    'a schema or database in which a login may make things': 'grant create on schema access to anlan_branch',
    'two permissive policies that add up': 'create policy peek on access.person for select to anlan_branch using (true)',
    'a policy for everybody': 'create policy peek on access.credential using (true)',
    'a privilege of a tier without a policy': 'grant select on access.session to anlan_branch',
    'a writing policy of a tier that names no right and no person':
      'create policy peek on access.role for delete to anlan_branch using (true)',
  }
  const client = new pg.Client(house.adminUrl)
  await client.connect()
  try {
    for (const [rule, plant] of Object.entries(plants)) {
      await client.query('begin')
      await client.query(plant)
      const found = await lintDatabase(async (text) => (await client.query(text)).rows)
      await client.query('rollback')
      assert.ok(
        found.some((fault) => fault.startsWith(rule)),
        `${plant}: ${found.join('; ')}`,
      )
    }
  } finally {
    await client.end()
  }
})

/** Functions that see past the policies and that a tier may call, and what keeps each narrow. A new one is thought through here. */
const doors: Record<string, string> = {
  'access.context': 'answers about the own transaction only',
  'access.sessions_of': 'answers nothing but for `access.grant` and people in scope',
  'access.end_sessions_of': 'ends nothing but for `access.grant` and people in scope',
  'access.enter': 'takes what the program signed for this connection, and the grants must say the same',
  'access.share': 'opens nothing; of people whom the program signed for this connection it names those who may read the same',
  'access.stands_above': 'answers with yes or no about somebody whom the person asking may close, and yes for everybody else',
  'base.record_fact': 'takes the facts that an ask of this right may record, about what lies within its scope',
  'delivery.emit': 'needs a context for cases; about units in scope, numbers and codes only; answers with a count alone',
  'delivery.is_over': 'answers about the asking person’s own notices',
  'delivery.notify':
    'needs a context for the kind of notice; about units in scope, numbers and codes only; answers with a count alone',
  'delivery.on_duty': 'needs a context for cases; says of the own units and those above whether anybody is there, and not who',
  'delivery.rotate_secret': 'needs a context for webhooks; changes those in scope and answers with a moment',
  'delivery.send_again': 'needs a context for webhooks; letters of webhooks in scope, mail for headquarters',
  'monitoring.move_mention': 'needs a context for correcting; moves between units in scope only',
  'monitoring.note_stopped': 'needs a context for intake; counts at rules that look at the own units, and answers nothing',
  'monitoring.rules_in_force': 'needs a context for intake; rules of the own units and of those above',
  'monitoring.search':
    'puts the scope of the signed context into its condition; answers with numbers that are read under policies',
  'monitoring.store': 'needs a context for intake; refuses units out of scope',
  'privacy.is_place_of_ask': 'answers with yes or no about the own scope and the own unit',
}

test('every function that sees past the policies and that a tier may call is known', async () => {
  const rows =
    await admin(`select distinct nspname || '.' || proname as name from pg_proc p join pg_namespace n on n.oid = pronamespace
    where prosecdef and nspname not like 'pg\\_%' and has_schema_privilege('anlan_branch', n.oid, 'usage') and (
      has_function_privilege('anlan_branch', p.oid, 'execute') or has_function_privilege('anlan_region', p.oid, 'execute')
      or has_function_privilege('anlan_group', p.oid, 'execute') or has_function_privilege('anlan_several', p.oid, 'execute'))`)
  assert.deepEqual(rows.map(({ name }) => String(name)).sort(), Object.keys(doors).sort())
})

test('those that need a context refuse or answer nothing without one', async () => {
  const calls = {
    'delivery.notify': `delivery.notify('{1}', 'response.handle', 1, 'probe', '{}', '/', 1, false, false, 1, 1)`,
    'delivery.emit': `delivery.emit(1, 1, 'case.opened', '{}', '/', 4)`,
    'delivery.on_duty': `delivery.on_duty('response.handle', 1)`,
    'delivery.rotate_secret': `delivery.rotate_secret(1, repeat('x', 40), 24)`,
    'delivery.send_again': `delivery.send_again('{1}')`,
    'base.record_fact': `base.record_fact('monitoring.mentions_stored', '{"mentionIds":[1]}')`,
    'monitoring.note_stopped': `monitoring.note_stopped('{1}')`,
    'monitoring.rules_in_force': 'monitoring.rules_in_force()',
    'monitoring.store': `monitoring.store('[]', null, false)`,
  }
  for (const login of tiers)
    for (const [name, call] of Object.entries(calls))
      assert.match(
        await refusal(asLogin(login, (client) => client.query(`select ${call}`))),
        /^(42501|AN001)$/,
        `${login} ${name}`,
      )
  const search = `select from monitoring.search('{排队}', '{}', '{}', null, null, 10)`
  for (const login of tiers) assert.equal((await asLogin(login, (client) => client.query(search))).rowCount, 0)
  const sessions = `select number from access.person, access.sessions_of(person.id)
    union all select ended from generate_series(1, 400) id, access.end_sessions_of(id, null) ended where ended > 0`
  for (const login of tiers) assert.equal((await asLogin(login, (client) => client.query(sessions))).rowCount, 0)
})

// ── Becoming somebody else ───────────────────────────────────────────────────────────────────────────────────────

test('injected SQL cannot take another role', async () => {
  for (const text of [
    `select set_config('role', 'anlan_group', true)`,
    'set role anlan_group',
    'set local role anlan_definer',
    'set session authorization anlan_group',
    `select set_config('session_authorization', 'anlan_group', true)`,
  ])
    assert.equal(await refusal(inject(people.branch, 'access.read', text)), '42501', text)
})

test('without a context no login sees a person, headquarters’ own neither', async () => {
  for (const login of tiers)
    await asLogin(login, async (client) => {
      const { rows } = await client.query('select count(*)::int as n from access.person')
      assert.equal(rows[0]?.n, 0, login)
    })
})

const soon = () => Math.floor(Date.now() / 1000) + 60
const processOf = (client: pg.Client) => (client as unknown as { processID: number }).processID
/** What the program signs for a person of one branch, but for the server process. */
async function ticketBody(login: string): Promise<string> {
  const { personId: id, scopes, epoch } = await actorOf(login)
  return `v1|${id}|access.read|branch|${scopes.get('access.read')?.units[0]}|${epoch}|${soon()}`
}
const signed = (body: string) => `${body}|${createHmac('sha256', contextKey(house.secret).key).update(body).digest('hex')}`

test('a context that is forged, old, of another tier, of another transaction or not entered shows nothing', async () => {
  assert.equal(await count(people.branch), 7)
  const actor = await actorOf(people.branch)
  const other = await actorOf('guangzhou.duty')
  const own = async (login: string) =>
    String((await inject(login, 'access.read', `select current_setting('anlan.context') as context`))[0]?.context)
  const unit = (who: typeof actor) => who.scopes.get('access.read')?.units[0]
  const body = (who: typeof actor, tier: string, expires: number) =>
    `v1|${who.personId}|access.read|${tier}|${unit(who)}|${who.epoch}|${expires}|1`
  const contexts = {
    nothing: '',
    'no context': 'v1|1|access.read|group||1',
    'not entered': signed(body(actor, 'branch', soon())),
    'made up': `${body(actor, 'branch', soon())}|1|${'0'.repeat(64)}`,
    'one’s own of a transaction before': await own(people.branch),
    'somebody else’s of a transaction before': await own('guangzhou.duty'),
    'the region’s': await own('east.coordinator'),
    'somebody else’s, signed': signed(body(other, 'branch', soon())),
  }
  for (const [name, context] of Object.entries(contexts))
    assert.equal(await count(people.branch, `select set_config('anlan.context', '${context}', true)`), 0, name)
  // Signed as only the database signs, so that nothing but the one fact is wrong.
  const entered = async (parts: string) =>
    count(
      people.branch,
      `select set_config('anlan.context', body || '|' || access_test.sign(body), true)
      from (select ${parts} as body) made`,
    )
  await admin(`create schema access_test`)
  await admin(`create function access_test.sign(body text) returns text language sql security definer
    return (select access.mac(key, 'entered|' || body) from access.context_key key)`)
  await admin('grant usage on schema access_test to public; grant execute on function access_test.sign to public')
  const now = `extract(epoch from now())`
  assert.equal(await entered(`'${body(actor, 'branch', soon())}|' || ${now}`), 7, 'all of it right')
  assert.equal(await entered(`'${body(actor, 'branch', soon() - 120)}|' || ${now}`), 0, 'expired')
  assert.equal(await entered(`'${body(actor, 'region', soon())}|' || ${now}`), 0, 'another tier')
  assert.equal(
    await entered(`'${body({ ...actor, epoch: actor.epoch - 1 }, 'branch', soon())}|' || ${now}`),
    0,
    'before a change of rights',
  )
  assert.equal(await entered(`'${body(actor, 'branch', soon())}|' || ${now} - 1`), 0, 'another transaction')
  await admin('drop schema access_test cascade')
})

test('the program’s ticket is not seen over the shoulder of another session, and opens nothing elsewhere or twice', async () => {
  const seen = await house.db.read(await actorOf('guangzhou.duty'), 'access.read', async () =>
    inject(people.branch, 'access.read', 'select query from pg_stat_activity where usename = current_user'),
  )
  assert.ok(seen.some(({ query }) => String(query).includes('access.enter')))
  assert.ok(!seen.some(({ query }) => /v1\|/.test(String(query))))
  await asLogin('anlan_branch', async (client) => {
    const body = await ticketBody('guangzhou.duty')
    const enter = (pid: number) => refusal(client.query('select access.enter($1, $2)', [signed(`${body}|${pid}`), '']))
    assert.equal(await enter(processOf(client)), 'allowed')
    assert.equal(await enter(processOf(client) + 1), 'AN001')
    const { rows } = await client.query('select count(*)::int as n from access.person')
    assert.equal(rows[0]?.n, 0, 'gone with its transaction')
  })
})

test('a ticket opens only what the grants say, whatever the program signed', async () => {
  const actor = await actorOf(people.branch)
  for (const scope of [
    { tier: 'group', units: [] },
    { tier: 'region', units: [2] },
    { tier: 'branch', units: [4] },
    { tier: 'several', units: [3, 4] },
  ] as const) {
    const widened = { ...actor, scopes: new Map([['access.read', scope]]) }
    await assert.rejects(
      house.db.read(widened, 'access.read', async () => 'in'),
      { name: 'StaleContext' },
      scope.tier,
    )
  }
})

test('a person of several branches cannot add one', async () => {
  assert.equal(await count(people.several), 14)
  const all = `{${Array.from({ length: 60 }, (_, at) => at + 1).join(',')}}`
  assert.equal(await count(people.several, `select set_config('anlan.units', '${all}', true)`), 0)
  assert.equal(await count(people.branch, `select set_config('anlan.units', '${all}', true)`), 7)
})

// ── Ways around the policies ─────────────────────────────────────────────────────────────────────────────────────

test('row_security = off is an error, not a way around', async () => {
  assert.equal(
    await refusal(inject(people.branch, 'access.read', 'set local row_security = off', 'select from access.person')),
    '42501',
  )
})

test('COPY shows what a query shows, brings nothing in and reaches no file', async () => {
  const copied = await asLogin('anlan_branch', async (client) => {
    await client.query('begin')
    await client.query('select access.enter($1, $2)', [signed(`${await ticketBody(people.branch)}|${processOf(client)}`), ''])
    return client.query('copy access.person (id, login) to stdout')
  })
  assert.equal(copied.rowCount, 7)
  assert.notEqual(
    await refusal(inject(people.branch, 'access.grant', 'copy access.grant (person_id, role_id, unit_id) from stdin')),
    'allowed',
  )
  for (const text of [`copy access.person (id) to '/tmp/out'`, `copy access.person (id) to program 'cat'`])
    assert.equal(await refusal(inject(people.branch, 'access.read', text)), '42501', text)
})

test('no login truncates, references, locks out, makes or bends anything', async () => {
  for (const text of [
    'truncate access.person',
    'begin; lock table access.person in access exclusive mode',
    'create table access.mine (id int)',
    'create temp table mine (person_id int references access.person)',
    'create function public.leak(text) returns boolean language sql cost 0.0001 as $$ select true $$',
    'create view public.peek as select * from access.person',
    'alter table access.person disable row level security',
    'drop policy person_select_branch on access.person',
    'alter role anlan_branch bypassrls',
    'grant anlan_group to anlan_branch',
    `select pg_read_file('/etc/hostname')`,
    `select lo_import('/etc/hostname')`,
    `set session_replication_role = replica`,
    `create trigger peek after update on access.person execute function access.raise_epoch()`,
    'do $$ begin execute $q$ set role anlan_definer $q$; end $$',
    `call access.protect('access.person', 'select')`,
  ])
    for (const login of tiers)
      assert.match(await refusal(asLogin(login, (client) => client.query(text))), /^(42501|42P17|0LP01)$/, `${login}: ${text}`)
})

test('what is for the door, the worker and the definer is out of reach of the tiers', async () => {
  const reach = [
    'select from access.credential',
    'select from access.session',
    'select from access.attempt',
    'select from access.context_key',
    'select from graphile_worker._private_jobs',
    'select from public.anlan_migration',
    'select from pg_statistic',
    'select from pg_authid',
    `select access.scope_of(1, 'access.read')`,
    `select access.mac(row(true, '', '')::access.context_key, '')`,
    `select graphile_worker.add_job('fact')`,
    `insert into access.role_right values (1, 'access.grant')`,
    `update access.role set administrator = null`,
    `update access.unit set parent_id = 1`,
    `update access.person set epoch = 1`,
    `update access.person set unit_id = 1`,
    `delete from access.person`,
    `delete from access.grant`,
  ]
  for (const login of tiers)
    for (const text of reach)
      assert.equal(await refusal(asLogin(login, (client) => client.query(text))), '42501', `${login}: ${text}`)
})

test('the door reads people’s names and passwords, and neither the trail nor what the tiers work on', async () => {
  for (const text of [
    'select from privacy.trail',
    'insert into access.grant default values',
    'update access.person set active = true',
  ])
    assert.equal(await refusal(asLogin('anlan_door', (client) => client.query(text))), '42501', text)
})

test('what people’s passwords are is read at the door alone; the worker sees who has one', async () => {
  const hashes = 'select password_hash from access.credential'
  assert.equal(await refusal(asLogin('anlan_door', (client) => client.query(hashes))), 'allowed')
  assert.equal(await refusal(asLogin('anlan_worker', (client) => client.query(hashes))), '42501')
  assert.equal(
    await refusal(asLogin('anlan_worker', (client) => client.query('select person_id from access.credential'))),
    'allowed',
  )
})

test('a condition is not tried on rows out of sight', async () => {
  const trap = `select count(*)::int as n from access.person where 1 / (case when login like 'guangzhou%' then 0 else 1 end) = 1`
  assert.equal((await inject(people.branch, 'access.read', trap))[0]?.n, 7)
  assert.equal(await refusal(inject('guangzhou.duty', 'access.read', trap)), '22012')
})

test('the planner’s statistics of protected tables are out of sight', async () => {
  await admin('analyze')
  const rows = await inject(
    people.branch,
    'access.read',
    `select tablename from pg_stats where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  const open = new Set(
    (await admin(`select tablename from pg_policies where qual = 'true' and 'anlan_branch' = any (roles)`)).map(
      (row) => row.tablename,
    ),
  )
  assert.deepEqual(
    rows.filter(({ tablename }) => !open.has(tablename)),
    [],
  )
})

// ── Asking by writing ────────────────────────────────────────────────────────────────────────────────────────────

test('a key that a tier may write tells nothing of rows out of sight, or is known to be safe', async () => {
  assert.deepEqual((await existenceOracles(admin)).sort(), Object.keys(safeKeys).sort())
})

/** Keys that hold no branch, and why a refusal by them tells nothing. Each is tried below or in the room’s own tests. */
const safeKeys: Record<string, string> = {
  'foreign key access."grant" (granted_by)': 'only the own number passes grant_in_own_name',
  'foreign key access."grant" (person_id)': 'only people in sight pass grant_in_own_name',
  'foreign key access."grant" (withdrawn_by)': 'only the own number passes grant_withdraw_once',
  'unique access."grant" (person_id, role_id, unit_id)':
    'only units and people in sight pass the policies, which are asked first',
  'foreign key response."case" (acknowledged_by)': 'only the own number passes response.name_person',
  'foreign key response."case" (handler_id)': 'only the own number passes response.name_person',
  'foreign key response.alert (mention_id)': 'only mentions in sight pass alert_in_sight',
  'unique response.alert (mention_id)': 'only mentions in sight pass alert_in_sight, which is asked first',
  'foreign key response.case_event (person_id)': 'only the own number passes case_event_own',
}

test('granting to somebody out of sight fails as granting to nobody does, for whoever writes SQL', async () => {
  const [own, hidden] = [await personId('east.security'), await personId('guangzhou.duty')]
  const [place] =
    await admin(`select (select id from access.unit where code = 'hangzhou') as near, (select id from access.unit where code = 'guangzhou') as far,
    (select id from access.role where code = 'duty_officer') as role`)
  const grant = (person: number, unit: unknown, giver: number | 'null') =>
    refusal(
      inject(
        'east.security',
        'access.grant',
        `insert into access.grant (person_id, role_id, unit_id, granted_by) values (${person}, ${place?.role}, ${unit}, ${giver})`,
      ),
    )
  assert.equal(await grant(await personId('ningbo.clinic'), place?.near, own), 'allowed')
  assert.equal(await grant(hidden, place?.near, own), '42501', 'hidden')
  assert.equal(await grant(999_999, place?.near, own), '42501', 'nobody')
  assert.equal(await grant(hidden, place?.far, own), '42501', 'hidden, held there already')
  assert.equal(await grant(await personId('ningbo.nurse'), place?.far, own), '42501', 'a unit out of reach')
  assert.equal(await grant(own, place?.near, own), '23514', 'oneself')
  assert.equal(await grant(own, place?.near, 'null'), '42501', 'oneself, in nobody’s name')
  assert.equal(
    await grant(await personId('ningbo.nurse'), place?.near, await personId('hq.security')),
    '42501',
    'in another’s name',
  )
})

test('nobody puts somebody else on a case, and so learns neither whether they exist nor their name', async () => {
  const places = await admin(`select code, unit.id as "branchId", unit.region_id as "regionId", person.id as "personId"
    from access.unit join access.person on login = code || '.nurse' where code in ('hangzhou', 'guangzhou') order by code desc`)
  const client = new pg.Client(house.adminUrl)
  await client.connect()
  const scene = await makeRows(client, places as unknown as Place[]).finally(() => client.end())
  const [near, far] = places as unknown as [Place, Place]
  const put = (column: string, id: number) =>
    refusal(
      inject(people.branch, 'response.handle', `update response.case set ${column} = ${id} where branch_id = ${near.branchId}`),
    )
  for (const column of ['handler_id', 'acknowledged_by']) {
    assert.equal(await put(column, await personId(people.branch)), 'allowed')
    for (const other of [far.personId, near.personId, 999_999])
      assert.equal(await put(column, other), '42501', `${column} ${other}`)
  }
  const raise = (mention: number) =>
    refusal(
      inject(
        people.branch,
        'response.handle',
        `insert into response.alert (mention_id, case_id, branch_id, region_id, severity, heat)
           values (${mention}, ${scene.row('response.case', near)}, ${near.branchId}, ${near.regionId}, 2, 1)`,
      ),
    )
  assert.equal(await raise(scene.row('monitoring.mention', far)), '42501', 'a mention out of sight')
  assert.equal(await raise(999_999), '42501', 'a mention that is not there')
})

test('a transaction opened to read rights changes none, and nobody withdraws their own or in another’s name', async () => {
  const withdraw = async (right: string, login: string, by: string, where: string) =>
    house.db.write(await actorOf(login), right, async (tx) => {
      const { numAffectedRows } = await sql
        .raw(
          `update access.grant set withdrawn_at = now(), withdrawn_by = ${await personId(by)} where person_id = ${await personId(where)}`,
        )
        .execute(tx)
      return Number(numAffectedRows)
    })
  assert.equal(await withdraw('access.read', 'hq.security', 'hq.security', 'suzhou.duty'), 0)
  assert.equal(await withdraw('access.grant', 'hq.security', 'hq.security', 'hq.security'), 0)
  assert.equal(await withdraw('access.grant', 'east.security', 'east.security', 'guangzhou.duty'), 0)
  assert.equal(await refusal(withdraw('access.grant', 'hq.security', 'hq.audit', 'suzhou.duty')), '42501')
  assert.equal(await withdraw('access.grant', 'hq.security', 'hq.security', 'suzhou.duty'), 1)
  const undo = `update access.grant set withdrawn_at = null where person_id = ${await personId('suzhou.duty')}`
  assert.equal(await refusal(inject('hq.security', 'access.grant', undo)), 'allowed')
  assert.equal(
    (await admin(`select from access.grant where withdrawn_at is null and person_id = ${await personId('suzhou.duty')}`)).length,
    0,
  )
})

test('the trail takes a row in nobody else’s name', async () => {
  const row = (id: number) =>
    `insert into privacy.trail (person_id, branch_id, tier, address, ask, outcome, writes, duration_ms)
     select ${id}, branch_id, 'branch', 'x', 'x.y', 'allowed', false, 0 from access.person where login = '${people.branch}'`
  assert.equal(await refusal(inject(people.branch, 'access.read', row(await personId(people.branch)))), 'allowed')
  assert.equal(await refusal(inject(people.branch, 'access.read', row(await personId('hq.audit')))), '42501')
})

test('no login of the database changes or removes a row of the trail', async () => {
  for (const login of logins)
    for (const text of [`update privacy.trail set address = 'x'`, 'delete from privacy.trail', 'truncate privacy.trail'])
      assert.equal(await refusal(asLogin(login, (client) => client.query(text))), '42501', `${login}: ${text}`)
})
