import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor, Tx } from '../base/db.ts'
import { Refusal } from '../base/error.ts'
import type { Context } from '../base/serve.ts'
import { heatOf } from '../monitoring/index.ts'
import { type CaseRow, standingOf } from './case.ts'
import { limitsOf, startClock, stopClock, toClose } from './clock.ts'
import type { response } from './contract.ts'
import { responseErrors } from './error.ts'
import { mentionsOf } from './signal.ts'
import {
  type Asked,
  answerOf,
  type Change,
  change,
  ended,
  findDuty,
  hold,
  lockCase,
  record,
  recordSkipped,
  refuseUnless,
  report,
  tell,
  unsettled,
} from './step.ts'
import { fromTier, type Holder, isAbove, ownTier, tierOn } from './tier.ts'

type Input<Name extends keyof typeof response> = z.output<(typeof response)[Name]['input']>

const now = sql<string>`statement_timestamp()`

/** The columns of a case that somebody has just taken notice of. */
const acknowledgement = (row: CaseRow, personId: number): Change => ({
  acknowledged_by: personId,
  first_acknowledged_at: row.firstAcknowledgedAt ?? now,
})

/**
 * Where a case is once somebody has set to work on it. A tier below, from which a clock took it, has it again; that tier and those above
 * it act from then on. Above, it stays where it is.
 */
function settle(row: CaseRow, actor: Actor): { holder: Holder; acts_from: Holder } {
  const tier = tierOn(actor, 'response.handle', standingOf(row).unit) ?? row.holder
  const holder = isAbove(row.holder, tier) ? tier : row.holder
  return { holder, acts_from: holder }
}

/** Says to the tier above that the one below has it again. */
async function tellResumed(tx: Tx, row: CaseRow, after: CaseRow): Promise<void> {
  if (after.holder !== row.holder) await tell(tx, after, 'case_resumed', { duty: row.holder })
}

const whence = (row: CaseRow, { holder }: { holder: Holder }) => (holder === row.holder ? {} : { from: row.holder, to: holder })

/** Acknowledging twice is once; after somebody else it is a conflict. */
export async function acknowledgeCase(tx: Tx, input: Asked, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  if (row.state === 'acknowledged' && row.acknowledgedBy === actor.personId) return answerOf(row)
  refuseUnless('acknowledge', row, input, actor)
  const limits = await limitsOf(tx, row.severity)
  const place = settle(row, actor)
  // Having seen it is not yet being on it: the tier below may go on until somebody above takes it.
  const acts_from = place.holder === row.holder ? row.actsFrom : place.acts_from
  const set = { state: 'acknowledged', ...acknowledgement(row, actor.personId), ...startClock('answer', limits) }
  const after = await change(tx, row, { ...set, ...place, acts_from })
  await record(tx, row, { kind: 'acknowledged', personId: actor.personId, facts: whence(row, place) })
  await tellResumed(tx, row, after)
  await report(tx, 'acknowledged', after)
  return answerOf(after)
}

/** The person asking is on it from now; a case that nobody had acknowledged is acknowledged by that. */
export async function takeCase(tx: Tx, input: Asked, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  if (row.state === 'handling' && row.handlerId === actor.personId) return answerOf(row)
  refuseUnless('take', row, input, actor)
  const first = row.state === 'open' && {
    ...acknowledgement(row, actor.personId),
    ...startClock('answer', await limitsOf(tx, row.severity)),
  }
  const place = settle(row, actor)
  const after = await change(tx, row, { state: 'handling', handler_id: actor.personId, ...place, ...first })
  await record(tx, row, { kind: 'taken', personId: actor.personId, facts: whence(row, place) })
  await tellResumed(tx, row, after)
  if (first) await report(tx, 'acknowledged', after)
  return answerOf(after)
}

export async function noteCase(tx: Tx, input: Input<'response.note_case'>, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  refuseUnless('note', row, input, actor)
  const after = await change(tx, row, {})
  await record(tx, row, { kind: 'noted', personId: actor.personId, text: input.text })
  await tell(tx, after, 'case_noted', { person: row.handlerId })
  return answerOf(after)
}

