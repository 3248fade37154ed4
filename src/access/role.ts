import type { Right } from './right.ts'

/** A role: what a kind of work needs. Where it counts is said by the grant. */
export interface Role {
  readonly code: string
  readonly name: string
  readonly nameEn: string
  /** One of the three administrators 三员, who are never the same person. */
  readonly administrator?: 'system' | 'security' | 'audit'
  readonly rights: readonly Right[]
}

const reading = ['access.read', 'delivery.read', 'monitoring.read', 'monitoring.read_sources', 'response.read'] as const
const duty = [...reading, 'monitoring.correct', 'response.handle'] as const
const leading = [...duty, 'monitoring.manage_rules'] as const
const coordinating = [...leading, 'response.take_over'] as const

/** The roles that every installation has. */
export const roles: readonly Role[] = [
  { code: 'duty_officer', name: '分支值班员', nameEn: 'Branch duty officer', rights: duty },
  { code: 'branch_lead', name: '分支负责人', nameEn: 'Branch lead', rights: leading },
  { code: 'coordinator', name: '区域协调员', nameEn: 'Regional coordinator', rights: coordinating },
  {
    code: 'publicity',
    name: '总部宣传',
    nameEn: 'Group publicity',
    rights: [...coordinating, 'monitoring.manage_sources', 'monitoring.intake', 'response.manage'],
  },
  { code: 'reader', name: '只读', nameEn: 'Reader', rights: reading },
  {
    code: 'system_administrator',
    name: '系统管理员',
    nameEn: 'System administrator',
    administrator: 'system',
    rights: ['access.read', 'delivery.read', 'delivery.manage', 'monitoring.read_sources', 'monitoring.manage_sources'],
  },
  {
    code: 'security_administrator',
    name: '安全管理员',
    nameEn: 'Security administrator',
    administrator: 'security',
    rights: ['access.read', 'access.grant', 'delivery.read'],
  },
  {
    code: 'audit_administrator',
    name: '审计管理员',
    nameEn: 'Audit administrator',
    administrator: 'audit',
    rights: ['access.read', 'delivery.read', 'privacy.read_trail'],
  },
  { code: 'staff', name: '员工', nameEn: 'Staff', rights: ['delivery.read'] },
]
