import { z } from 'zod'
import { type Findings, openFile } from './group-fault.ts'
import type { GroupFile } from './group-file.ts'
import { administratorsIn, type Right, rights } from './right.ts'
import { roles as ownRoles, type Role } from './role.ts'

const Login = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9][a-z0-9._-]*$/)

const label = String.raw`[\p{L}\p{N}]([\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?`
/** A mail address as hospitals have them: also of a host inside (`li@mail`) and under a Chinese domain. Empty means none. */
const Email = z
  .string()
  .max(254)
  .regex(new RegExp(String.raw`^([\w!#$%&'*+/=?^{|}~\x60-]+(\.[\w!#$%&'*+/=?^{|}~\x60-]+)*@${label}(\.${label})*)?$`, 'u'))
  .transform((text) => text || undefined)

const PeopleShape = z.strictObject({
  people: z.array(
    z.strictObject({
      login: Login,
      name: z.string().min(1).max(60),
      title: z.string().max(60).default(''),
      /** The unit or department where the person works. */
      unit: z.string(),
      email: Email.optional(),
      /** What the person may do, and where: at headquarters, a region or a branch. */
      roles: z.array(z.strictObject({ role: z.string(), unit: z.string() })).default([]),
    }),
  ),
  /** Roles of the group's own, beside those that every installation has. */
  roles: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[a-z][a-z_]*$/),
        name: z.string().min(1).max(60),
        nameEn: z.string().min(1).max(60),
        rights: z.array(z.enum(Object.keys(rights) as [Right, ...Right[]])).min(1),
      }),
    )
    .default([]),
})

/** The people of a group and their roles: `demo/people.json` is an example. */
export type PeopleFile = z.output<typeof PeopleShape>

export interface PlacedUnit {
  readonly code: string
  readonly name: string
  readonly kind: 'headquarters' | 'region' | 'branch' | 'department'
  readonly parent: string | null
}

/** The departments that a group file gives to its units, each as a unit of its own. */
export function departmentsOf(group: GroupFile): PlacedUnit[] {
  return group.units.flatMap((unit) =>
    group.departments
      .filter((department) => department.in.includes(unit.kind) || department.in.includes(unit.code))
      .map(({ code, name }) => ({ code: `${unit.code}.${code}`, name, kind: 'department' as const, parent: unit.code })),
  )
}

/**
 * Reads a people file from a path, or from its text. `places` are the units that people may work in.
 * Throws a `GroupFault` that names every fault with line and column.
 */
export function readPeopleFile(file: string, places: readonly Pick<PlacedUnit, 'code' | 'kind'>[]): PeopleFile {
  const findings = openFile(file)
  findings.addShape(PeopleShape)
  const parsed = PeopleShape.safeParse(findings.json.value)
  if (parsed.success) checkPeople(findings, parsed.data, new Map(places.map(({ code, kind }) => [code, kind])))
  findings.refuse()
  return PeopleShape.parse(findings.json.value)
}

function checkPeople(findings: Findings, { people, roles }: PeopleFile, kinds: ReadonlyMap<string, string>): void {
  const known = new Map<string, Pick<Role, 'administrator'>>(ownRoles.map((role) => [role.code, role]))
  for (const [at, role] of roles.entries()) {
    if (known.has(role.code))
      findings.add(['roles', at, 'code'], 'repeated_code', `已有角色“${role.code}”`, `there is a role “${role.code}” already`)
    const kinds = administratorsIn(role.rights)
    if (kinds.length > 1)
      findings.add(
        ['roles', at, 'rights'],
        'administrators_apart',
        '一个角色不能同时含有系统、安全、审计三员中两员的权限',
        'one role cannot hold the rights of two of the system, security and audit administrators',
      )
    known.set(role.code, kinds[0] ? { administrator: kinds[0] } : {})
  }
  const unknownUnit = (path: readonly PropertyKey[], code: string) =>
    findings.add(path, 'unknown_unit', `没有编码为“${code}”的机构`, `there is no unit with the code “${code}”`)

  const logins = new Set<string>()
  for (const [at, person] of people.entries()) {
    if (logins.has(person.login))
      findings.add(['people', at, 'login'], 'repeated_login', `账号“${person.login}”重复`, `the login “${person.login}” is taken`)
    logins.add(person.login)
    if (!kinds.has(person.unit)) unknownUnit(['people', at, 'unit'], person.unit)
    const administrators = new Set<string>()
    const twice = new Set<string>()
    for (const [nth, held] of person.roles.entries()) {
      const path = ['people', at, 'roles', nth]
      const name = `${held.role} @ ${held.unit}`
      if (twice.has(name)) findings.add(path, 'repeated_role', '这个角色已授予过', 'this role is given there already')
      twice.add(name)
      const role = known.get(held.role)
      if (!role) findings.add([...path, 'role'], 'unknown_role', `没有角色“${held.role}”`, `there is no role “${held.role}”`)
      const kind = kinds.get(held.unit)
      if (kind === undefined) unknownUnit([...path, 'unit'], held.unit)
      else if (kind === 'department')
        findings.add(
          [...path, 'unit'],
          'wrong_place',
          '授权只能落在总部、区域或分支机构',
          'a role counts at headquarters, a region or a branch',
        )
      if (role?.administrator) administrators.add(role.administrator)
      if (administrators.size > 1)
        findings.add(
          [...path, 'role'],
          'administrators_apart',
          '系统、安全、审计三员不能由一人兼任',
          'system, security and audit administrator are three people',
        )
    }
  }
}
