import { z } from 'zod'
import { UnitRef } from '../access/contract.ts'
import { ask, contract, Id, LongId, Moment, PageInput, Seen } from '../base/contract.ts'
import { Mention, MentionDetail, Severity } from '../monitoring/contract.ts'

/** open → acknowledged → handling → answered → closed. */
export const CaseState = z.enum(['open', 'acknowledged', 'handling', 'answered', 'closed'])
/** The tier that holds the case now. */
export const Holder = z.enum(['branch', 'region', 'headquarters'])
/**
 * Whose turn it is, for the person asking: the own tier's, one below that is at work, one above that has taken it on, or nobody's of
 * theirs, as they handle no cases of that unit.
 */
export const Whose = z.enum(['mine', 'below', 'above', 'none'])
export const Outcome = z.enum(['resolved', 'explained', 'refuted', 'false_alarm', 'not_ours'])

export const CaseAbilities = z.object({
  acknowledge: z.boolean(),
  take: z.boolean(),
  note: z.boolean(),
  answer: z.boolean(),
  close: z.boolean(),
  reopen: z.boolean(),
  passUp: z.boolean(),
  takeOver: z.boolean(),
  handBack: z.boolean(),
})

export const Case = z.object({
  id: Id,
  unit: UnitRef,
  /** The first post's title or first words, for who may read it; for others the category alone, and `titled` is false. */
  title: z.string(),
  titled: z.boolean(),
  category: z.string(),
  severity: Severity,
  state: CaseState,
  holder: Holder,
  /** The lowest tier that may act: below `holder` after a clock passed the case up, until somebody above takes it on. */
  actsFrom: Holder,
  whose: Whose,
  /** Who is on it; null while nobody took it. */
  handler: z.object({ id: Id, name: z.string() }).nullable(),
  openedAt: Moment,
  /** When the clock passes the case up; null when no clock runs. */
  dueAt: Moment.nullable(),
  /** What the running clock waits for. */
  awaiting: z.enum(['acknowledge', 'answer']).nullable(),
  escalations: z.int(),
  /** A limit ran out at some time, whatever the present one is. */
  missed: z.boolean(),
  /** What a correction left to be done: its posts are not about this unit, or no longer call for anybody. Close it so. */
  offer: z.enum(['not_ours', 'harmless']).nullable(),
  alerts: z.int(),
  heat: z.int(),
  updatedAt: Moment,
  demo: z.boolean(),
  abilities: CaseAbilities,
})
export type Case = z.output<typeof Case>

export const CaseEvent = z.object({
  id: LongId,
  at: Moment,
  kind: z.enum([
    'opened',
    'alert_joined',
    'acknowledged',
    'taken',
    'noted',
    'answered',
    'closed',
    'reopened',
    'passed_up',
    'escalated',
    'taken_over',
    'handed_back',
    'severity_raised',
    'severity_lowered',
    'mention_left',
    'returned',
    'reminded_to_close',
    'notified',
  ]),
  /** Null when the clock or the system did it. */
  person: z.string().nullable(),
  unit: z.string().nullable(),
  /** What was written, for notes, answers and reasons. */
  text: z.string().nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The mentions that it speaks of, for who may read them. */
  mentionIds: z.array(LongId),
})
export type CaseEvent = z.output<typeof CaseEvent>

/**
 * The figures of the overview. As a filter of `list_cases` each lists exactly the rows that it counts. A case that is not closed is in
 * exactly one of `overdue`, `unacknowledged`, `due_soon`, `handling` and `answered`; `burning` and `escalated` are marks across them.
 */
export const Figure = z.enum([
  'burning',
  'overdue',
  'unacknowledged',
  'due_soon',
  'handling',
  'answered',
  'escalated',
  'answered_today',
  'closed_today',
  'open',
])
export type Figure = z.output<typeof Figure>

/** The figures of the cases whose turn it is with somebody. */
export const Turn = z.object({
  open: z.int(),
  burning: z.int(),
  overdue: z.int(),
  unacknowledged: z.int(),
  dueSoon: z.int(),
  handling: z.int(),
  answered: z.int(),
})

const onCase = {
  id: Id,
  seen: Seen,
}
const changed = z.object({ id: Id, state: CaseState, updatedAt: Moment })
const subject = (input: { id: number }) => `case:${input.id}`

export const ClockPolicy = z.object({
  severity: Severity,
  acknowledgeSeconds: z.int().min(5).max(2_592_000),
  answerSeconds: z.int().min(5).max(2_592_000),
})

