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
    missed: false,
    acknowledge_seconds: limits.acknowledgeSeconds,
    answer_seconds: limits.answerSeconds,
  }
}

/** The same for a case that is only now being made. */
export function firstClock(awaiting: Awaiting, limits: Limits) {
  const due = fromNow(secondsOf(awaiting, limits))
  const { acknowledgeSeconds: acknowledge_seconds, answerSeconds: answer_seconds } = limits
  return { awaiting, due_at: due, strikes_at: due, acknowledge_seconds, answer_seconds }
}

export const stopClock = { awaiting: null, due_at: null, strikes_at: null, missed: false } satisfies Change

/** A running clock under shorter limits: it is never moved further away, and one that ran out already stays so. */
export function shortenClock(awaiting: Awaiting, limits: Limits): Change {
  const due = fromNow(secondsOf(awaiting, limits))
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
