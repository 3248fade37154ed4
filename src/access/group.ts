import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'
import { type Changes, compareStanding, readStanding } from './group-change.ts'
import { type GroupFile, readGroupFile } from './group-file.ts'
import { refuseAdministrators, refuseOtherKinds } from './group-standing.ts'
import { demoPassword } from './me.ts'
import { hashPassword } from './password.ts'
import { departmentsOf, type PeopleFile, readPeopleFile } from './people-file.ts'
import { roles } from './role.ts'

export interface Loaded {
  readonly units: number
  readonly people: number
  readonly changes: Changes
  /** One-time passwords of people who are new. Empty in a demo, where all share one that is shown. */
  readonly passwords: readonly { readonly login: string; readonly password: string }[]
}

/**
 * Takes a group and its people in, again and again with the same result: units, roles and people are made or brought up to date,
 * nobody is removed, no password is changed, and a role that was withdrawn from somebody is not given back.
 * `file` and `people` are paths, or the texts themselves. Throws a `GroupFault`; nothing is changed then.
 */
export async function loadGroup(
  tx: WorkTx,
  { file, people, demo }: { readonly file: string; readonly people?: string; readonly demo: boolean },
): Promise<Loaded> {
  const group = readGroupFile(file)
  const places = [...group.units, ...departmentsOf(group)]
  const staff = people === undefined ? { people: [], roles: [] } : readPeopleFile(people, places)
  const before = await readStanding(tx)
  await refuseOtherKinds(tx, file, group)
  await saveUnits(tx, group)
  if (people !== undefined) await refuseAdministrators(tx, people, staff)
  const wanted = [...roles, ...staff.roles]
  await saveRoles(tx, wanted)
  const passwords = await savePeople(tx, staff.people, demo)
  await saveDemo(tx, demo)
  const changes = compareStanding(before, await readStanding(tx), {
    units: places.map(({ code }) => code),
    people: staff.people.map(({ login }) => login),
    roles: wanted.map(({ code }) => code),
    grants: staff.people.flatMap(({ login, roles: held }) => held.map(({ role, unit }) => `${login}: ${role} @ ${unit}`)),
  })
  return { units: places.length, people: staff.people.length, changes, passwords }
}

/** Reads both files without a database. Throws a `GroupFault` that names all that is wrong with the first that is not right. */
export function checkGroup({ file, people }: { readonly file: string; readonly people?: string }): {
  units: number
  people: number
} {
  const group = readGroupFile(file)
  const staff = people === undefined ? [] : readPeopleFile(people, [...group.units, ...departmentsOf(group)]).people
  return { units: group.units.length, people: staff.length }
}

/** The three administrators, each by the role's code and the login that a new group starts with. */
const founders = [
  { login: 'system', name: '系统管理员', role: 'system_administrator' },
  { login: 'security', name: '安全管理员', role: 'security_administrator' },
  { login: 'audit', name: '审计管理员', role: 'audit_administrator' },
] as const

/** Starts an empty group of one's own: headquarters, the roles, and the three administrators with their one-time passwords. */
export async function foundGroup(tx: WorkTx, name: string): Promise<Loaded['passwords']> {
  await saveUnits(tx, readGroupFile(JSON.stringify({ name, units: [{ code: 'hq', name, kind: 'headquarters', parent: null }] })))
  await saveRoles(tx, roles)
  const people = founders.map(({ login, name: title, role }) => ({
    login,
    name: title,
    title,
    unit: 'hq',
    roles: [{ role, unit: 'hq' }],
  }))
  const passwords = await savePeople(tx, people, false)
  await saveDemo(tx, false)
  return passwords
}

/** Rows get their numbers in the order of the file. */
const numbered = (entries: readonly object[]) => JSON.stringify(entries.map((entry, at) => ({ at, ...entry })))

async function saveUnits(tx: WorkTx, group: GroupFile): Promise<void> {
  const top = group.units.find((unit) => unit.kind === 'headquarters')
  // There is one headquarters; a file that calls it differently speaks of the same.
  await sql`update access.unit set code = ${top?.code ?? ''}::text where kind = 'headquarters' and code <> ${top?.code ?? ''}::text`.execute(
    tx,
  )
  for (const kind of ['headquarters', 'region', 'branch'] as const) {
    const units = group.units.filter((unit) => unit.kind === kind)
    await sql`
      insert into access.unit (code, name, kind, parent_id, city, campus, aliases, doctors)
      select given.code, given.name, ${kind}::text, parent.id, given.city, given.campus,
        coalesce((select array_agg(alias) from jsonb_array_elements_text(given.aliases) alias), '{}'), given.doctors
      from jsonb_to_recordset(${numbered(units)}::jsonb)
        as given (at int, code text, name text, parent text, city text, campus text, aliases jsonb, doctors jsonb)
      left join access.unit parent on parent.code = given.parent
      order by given.at
      on conflict (code) do update set name = excluded.name, parent_id = excluded.parent_id, city = excluded.city,
        campus = excluded.campus, aliases = excluded.aliases, doctors = excluded.doctors, active = true`.execute(tx)
  }
  await sql`
    insert into access.unit (code, name, kind, parent_id)
    select given.code, given.name, 'department', parent.id
    from jsonb_to_recordset(${numbered(departmentsOf(group))}::jsonb) as given (at int, code text, name text, parent text)
    join access.unit parent on parent.code = given.parent
    order by given.at
    on conflict (code) do update set name = excluded.name, parent_id = excluded.parent_id, active = true`.execute(tx)
}