export const response = contract({
  'response.list_cases': ask({
    summary: { zh: '预警与处置单', en: 'Alerts and cases' },
    right: 'response.read',
    input: PageInput.extend({
      state: CaseState.optional(),
      /** `active`: all that are not closed. */
      active: z.boolean().optional(),
      holder: Holder.optional(),
      minSeverity: Severity.optional(),
      unitId: Id.optional(),
      mine: z.boolean().optional(),
      overdue: z.boolean().optional(),
      figure: Figure.optional(),
      whose: Whose.optional(),
      /** `due`: what runs out first comes first. `urgent`: crises first, the own tier's before others', then what runs out first. */
      order: z.enum(['newest', 'due', 'urgent']).default('newest'),
    }),
    output: z.object({ cases: z.array(Case), next: z.string().nullable() }),
  }),
  'response.get_case': ask({
    summary: { zh: '一张处置单', en: 'One case' },
    right: 'response.read',
    input: z.object({ id: Id }),
    output: z.object({
      case: Case,
      events: z.array(CaseEvent),
      /** The post that weighs most, in full; null for who may not read it. */
      lead: MentionDetail.nullable(),
      mentions: z.array(Mention),
      /** How the case came to the tier that holds it, when it was not there from the start. */
      moved: z
        .object({
          kind: z.enum(['passed_up', 'escalated', 'taken_over', 'handed_back', 'returned']),
          at: Moment,
          from: Holder.nullable(),
          to: Holder,
          person: z.string().nullable(),
        })
        .nullable(),
    }),
    subject,
  }),
  'response.find_cases': ask({
    summary: { zh: '信息所在的处置单', en: 'The cases that mentions are in' },
    right: 'response.read',
    input: z.object({ mentionIds: z.array(LongId).min(1).max(200) }),
    output: z.object({ cases: z.array(z.object({ mentionId: LongId, id: Id, state: CaseState })) }),
  }),
  'response.acknowledge_case': ask({
    summary: { zh: '确认收到', en: 'Acknowledge' },
    right: 'response.handle',
    writes: true,
    input: z.object(onCase),
    output: changed,
    subject,
  }),
  'response.take_case': ask({
    summary: { zh: '由我处理', en: 'Take the case' },
    right: 'response.handle',
    writes: true,
    input: z.object(onCase),
    output: changed,
    subject,
  }),
  'response.note_case': ask({
    summary: { zh: '添加记录', en: 'Add a note' },
    right: 'response.handle',
    writes: true,
    input: z.object({ ...onCase, text: z.string().trim().min(1).max(10_000) }),
    output: changed,
    subject,
  }),
  'response.answer_case': ask({
    summary: { zh: '登记答复', en: 'Record the answer given' },
    right: 'response.handle',
    writes: true,
    input: z.object({
      ...onCase,
      text: z.string().trim().min(1).max(10_000),
      channel: z.string().trim().max(60).default(''),
      /** Where the answer stands. */
      link: z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(2000)]).default(''),
    }),
    output: changed,
    subject,
  }),
  'response.close_case': ask({
    summary: { zh: '办结', en: 'Close' },
    right: 'response.handle',
    writes: true,
    input: z.object({
      ...onCase,
      outcome: Outcome,
      /** Needed where nothing was answered, and for `false_alarm` and `not_ours`. */
      text: z.string().trim().max(10_000).default(''),
    }),
    output: changed,
    subject,
  }),
  'response.reopen_case': ask({
    summary: { zh: '重新打开', en: 'Reopen' },
    right: 'response.handle',
    writes: true,
    input: z.object({ ...onCase, text: z.string().trim().min(1).max(1000) }),
    output: changed,
    subject,
  }),
  'response.pass_up_case': ask({
    summary: { zh: '上报', en: 'Pass up' },
    right: 'response.handle',
    writes: true,
    input: z.object({ ...onCase, text: z.string().trim().min(1).max(1000) }),
    output: changed,
    subject,
  }),
  'response.take_over_case': ask({
    summary: { zh: '上级接管', en: 'Take over' },
    right: 'response.take_over',
    writes: true,
    input: z.object({ ...onCase, text: z.string().trim().max(1000).default('') }),
    output: changed,
    subject,
  }),
  'response.hand_back_case': ask({
    summary: { zh: '交回分支', en: 'Hand back' },
    right: 'response.take_over',
    writes: true,
    input: z.object({ ...onCase, text: z.string().trim().min(1).max(1000) }),
    output: changed,
    subject,
  }),
  'response.open_case': ask({
    summary: { zh: '人工立单', en: 'Open a case by hand' },
    right: 'response.handle',
    writes: true,
    input: z.object({ mentionId: LongId, severity: Severity.min(1), text: z.string().trim().max(1000).default('') }),
    output: z.object({ id: Id }),
    subject: (input) => `mention:${input.mentionId}`,
  }),
  'response.get_overview': ask({
    summary: { zh: '值班总览', en: 'The overview' },
    right: 'response.read',
    input: z.object({ days: z.int().min(1).max(90).default(7) }),
    output: z.object({
      asOf: Moment,
      /** Where today and the days asked for begin, by the group's clock: `since` for the lists of mentions behind the figures. */
      today: Moment,
      since: Moment,
      /** False where the person may read cases but not the same units' mentions; the figures of mentions are then 0 and `latest` empty. */
      mentionsShown: z.boolean(),
      /** Published today. */
      mentionsToday: z.int(),
      negativeToday: z.int(),
      /** Of all cases in sight that are not closed; then of those whose turn it is with the own tier, and with tiers below. */
      ...Turn.shape,
      escalated: z.int(),
      /** False for who handles no cases: `mine` and `below` are then 0. */
      handles: z.boolean(),
      mine: Turn,
      below: Turn,
      answeredToday: z.int(),
      closedToday: z.int(),
      /** Median minutes from alert to acknowledgement over `days`; null when nothing was acknowledged. */
      medianAcknowledgeMinutes: z.number().nullable(),
      /** Never without a crisis that is not closed, up to a hundred. */
      urgent: z.array(Case),
      latest: z.array(Mention),
      ranking: z.array(
        z.object({
          unit: UnitRef,
          mentions: z.int(),
          negative: z.int(),
          open: z.int(),
          overdue: z.int(),
          medianAcknowledgeMinutes: z.number().nullable(),
        }),
      ),
    }),
  }),
  'response.get_clock_policy': ask({
    summary: { zh: '时限设置', en: 'Time limits by severity' },
    right: 'response.read',
    input: z.object({}),
    output: z.object({ policy: z.array(ClockPolicy), updatedAt: Moment, abilities: z.object({ edit: z.boolean() }) }),
  }),
  'response.set_clock_policy': ask({
    summary: { zh: '修改时限', en: 'Change the time limits' },
    right: 'response.manage',
    writes: true,
    input: z.object({ policy: z.array(ClockPolicy).min(1).max(5), seen: Seen }),
    output: z.object({ policy: z.array(ClockPolicy), updatedAt: Moment }),
  }),
})
