import { z } from 'zod'
import { ask, contract, Id, LongId, Moment, PageInput, Seen } from '../base/contract.ts'

/** A notice to one person inside the console. It names a case by number and severity, never by a post's words. */
export const Notice = z.object({
  id: LongId,
  at: Moment,
  /** Which kind of thing happened, such as `case_opened`; its words are in `templates`. */
  template: z.string(),
  zh: z.string(),
  en: z.string(),
  /** The page to open. */
  path: z.string(),
  severity: z.int(),
  readAt: Moment.nullable(),
  demo: z.boolean(),
  /** What it asked for has been done meanwhile. */
  over: z.boolean(),
})
export type Notice = z.output<typeof Notice>

export const Webhook = z.object({
  id: Id,
  name: z.string(),
  url: z.string(),
  minSeverity: z.int().min(0).max(4),
  unitId: Id,
  unit: z.string(),
  enabled: z.boolean(),
  lastAt: Moment.nullable(),
  lastOutcome: z.string().nullable(),
  failures: z.int(),
  /** Why the program switched it off: the receiver said 410, or nothing arrived for a day. */
  offReason: z.enum(['gone', 'dead']).nullable(),
  /** Until when the secret before counts too. */
  oldSecretUntil: Moment.nullable(),
  waiting: z.int(),
  /** When somebody last changed it, or the program switched it off. */
  updatedAt: Moment,
})
export type Webhook = z.output<typeof Webhook>

/** A mail or an event that was given up. Whose mail it was is told only to who may see people. */
export const Letter = z.object({
  id: Id,
  at: Moment,
  endedAt: Moment.nullable(),
  channel: z.enum(['mail', 'webhook']),
  kind: z.string(),
  zh: z.string(),
  en: z.string(),
  problem: z.string(),
  tries: z.int(),
  person: z.string().nullable(),
  webhook: z.string().nullable(),
})
export type Letter = z.output<typeof Letter>

export const delivery = contract({
  'delivery.list_notices': ask({
    summary: { zh: '我的提醒', en: 'My notices' },
    right: 'delivery.read',
    input: PageInput.extend({ unread: z.boolean().optional() }),
    output: z.object({ notices: z.array(Notice), unread: z.int(), next: z.string().nullable() }),
  }),
  'delivery.mark_read': ask({
    summary: { zh: '标为已读', en: 'Mark as read' },
    right: 'delivery.read',
    writes: true,
    /** These, or all up to the newest that was on the page: what came since was not read. Neither means all. */
    input: z.object({ ids: z.array(LongId).max(200).optional(), upTo: LongId.optional() }),
    output: z.object({ unread: z.int() }),
  }),
  'delivery.list_webhooks': ask({
    summary: { zh: '外发接口', en: 'Outgoing webhooks' },
    right: 'delivery.manage',
    input: z.object({}),
    output: z.object({
      webhooks: z.array(Webhook),
      /** `waiting` and `failed` count the last 7 days; only headquarters is told, others get zeros. */
      mail: z.object({
        configured: z.boolean(),
        from: z.string(),
        waiting: z.int(),
        failed: z.int(),
        lastProblem: z.string().nullable(),
      }),
    }),
  }),
  'delivery.save_webhook': ask({
    summary: { zh: '新建或修改外发接口', en: 'Make or change a webhook' },
    right: 'delivery.manage',
    writes: true,
    input: z.object({
      id: Id.optional(),
      name: z.string().trim().min(1).max(60),
      url: z.url().max(2000),
      minSeverity: z.int().min(0).max(4).default(2),
      unitId: Id,
      enabled: z.boolean().default(true),
      seen: Seen,
    }),
    /** The signing secret of a new webhook is told once, here. */
    output: z.object({ id: Id, secret: z.string().nullable() }),
    subject: (input) => `webhook:${input.id ?? 'new'}`,
  }),
  'delivery.rotate_secret': ask({
    summary: { zh: '更换签名密钥', en: 'Change the signing secret' },
    right: 'delivery.manage',
    writes: true,
    input: z.object({ id: Id }),
    /** Both secrets sign until `oldUntil`. */
    output: z.object({ id: Id, secret: z.string(), oldUntil: Moment }),
    subject: (input) => `webhook:${input.id}`,
  }),
  'delivery.list_failed': ask({
    summary: { zh: '未能送达的邮件与通知', en: 'Letters that were given up' },
    right: 'delivery.manage',
    input: PageInput,
    output: z.object({ letters: z.array(Letter), next: z.string().nullable() }),
  }),
  'delivery.send_again': ask({
    summary: { zh: '重新发送', en: 'Send again' },
    right: 'delivery.manage',
    writes: true,
    input: z.object({ ids: z.array(Id).min(1).max(200) }),
    output: z.object({ queued: z.int() }),
    subject: (input) => `letter:${input.ids.slice(0, 20).join(',')}`,
  }),
  'delivery.delete_webhook': ask({
    summary: { zh: '删除外发接口', en: 'Delete a webhook' },
    right: 'delivery.manage',
    writes: true,
    input: z.object({ id: Id }),
    output: z.object({ id: Id }),
    subject: (input) => `webhook:${input.id}`,
  }),
})