/** Records the answer that the public was given; no clock runs from then on, but whoever answered is asked again to close. */
export async function answerCase(tx: Tx, input: Input<'response.answer_case'>, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  refuseUnless('answer', row, input, actor)
  const handler = row.handlerId ?? actor.personId
  const place = settle(row, actor)
  const after = await change(tx, row, {
    ...{ state: 'answered', answered_at: now, handler_id: handler, close_due_at: toClose, ...place, ...stopClock },
    ...(row.firstAcknowledgedAt === null && acknowledgement(row, actor.personId)),
    heat_settled: await heatOf(tx, await mentionsOf(tx, row)),
  })
  const { channel, link } = input
  const facts = { ...(channel !== '' && { channel }), ...(link !== '' && { link }), ...whence(row, place) }
  await record(tx, row, { kind: 'answered', personId: actor.personId, text: input.text, facts })
  await tellResumed(tx, row, after)
  await report(tx, 'answered', after)
  return answerOf(after)
}

export async function closeCase(tx: Tx, input: Input<'response.close_case'>, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  refuseUnless('close', row, input, actor)
  const { outcome, text } = input
  const answered = row.answeredAt !== null && outcome !== 'false_alarm' && outcome !== 'not_ours'
  if (!answered && text === '')
    throw new Refusal(responseErrors.close_needs_words, {}, [{ path: 'text', zh: '请写明办结理由', en: 'say why it is closed' }])
  const heat_settled = await heatOf(tx, await mentionsOf(tx, row))
  const after = await change(tx, row, { state: 'closed', outcome, closed_at: now, heat_settled, ...settle(row, actor), ...ended })
  await record(tx, row, { kind: 'closed', personId: actor.personId, text, facts: { outcome } })
  await report(tx, 'closed', after)
  return answerOf(after)
}

/** An answered or closed case goes on where it was, with a clock of its own. */
export async function reopenCase(tx: Tx, input: Input<'response.reopen_case'>, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  refuseUnless('reopen', row, input, actor)
  const { holder, skipped } = await findDuty(tx, row, row.holder)
  const after = await hold(tx, row, holder, { ...unsettled, acts_from: row.actsFrom })
  await record(tx, row, { kind: 'reopened', personId: actor.personId, text: input.text })
  await recordSkipped(tx, row, skipped, holder)
  await tell(tx, after, 'case_reopened', { duty: holder })
  await report(tx, 'reopened', after)
  return answerOf(after)
}

export async function passUpCase(tx: Tx, input: Input<'response.pass_up_case'>, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  refuseUnless('passUp', row, input, actor)
  const { holder, skipped } = await findDuty(tx, row, fromTier(row.holder)[1] ?? 'headquarters')
  const after = await hold(tx, row, holder)
  await record(tx, row, {
    kind: 'passed_up',
    personId: actor.personId,
    text: input.text,
    facts: { from: row.holder, to: holder },
  })
  await recordSkipped(tx, row, skipped, holder)
  await tell(tx, after, 'case_passed_up', { duty: holder })
  await report(tx, 'passed_up', after)
  return answerOf(after)
}

/** A tier above takes the case into its own hands; the tier below may still read it and add notes. */
export async function takeOverCase(tx: Tx, input: Input<'response.take_over_case'>, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  refuseUnless('takeOver', row, input, actor)
  const holder = tierOn(actor, 'response.take_over', standingOf(row).unit) ?? row.holder
  const limits = await limitsOf(tx, row.severity)
  const after = await change(tx, row, {
    state: 'handling',
    holder,
    acts_from: holder,
    handler_id: actor.personId,
    ...acknowledgement(row, actor.personId),
    ...startClock('answer', limits),
  })
  await record(tx, row, {
    kind: 'taken_over',
    personId: actor.personId,
    text: input.text,
    facts: { from: row.holder, to: holder },
  })
  await tell(tx, after, 'case_taken_over', { duty: row.holder })
  await report(tx, 'taken_over', after)
  return answerOf(after)
}

/** Gives a case back to the unit's own tier, if anybody there can take it. */
export async function handBackCase(tx: Tx, input: Input<'response.hand_back_case'>, { actor }: Context) {
  const row = await lockCase(tx, input.id)
  refuseUnless('handBack', row, input, actor)
  const own = ownTier(standingOf(row).unit)
  const { skipped } = await findDuty(tx, row, own)
  if (skipped.includes(own)) throw new Refusal(responseErrors.nobody_on_duty)
  const after = await hold(tx, row, own)
  await record(tx, row, { kind: 'handed_back', personId: actor.personId, text: input.text, facts: { from: row.holder, to: own } })
  await tell(tx, after, 'case_handed_back', { duty: own })
  await report(tx, 'handed_back', after)
  return answerOf(after)
}
