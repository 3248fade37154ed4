import { z } from 'zod'
import { ask, contract, Id, LongId, Moment } from '../base/contract.ts'

export const UnitKind = z.enum(['headquarters', 'region', 'branch', 'department'])
export const Unit = z.object({
  id: Id,
  code: z.string(),
  name: z.string(),
  kind: UnitKind,
  parentId: Id.nullable(),
  branchId: Id,
  regionId: Id,
  city: z.string().nullable(),
  people: z.int(),
})
export type Unit = z.output<typeof Unit>

export const UnitRef = z.object({ id: Id, code: z.string(), name: z.string(), kind: UnitKind })
export type UnitRef = z.output<typeof UnitRef>

/** The tier of a person as people say it: where the widest of their rights is held. */
export const PersonTier = z.enum(['headquarters', 'region', 'branch', 'several'])

export const Person = z.object({
  id: Id,
  login: z.string(),
  name: z.string(),
  title: z.string(),
  active: z.boolean(),
  unit: UnitRef,
  roles: z.array(z.object({ code: z.string(), name: z.string(), nameEn: z.string() })),
})
export type Person = z.output<typeof Person>

export const Grant = z.object({
  id: Id,
  role: z.object({ id: Id, code: z.string(), name: z.string(), nameEn: z.string() }),
  unit: UnitRef,
  rights: z.array(z.string()),
  validFrom: Moment,
  validUntil: Moment.nullable(),
  reason: z.string(),
  grantedBy: z.string().nullable(),
  grantedAt: Moment,
  withdrawnAt: Moment.nullable(),
  withdrawnBy: z.string().nullable(),
  state: z.enum(['active', 'upcoming', 'expired', 'withdrawn']),
  /** What the person asking may do with this grant. */
  abilities: z.object({ withdraw: z.boolean() }),
})
export type Grant = z.output<typeof Grant>

/** One right of a person: where it counts and through which grants it is held. */
export const HeldRight = z.object({
  right: z.string(),
  tier: PersonTier,
  units: z.array(UnitRef),
  because: z.array(z.object({ grantId: Id, role: z.string(), roleEn: z.string(), unit: z.string() })),
})
export type HeldRight = z.output<typeof HeldRight>

export const Me = z.object({
  person: z.object({ id: Id, login: z.string(), name: z.string(), title: z.string() }),
  unit: UnitRef,
  tier: PersonTier.nullable(),
  rights: z.array(z.string()),
  /** True while this installation shows the demo group. */
  demo: z.boolean(),
  /** True while a restored copy sends nothing out and fetches nothing. */
  outwardHeld: z.boolean(),
  /** Wrong passwords for this account between the sign-in before and this one, and where the latest came from. */
  tried: z.object({ count: z.int(), at: Moment, from: z.array(z.string()) }).nullable(),
})
export type Me = z.output<typeof Me>

/** Where somebody is signed in, and since when. */
export const Session = z.object({
  id: LongId,
  openedAt: Moment,
  seenAt: Moment,
  address: z.string(),
  /** Browser and system in two words; empty for a program. */
  agent: z.string(),
  /** The one that asks. */
  here: z.boolean(),
})
export type Session = z.output<typeof Session>

