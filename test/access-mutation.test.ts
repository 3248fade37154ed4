import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import pg from 'pg'
import { rights } from '../src/access/index.ts'
import { contextKey, type Tier } from '../src/base/db.ts'
import { openHouse } from './harness.ts'
import { type Asker, factories, insertInto, makeRows, type Place, quoteTable, type Scene } from './rows.ts'

// Opens every policy in turn, on a database with rows in three branches, and requires that what people of some tier can read or write
// then changes. A policy whose opening nobody notices guards nothing, or is guarded by no test.

interface Policy {
  readonly table: string
  readonly name: string
  readonly roles: readonly string[]
  readonly using: string | null
  readonly check: string | null
}

/** What one tier can do with one table: each attempt and what came of it. */
type Findings = Readonly<Record<string, string>>

const tiers = { anlan_branch: 'branch', anlan_region: 'region', anlan_group: 'group', anlan_several: 'several' } as const
type TierLogin = keyof typeof tiers
const isTier = (role: string): role is TierLogin => role in tiers

/** Policies that are open by design, and why that is right. Everything else that is open fails here until it is thought through. */
const openByDesign: readonly { readonly of: (policy: Policy) => boolean; readonly why: string }[] = [
  {
    of: ({ roles }) => roles.every((role) => role === 'anlan_worker'),
    why: 'jobs, clocks and command words work over all units',
  },
  {
    of: ({ roles }) => roles.every((role) => role === 'anlan_door'),
    why: 'the door looks up who is there before anybody is known',
  },
  {
    of: ({ roles }) => roles.every((role) => role === 'anlan_trail'),
    why: 'the trail collects the rows of everybody, and reads none',
  },
  {
    of: ({ table, name }) => /_read$/.test(name) && commonKnowledge.includes(table),
    why: 'common knowledge inside the group',
  },
]
const commonKnowledge = [
  'access.unit',
  'access.role',
  'access.role_right',
  'access.administrator_right',
  'base.setting',
  'delivery.template',
  'response.clock_policy',
]

const house = await openHouse()
const client = new pg.Client(house.adminUrl)
await client.connect()
// The database goes away under it when the file ends.
client.on('error', () => undefined)
const query = async <R extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
  (await client.query<R>(text, values)).rows

// ── The scene: three branches in two regions, and a person of each tier who holds every right there ──────────────────
const placed = async (code: string): Promise<Place> => {
  const [row] = await query<Place>(
    `select unit.code, unit.id as "branchId", unit.region_id as "regionId", person.id as "personId"
     from access.unit join access.person on login = unit.code || '.nurse' where unit.code = $1`,
    [code],
  )
  assert.ok(row, code)
  return row
}
const places = [await placed('hangzhou'), await placed('ningbo'), await placed('guangzhou')]
await query(`insert into access.role (code, name, name_en) values ('probe', '探针', 'Probe')`)
// One person who holds every right is three administrators at once, which no role may be.
await query('alter table access.role_right disable trigger label_role')
await query(`insert into access.role_right select id, unnest($1::text[]) from access.role where code = 'probe'`, [
  Object.keys(rights),
])
const askers: Record<TierLogin, { personId: number; epoch: number; units: string }> = {
  anlan_branch: await asker('probe.branch', ['hangzhou']),
  anlan_region: await asker('probe.region', ['east']),
  anlan_group: await asker('probe.group', ['hq']),
  anlan_several: await asker('probe.several', ['hangzhou', 'guangzhou']),
}
async function asker(login: string, units: string[]) {
  const [person] = await query<{ id: number }>(
    `insert into access.person (login, name, unit_id) select $1, '探针', id from access.unit where code = $2 returning id`,
    [login, units[0]],
  )
  const id = person?.id ?? 0
  await query(
    `insert into access.grant (person_id, role_id, unit_id)
     select $1, (select id from access.role where code = 'probe'), id from access.unit where code = any ($2)`,
    [id, units],
  )
  await query(`insert into delivery.notice (person_id, template, facts, path, severity) values ($1, 'probe', '{}', '/', 1)`, [id])
  const [scope] = await query<{ units: number[]; epoch: number }>(
    `select units, epoch from access.person, access.scope_of(id, 'access.read') where id = $1`,
    [id],
  )
  const held = scope?.units ?? []
  return { personId: id, epoch: scope?.epoch ?? 0, units: held.length > 1 ? `{${held.join(',')}}` : held.join('') }
}
const scene: Scene = await makeRows(client, places)
// Mentions found by rules that stand elsewhere: of each pair some see one end only.
const [nearest, beside, furthest] = places as [Place, Place, Place]
for (const [mention, rule] of [
  [nearest, furthest],
  [furthest, nearest],
  [beside, nearest],
] as const)
  await query(
    `insert into monitoring.mention_rule (mention_id, rule_id, branch_id, region_id, published_at, spans)
     select id, $2, branch_id, region_id, published_at, '[]' from monitoring.mention where id = $1`,
    [scene.row('monitoring.mention', mention), scene.row('monitoring.rule', rule)],
  )

