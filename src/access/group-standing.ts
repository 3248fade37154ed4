import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'
import { openFile } from './group-fault.ts'
import type { GroupFile } from './group-file.ts'
import { departmentsOf, type PeopleFile } from './people-file.ts'
import { administratorsIn } from './right.ts'
import { roles as ownRoles } from './role.ts'

const kinds: Readonly<Record<string, string>> = { region: '区域', branch: '分支', department: '科室' }

/**
 * A code that stands for a unit of another kind here. A file that is right in itself may say so; the database would refuse it, without a
 * place. Headquarters is left out, as it takes the code of the file.
 */
export async function refuseOtherKinds(tx: WorkTx, file: string, group: GroupFile): Promise<void> {
  const findings = openFile(file)
  const departments = departmentsOf(group)
  const { rows } = await sql<{ code: string; kind: string }>`select code, kind from access.unit where kind <> 'headquarters'
    and code = any (${[...group.units, ...departments].map(({ code }) => code)}::text[])`.execute(tx)
  const standing = new Map(rows.map(({ code, kind }) => [code, kind]))
  const refuse = (path: readonly PropertyKey[], code: string, kind: string) => {
    const stands = standing.get(code)
    if (stands !== undefined && stands !== kind)
      findings.add(
        path,
        'other_kind',
        `系统中“${code}”已是${kinds[stands]}，类别不能更改，请换一个编码`,
        `“${code}” is a ${stands} already and cannot become another kind; choose another code`,
      )
  }
  for (const [at, { code, kind }] of group.units.entries()) refuse(['units', at, 'kind'], code, kind)
  for (const [at, { code: department }] of group.departments.entries())
    for (const { code, kind, parent } of departments)
      if (code === `${parent}.${department}`) refuse(['departments', at, 'code'], code, kind)
  findings.refuse()
}

interface Held {
  readonly login: string
  readonly role: string
  readonly unit: string
  readonly administrator: string | null
  /** Neither withdrawn nor over. */
  readonly holds: boolean
  /** At headquarters and not withdrawn. */
  readonly top: boolean
  /** Holds now, at headquarters, without an end, by an open account. */
  readonly keeps: boolean
}

/** What a people file asks of the three administrators that cannot be, as others stand: two of them in one person, or the last one gone. */
export async function refuseAdministrators(tx: WorkTx, file: string, { people, roles }: PeopleFile): Promise<void> {
  const findings = openFile(file)
  const held = await readHeld(tx)
  const given = new Map([...ownRoles, ...roles].map((role) => [role.code, administratorsIn(role.rights)[0] ?? null]))
  const before = new Map(held.map(({ role, administrator }) => [role, administrator]))
  const kindOf = (role: string) => (given.has(role) ? given.get(role) : before.get(role)) ?? null
  const byLogin = Map.groupBy(held, ({ login }) => login)
  const otherThan = (login: string, kind: string) =>
    byLogin.get(login)?.find(({ role, holds }) => holds && kindOf(role) !== null && kindOf(role) !== kind)

  for (const [at, role] of roles.entries()) {
    const path = ['roles', at, 'rights']
    const kind = kindOf(role.code)
    const two = kind && held.find((one) => one.role === role.code && one.holds && otherThan(one.login, kind))
    if (two)
      findings.add(
        path,
        'administrators_apart',
        `“${two.login}”有此角色，又是另一类管理员；系统、安全、审计三员不能由一人兼任`,
        `“${two.login}” holds this role and is another administrator; system, security and audit administrator are three people`,
      )
    const was = before.get(role.code) ?? null
    const last = was !== null && was !== kind && held.some((one) => one.role === role.code && one.top)
    if (last && !held.some((one) => one.keeps && kindOf(one.role) === was))
      findings.add(
        path,
        'last_administrator',
        '改后总部将没有不设期限的该类管理员，请先向他人授予同类角色',
        'headquarters would be left without this administrator; grant such a role to somebody else first',
      )
  }
  for (const [at, { login, roles: wanted }] of people.entries())
    for (const [nth, { role, unit }] of wanted.entries()) {
      const kind = kindOf(role)
      // What was granted once, though withdrawn since, is not given anew.
      if (kind === null || byLogin.get(login)?.some((one) => one.role === role && one.unit === unit)) continue
      const other = otherThan(login, kind)
      if (other)
        findings.add(
          ['people', at, 'roles', nth, 'role'],
          'administrators_apart',
          `系统中“${login}”已有管理员角色“${other.role}”；系统、安全、审计三员不能由一人兼任`,
          `“${login}” holds “${other.role}” here; system, security and audit administrator are three people`,
        )
    }
  findings.refuse()
}

async function readHeld(tx: WorkTx): Promise<readonly Held[]> {
  const { rows } = await sql<Held>`
    select person.login, role.code as role, unit.code as unit, role.administrator, holds,
      unit.kind = 'headquarters' and withdrawn_at is null as top,
      unit.kind = 'headquarters' and holds and valid_until is null and valid_from <= now() and person.active as keeps
    from access.grant held join access.person on person.id = held.person_id join access.role on role.id = held.role_id
      join access.unit on unit.id = held.unit_id,
      lateral (select withdrawn_at is null and (valid_until is null or valid_until > now()) as holds) state
    order by held.id`.execute(tx)
  return rows
}