export const access = contract({
  'access.sign_in': ask({
    summary: { zh: '登录', en: 'Sign in' },
    right: null,
    open: true,
    writes: true,
    input: z.object({ login: z.string().min(1).max(64), password: z.string().min(1).max(200) }),
    output: Me,
  }),
  'access.sign_out': ask({
    summary: { zh: '退出登录', en: 'Sign out' },
    right: null,
    open: true,
    writes: true,
    input: z.object({}),
    output: z.object({}),
  }),
  'access.me': ask({
    summary: { zh: '当前登录人及其权限', en: 'Who is signed in, and what they may do' },
    right: null,
    input: z.object({}),
    output: Me,
  }),
  'access.demo_people': ask({
    summary: { zh: '演示账号（仅演示环境）', en: 'Demo accounts (demo installations only)' },
    right: null,
    open: true,
    input: z.object({}),
    output: z.object({
      demo: z.boolean(),
      password: z.string().nullable(),
      people: z.array(z.object({ login: z.string(), name: z.string(), title: z.string(), unit: z.string(), tier: z.string() })),
    }),
  }),
  'access.change_password': ask({
    summary: { zh: '修改自己的密码', en: 'Change one’s own password' },
    right: null,
    writes: true,
    input: z.object({ current: z.string().min(1).max(200), next: z.string().min(10).max(200) }),
    output: z.object({}),
  }),
  'access.list_sessions': ask({
    summary: { zh: '自己的登录', en: 'One’s own sessions' },
    right: null,
    input: z.object({}),
    output: z.object({ sessions: z.array(Session) }),
  }),
  'access.end_sessions': ask({
    summary: { zh: '结束自己的其他登录', en: 'End one or all other sessions of one’s own' },
    right: null,
    writes: true,
    input: z.object({ id: LongId.optional() }),
    output: z.object({ ended: z.int() }),
  }),
  'access.list_person_sessions': ask({
    summary: { zh: '某人的登录', en: 'A person’s sessions' },
    right: 'access.grant',
    input: z.object({ id: Id }),
    output: z.object({ sessions: z.array(Session) }),
    subject: (input) => `person:${input.id}`,
  }),
  'access.end_person_sessions': ask({
    summary: { zh: '结束某人的登录', en: 'End one or all of a person’s sessions' },
    right: 'access.grant',
    writes: true,
    input: z.object({ id: Id, session: LongId.optional() }),
    output: z.object({ ended: z.int() }),
    subject: (input) => `person:${input.id}`,
  }),
  'access.list_units': ask({
    summary: { zh: '机构树', en: 'The tree of units' },
    right: 'access.read',
    input: z.object({}),
    output: z.array(Unit),
  }),
  'access.list_people': ask({
    summary: { zh: '人员列表', en: 'People' },
    right: 'access.read',
    input: z.object({
      unitId: Id.optional(),
      search: z.string().max(80).optional(),
      role: z.string().max(64).optional(),
      after: Id.optional(),
      limit: z.int().min(1).max(200).default(50),
    }),
    output: z.object({ people: z.array(Person), total: z.int(), next: Id.nullable() }),
  }),
  'access.get_person': ask({
    summary: { zh: '一个人的权限及来由', en: 'A person’s rights, and why they hold them' },
    right: 'access.read',
    input: z.object({ id: Id }),
    output: z.object({
      person: Person,
      grants: z.array(Grant),
      rights: z.array(HeldRight),
      abilities: z.object({ grant: z.boolean(), deactivate: z.boolean() }),
    }),
    subject: (input) => `person:${input.id}`,
  }),
  'access.list_roles': ask({
    summary: { zh: '角色及其权限', en: 'Roles and the rights in them' },
    right: 'access.read',
    input: z.object({}),
    output: z.array(
      z.object({
        id: Id,
        code: z.string(),
        name: z.string(),
        nameEn: z.string(),
        administrator: z.enum(['system', 'security', 'audit']).nullable(),
        rights: z.array(z.string()),
      }),
    ),
  }),
  'access.grant_role': ask({
    summary: { zh: '授予角色', en: 'Grant a role' },
    right: 'access.grant',
    writes: true,
    input: z.object({
      personId: Id,
      roleId: Id,
      unitId: Id,
      validFrom: Moment.optional(),
      validUntil: Moment.nullable().default(null),
      reason: z.string().trim().min(2).max(200),
    }),
    output: z.object({ id: Id }),
    subject: (input) => `person:${input.personId}`,
  }),
  'access.withdraw_grant': ask({
    summary: { zh: '收回授权', en: 'Withdraw a grant' },
    right: 'access.grant',
    writes: true,
    input: z.object({ id: Id }),
    output: z.object({ personId: Id }),
    subject: (input) => `grant:${input.id}`,
  }),
  'access.set_active': ask({
    summary: { zh: '停用或启用账号', en: 'Deactivate or reactivate an account' },
    right: 'access.grant',
    writes: true,
    input: z.object({ id: Id, active: z.boolean() }),
    output: z.object({ id: Id, active: z.boolean() }),
    subject: (input) => `person:${input.id}`,
  }),
})