// Runs a statement, says how many rows it touched or with which code it was refused, and undoes it.
await query('create schema probe')
await query('grant usage on schema probe to public')
await query(`create function probe.try(statement text) returns text language plpgsql as $$
  declare touched int;
  begin
    execute statement;
    get diagnostics touched = row_count;
    raise exception using errcode = 'PROBE', message = touched || ' rows';
  exception
    when sqlstate 'PROBE' then return sqlerrm;
    when others then return sqlstate;
  end $$`)

const policies = await query<Policy>(`
  select schemaname || '.' || tablename as "table", policyname as name, roles::text[] as roles, qual as "using", with_check as "check"
  from pg_policies where schemaname not in ('graphile_worker', 'probe') order by 1, 2`)

/** Opens the context of a tier's person as the program would, in this connection, which then is that tier's login. */
async function enter(login: TierLogin, right: string | null): Promise<void> {
  await client.query(`set local session authorization ${login}`)
  if (right === null) return
  const { personId, epoch, units } = askers[login]
  const { processID } = client as unknown as { processID: number }
  const tier: Tier = tiers[login]
  const body = `v1|${personId}|${right}|${tier}|${units}|${epoch}|${Math.floor(Date.now() / 1000) + 100}|${processID}`
  const ticket = `${body}|${createHmac('sha256', contextKey(house.secret).key).update(body).digest('hex')}`
  await client.query('select access.enter($1, $2)', [ticket, tier === 'several' ? units : ''])
}

/** The statements that show what a tier may do with a table. */
async function statements(table: string, login: TierLogin): Promise<string[]> {
  const factory = factories[table]
  assert.ok(factory, `${table} has policies for the tiers; say in test/rows.ts how its rows are made`)
  const name = quoteTable(table)
  const writable = new Set(
    (
      await query<{ attname: string }>(
        `select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and has_column_privilege($2, attrelid, attnum, 'insert')`,
        [name, login],
      )
    ).map(({ attname }) => attname),
  )
  const everybody = Object.values(askers).map(({ personId }) => personId)
  const { personId } = askers[login]
  const who: Asker = { personId, others: everybody.filter((id) => id !== personId) }
  const attempts = factory.attempts?.(who, scene, places) ?? [{}]
  const rows = places.flatMap((place) =>
    factory.make(place, scene).flatMap((row) => attempts.map((attempt) => ({ ...row, ...attempt }))),
  )
  const inserts = rows.map((row) =>
    insertInto(table, Object.fromEntries(Object.entries(row).filter(([column]) => writable.has(column)))),
  )
  return [
    `select from ${name}`,
    `delete from ${name}`,
    ...(factory.changes?.(who, places) ?? []).map((change) => `update ${name} set ${change}`),
    ...(writable.size > 0 ? new Set(inserts) : []),
  ]
}

/** The rights under which a table's policies are tried: those that they speak of, one that they do not, and no context at all. */
function rightsOf(table: string): (string | null)[] {
  const spoken = policies
    .filter((policy) => policy.table === table)
    .flatMap(({ using, check }) => [...`${using} ${check}`.matchAll(/[a-z]+\.[a-z_]+/g)].map(([right]) => right))
  const known = Object.keys(rights)
  const other = known.find((right) => !spoken.includes(right)) ?? null
  return [...new Set([...spoken.filter((right) => known.includes(right)), other, null])]
}

let probes = 0
async function look(table: string, login: TierLogin): Promise<Findings> {
  const tried = await statements(table, login)
  const found: Record<string, string> = {}
  for (const right of rightsOf(table)) {
    await client.query('savepoint looking')
    await enter(login, right)
    const rows = await query<{ outcome: string }>('select probe.try(statement) as outcome from unnest($1::text[]) statement', [
      tried,
    ])
    await client.query('rollback to savepoint looking')
    for (const [at, { outcome }] of rows.entries()) found[`${login} ${right} ${at} ${tried[at]}`] = outcome
    probes += rows.length
  }
  return found
}

