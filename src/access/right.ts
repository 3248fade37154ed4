import type { Words } from '../base/contract.ts'

/** Every right there is, as people say it. A right is `<room>.<verb or noun>`; asks name the one they need. */
export const rights = {
  'access.read': { zh: '查看机构、人员与授权', en: 'See units, people and their roles' },
  'access.grant': { zh: '授权、收回授权、停用账号', en: 'Grant and withdraw roles, close accounts' },
  'privacy.read_trail': { zh: '查看审计留痕', en: 'Read the audit trail' },
  'delivery.read': { zh: '接收站内提醒', en: 'Receive notices' },
  'delivery.manage': { zh: '管理外发接口', en: 'Look after outgoing webhooks' },
  'monitoring.read': { zh: '查看舆情信息', en: 'Read mentions' },
  'monitoring.read_sources': { zh: '查看监测来源及其状态', en: 'See sources and how they do' },
  'monitoring.correct': { zh: '修正研判结果', en: 'Correct judgements' },
  'monitoring.manage_rules': { zh: '管理关键词规则', en: 'Look after keyword rules' },
  'monitoring.manage_sources': { zh: '管理监测来源', en: 'Look after sources' },
  'monitoring.intake': { zh: '导入舆情信息', en: 'Take items in' },
  'response.read': { zh: '查看预警与处置单', en: 'Read alerts and cases' },
  'response.handle': { zh: '处置：确认、办理、答复、办结', en: 'Handle cases: acknowledge, take, answer, close' },
  'response.take_over': { zh: '接管下级处置单、交回', en: 'Take cases over and hand them back' },
  'response.manage': { zh: '设置处置时限', en: 'Set the time limits of cases' },
} as const satisfies Readonly<Record<string, Words>>

export type Right = keyof typeof rights

/** What makes somebody one of the three administrators 三员, whatever their role is called: `access.administrator_right` says the same. */
export const administratorRights: Partial<Readonly<Record<Right, 'system' | 'security' | 'audit'>>> = {
  'delivery.manage': 'system',
  'access.grant': 'security',
  'privacy.read_trail': 'audit',
}

/** Which of the three these rights make somebody. */
export const administratorsIn = (held: readonly Right[]) => [
  ...new Set(held.flatMap((right) => administratorRights[right] ?? [])),
]
