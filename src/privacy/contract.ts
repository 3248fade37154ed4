import { z } from 'zod'
import { ask, contract, Id, LongId, Moment, PageInput } from '../base/contract.ts'

export const TrailRow = z.object({
  id: LongId,
  at: Moment,
  personId: Id.nullable(),
  /** Null when nobody was signed in. */
  person: z.string().nullable(),
  /** The network address the ask came from. */
  address: z.string(),
  ask: z.string(),
  /** What was asked about, such as `case:12`. */
  subject: z.string().nullable(),
  unit: z.string().nullable(),
  outcome: z.enum(['allowed', 'refused', 'failed']),
  /** The error code of a refusal or failure. */
  code: z.string().nullable(),
  writes: z.boolean(),
  /** An open page read again by itself, without its person having done anything. */
  background: z.boolean(),
  durationMs: z.number(),
})
export type TrailRow = z.output<typeof TrailRow>

export const privacy = contract({
  'privacy.list_trail': ask({
    summary: { zh: '审计留痕', en: 'The audit trail' },
    right: 'privacy.read_trail',
    input: PageInput.extend({
      personId: Id.optional(),
      unitId: Id.optional(),
      ask: z.string().max(80).optional(),
      subject: z.string().max(80).optional(),
      /** Rows that have to do with any of these: what a search for words found. */
      about: z
        .object({
          asks: z.array(z.string().max(80)).max(200).default([]),
          personIds: z.array(Id).max(50).default([]),
          subjects: z.array(z.string().max(80)).max(10).default([]),
        })
        .optional(),
      outcome: z.enum(['allowed', 'refused', 'failed']).optional(),
      writes: z.boolean().optional(),
      background: z.boolean().optional(),
      since: Moment.optional(),
      until: Moment.optional(),
    }),
    output: z.object({ rows: z.array(TrailRow), next: z.string().nullable() }),
  }),
  'privacy.count_trail': ask({
    summary: { zh: '审计留痕按日统计', en: 'The trail counted by day and outcome' },
    right: 'privacy.read_trail',
    input: z.object({ days: z.int().min(1).max(90).default(14) }),
    output: z.array(z.object({ day: z.string(), allowed: z.int(), refused: z.int(), failed: z.int() })),
  }),
})