const isOpen = (expression: string | null) => expression === null || expression === 'true'
const guarded = policies.filter(({ using, check }) => !isOpen(using) || !isOpen(check))
const baseline = new Map<string, Findings>()
await query('begin')
for (const table of new Set(guarded.map((policy) => policy.table)))
  for (const login of Object.keys(tiers) as TierLogin[]) baseline.set(`${table} ${login}`, await look(table, login))
await query('rollback')

/** The ways in which a policy can be opened, each as what `alter policy` takes. */
function openings({ using, check }: Policy): string[] {
  const both = [using !== null && 'using (true)', check !== null && 'with check (true)'].filter(Boolean).join(' ')
  return !isOpen(using) && !isOpen(check) ? [both, 'using (true)', 'with check (true)'] : [both]
}

async function isNoticed({ table, name, roles }: Policy, opening: string): Promise<boolean> {
  await query('begin')
  await query(`alter policy "${name}" on ${quoteTable(table)} ${opening}`)
  try {
    for (const login of roles.filter(isTier)) {
      const found = await look(table, login)
      const before = baseline.get(`${table} ${login}`) ?? {}
      if (Object.entries(found).some(([attempt, outcome]) => before[attempt] !== outcome)) return true
    }
    return false
  } finally {
    await query('rollback')
  }
}

/** Whether a tier may write a column that the checking half of a policy looks at; if not, the half that selects rows decides alone. */
async function canMove({ table, roles, check }: Policy): Promise<boolean> {
  const columns = await query<{ attname: string }>(
    `select distinct attname from pg_attribute, unnest($2::text[]) role
     where attrelid = $1::regclass and attnum > 0 and has_column_privilege(role, attrelid, attnum, 'update')`,
    [quoteTable(table), roles],
  )
  return columns.some(({ attname }) => new RegExp(`\\b${attname}\\b`).test(check ?? ''))
}

test('every policy that is open is open by design, for a reason', () => {
  const open = policies.filter((policy) => !guarded.includes(policy))
  const unexplained = open.filter((policy) => !openByDesign.some(({ of }) => of(policy)))
  assert.deepEqual(
    unexplained.map(({ table, name, roles }) => `${table} ${name} to ${roles.join(', ')}`),
    [],
  )
})

test('every policy is of the tiers, unless it is open by design', () => {
  assert.deepEqual(
    guarded.filter(({ roles }) => !roles.some(isTier)).map(({ table, name }) => `${table} ${name}`),
    [],
  )
})

test('opening any policy, or one half of it, changes what somebody can read or write', async (t) => {
  const survivors: string[] = []
  let [mutants, equivalent] = [0, 0]
  for (const policy of guarded)
    for (const opening of openings(policy)) {
      mutants += 1
      if (await isNoticed(policy, opening)) continue
      // Opening the checking half alone frees nothing where no column that it looks at can be written.
      if (opening === 'with check (true)' && policy.using !== null && !(await canMove(policy))) equivalent += 1
      else survivors.push(`${policy.table} ${policy.name}: ${opening}`)
    }
  t.diagnostic(
    `${policies.length} policies, ${guarded.length} guarded, ${mutants} openings, ${equivalent} without effect by their column grants, ${probes} probes`,
  )
  assert.deepEqual(survivors, [])
})

test('the probes see each thing that a tier can do: something is readable, writable and refused for each tier', () => {
  for (const login of Object.keys(tiers)) {
    const outcomes = [...baseline].filter(([key]) => key.endsWith(login)).flatMap(([, found]) => Object.entries(found))
    for (const verb of ['select', 'insert', 'update', 'delete']) {
      const of = outcomes.filter(([attempt]) => new RegExp(`\\d+ ${verb} `).test(attempt)).map(([, outcome]) => outcome)
      assert.ok(
        of.some((outcome) => /^[1-9]\d* rows$/.test(outcome)),
        `${login} never ${verb}s`,
      )
      assert.ok(
        of.some((outcome) => outcome === '0 rows' || outcome === '42501'),
        `${login} always ${verb}s`,
      )
    }
  }
})
