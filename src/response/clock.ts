import { sql } from 'kysely'
import type { ReadTx, WorkTx } from '../base/db.ts'
import type { Change } from './step.ts'

export interface Limits {
  readonly acknowledgeSeconds: number
  readonly answerSeconds: number
}

export type Awaiting = 'acknowledge' | 'answer'

/** The time limits of a severity as they are now. A case keeps those with which its clock started. */
export async function limitsOf(tx: ReadTx | WorkTx, severity: number): Promise<Limits> {
  return tx
    .selectFrom('response.clock_policy')
    .select(['acknowledge_seconds as acknowledgeSeconds', 'answer_seconds as answerSeconds'])
    .where('severity', '=', severity)
    .executeTakeFirstOrThrow()
}

const secondsOf = (awaiting: Awaiting, limits: Limits): number =>
  awaiting === 'acknowledge' ? limits.acknowledgeSeconds : limits.answerSeconds

const fromNow = (seconds: number) => sql<string>`statement_timestamp() + make_interval(secs => ${seconds})`

/** The columns of a clock that starts now. */
export function startClock(awaiting: Awaiting, limits: Limits): Change {
  const due = fromNow(secondsOf(awaiting, limits))
  return {
    awaiting,
    due_at: due,
    strikes_at: due,
    clock: sql`clock + 1`,
    reminders: 0,
    acknowledge_seconds: limits.acknowledgeSeconds,
    answer_seconds: limits.answerSeconds,
  }
}

/** A clock that starts now and yet is due no later than the one that runs. */
export const noLater = (awaiting: Awaiting, limits: Limits): Change => {
  const due = sql<string>`least(due_at, ${fromNow(secondsOf(awaiting, limits))})`
  return { ...startClock(awaiting, limits), due_at: due, strikes_at: due }
}

/** The same for a case that is only now being made. */
export function firstClock(awaiting: Awaiting, limits: Limits) {
  const due = fromNow(secondsOf(awaiting, limits))
  const { acknowledgeSeconds: acknowledge_seconds, answerSeconds: answer_seconds } = limits
  return { awaiting, due_at: due, strikes_at: due, acknowledge_seconds, answer_seconds }
}

export const stopClock = { awaiting: null, due_at: null, strikes_at: null } satisfies Change

/** Whoever answered is asked to close after this long, and again after as long each time. */
export const toClose = sql<string>`statement_timestamp() + interval '1 day'`

/**
 * A running clock under shorter limits: it is never moved further away, and one that ran out already stays so. `asOf` says from when the
 * shorter limit counts: from the start of this clock, where the case was so severe all along, though half of the limit is left to whoever
 * is only now told; or from now, where something new makes it so.
 */
export function shortenClock(awaiting: Awaiting, limits: Limits, running: Limits, asOf: 'start' | 'now'): Change {
  const seconds = secondsOf(awaiting, limits)
  const sooner = secondsOf(awaiting, running) - seconds
  const due =
    asOf === 'now'
      ? fromNow(seconds)
      : sql<string>`greatest(due_at - make_interval(secs => ${sooner}), ${fromNow(Math.ceil(seconds / 2))})`
  return {
    due_at: sql`least(due_at, ${due})`,
    strikes_at: sql`least(strikes_at, ${due})`,
    clock: sql`clock + 1`,
    acknowledge_seconds: limits.acknowledgeSeconds,
    answer_seconds: limits.answerSeconds,
  }
}

/** The clock of a case that nobody is above: it strikes again and again, ever more rarely, until somebody answers. */
export function remindLater({ acknowledgeSeconds }: Limits, reminders: number): Change {
  const first = Math.min(Math.max(acknowledgeSeconds, 30), 3_600)
  const gap = Math.min(first * 2 ** Math.min(reminders, 20), 86_400)
  return { strikes_at: fromNow(gap), clock: sql`clock + 1`, reminders: reminders + 1, missed: true }
}