interface SavedRole {
  readonly code: string
  readonly name: string
  readonly nameEn: string
  readonly rights: readonly string[]
}

/** Makes roles hold exactly the rights given; which administrator a role is, the database reads off them. Others that the group added stay. */
export async function saveRoles(tx: WorkTx, given: readonly SavedRole[] = roles): Promise<void> {
  const list = numbered(given)
  await sql`
    insert into access.role (code, name, name_en)
    select code, name, "nameEn" from jsonb_to_recordset(${list}::jsonb) as given (at int, code text, name text, "nameEn" text)
    order by at
    on conflict (code) do update set name = excluded.name, name_en = excluded.name_en`.execute(tx)
  await sql`
    with wanted as (
      select role.id as role_id, held."right"
      from jsonb_to_recordset(${list}::jsonb) as given (code text, rights jsonb)
      join access.role using (code), jsonb_array_elements_text(given.rights) as held ("right")),
    gone as (
      delete from access.role_right where role_id in (select role_id from wanted)
        and (role_id, "right") not in (select role_id, "right" from wanted))
    insert into access.role_right (role_id, "right") select role_id, "right" from wanted on conflict do nothing`.execute(tx)
}

async function savePeople(tx: WorkTx, people: PeopleFile['people'], demo: boolean): Promise<Loaded['passwords']> {
  const list = numbered(people)
  await sql`
    insert into access.person (login, name, title, unit_id, email)
    select given.login, given.name, given.title, unit.id, given.email
    from jsonb_to_recordset(${list}::jsonb) as given (at int, login text, name text, title text, unit text, email text)
    join access.unit on unit.code = given.unit
    order by given.at
    on conflict (login) do update set name = excluded.name, title = excluded.title, unit_id = excluded.unit_id, email = excluded.email
      where (person.name, person.title, person.unit_id, person.email)
        is distinct from (excluded.name, excluded.title, excluded.unit_id, excluded.email)`.execute(tx)
  await sql`
    insert into access.grant (person_id, role_id, unit_id, reason)
    select person.id, role.id, unit.id, '载入'
    from jsonb_to_recordset(${list}::jsonb) as given (at int, login text, roles jsonb),
      jsonb_to_recordset(given.roles) as held (role text, unit text),
      access.person, access.role, access.unit
    where person.login = given.login and role.code = held.role and unit.code = held.unit
      and not exists (select from access.grant before
        where before.person_id = person.id and before.role_id = role.id and before.unit_id = unit.id)
    order by given.at`.execute(tx)
  return savePasswords(
    tx,
    people.map(({ login }) => login),
    demo,
  )
}

async function savePasswords(tx: WorkTx, logins: readonly string[], demo: boolean): Promise<Loaded['passwords']> {
  const { rows } = await sql<{ id: number; login: string }>`
    select id, login from access.person
    where login = any (${[...logins]}::text[]) and not exists (select from access.credential where person_id = person.id)
    order by id`.execute(tx)
  if (rows.length === 0) return []
  const shared = demo ? await hashPassword(demoPassword) : null
  const made = await Promise.all(
    rows.map(async ({ id, login }) => {
      const password = oneTimePassword()
      return { id, login, password, hash: shared ?? (await hashPassword(password)) }
    }),
  )
  await sql`
    insert into access.credential (person_id, password_hash)
    select * from unnest(${made.map(({ id }) => id)}::int[], ${made.map(({ hash }) => hash)}::text[])`.execute(tx)
  return demo ? [] : made.map(({ login, password }) => ({ login, password }))
}

/** Four groups of four letters and digits that nobody mistakes for each other: 79 bits. */
function oneTimePassword(): string {
  const signs = 'abcdefghjkmnpqrstuvwxyz23456789'
  const group = () => Array.from({ length: 4 }, () => signs[randomInt(signs.length)]).join('')
  return Array.from({ length: 4 }, group).join('-')
}

async function saveDemo(tx: WorkTx, demo: boolean): Promise<void> {
  await sql`
    insert into base.setting (name, value) values ('demo', ${JSON.stringify(demo)}::jsonb)
    on conflict (name) do update set value = excluded.value`.execute(tx)
}
