import { type RawBuilder, sql } from 'kysely'
import type { Figure } from './contract.ts'

/** Midnight of the group's clock. */
export const todayStarts = sql<string>`(base.day_of(now())::timestamp at time zone 'Asia/Shanghai')`

const late = sql<boolean>`c.due_at < now()`
const soon = sql<boolean>`c.due_at < now() + interval '1 hour'`
const inHand = sql<boolean>`c.state in ('acknowledged', 'handling')`

/**
 * What each figure of the overview counts, as a condition on `response.case` named `c`. Counting and listing both use it,
 * so that a figure always leads to its rows. A case that is not closed is in one of overdue, unacknowledged, due_soon, handling, answered.
 */
export const figureSql: Readonly<Record<Figure, RawBuilder<boolean>>> = {
  burning: sql`c.severity = 4 and c.state <> 'closed'`,
  overdue: sql`c.awaiting is not null and ${late}`,
  unacknowledged: sql`c.state = 'open' and not ${late}`,
  due_soon: sql`${inHand} and not ${late} and ${soon}`,
  handling: sql`${inHand} and not ${soon}`,
  answered: sql`c.state = 'answered'`,
  escalated: sql`c.escalations > 0 and c.state <> 'closed'`,
  answered_today: sql`c.answered_at >= ${todayStarts}`,
  closed_today: sql`c.closed_at >= ${todayStarts}`,
  open: sql`c.state <> 'closed'`,
}
