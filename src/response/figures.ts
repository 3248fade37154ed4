import { type RawBuilder, sql } from 'kysely'
import type { Figure } from './contract.ts'

/** Midnight of the group's clock. */
export const todayStarts = sql<string>`(base.day_of(now())::timestamp at time zone 'Asia/Shanghai')`

/**
 * What each figure of the overview counts, as a condition on `response.case` named `c`. Counting and listing both use it,
 * so that a figure always leads to its rows.
 */
export const figureSql: Readonly<Record<Figure, RawBuilder<boolean>>> = {
  burning: sql`c.severity = 4 and c.state <> 'closed'`,
  unacknowledged: sql`c.state = 'open'`,
  overdue: sql`c.awaiting is not null and (c.missed or c.due_at < now())`,
  due_soon: sql`c.due_at >= now() and c.due_at < now() + interval '1 hour'`,
  handling: sql`c.state = 'handling'`,
  answered_today: sql`c.answered_at >= ${todayStarts}`,
  closed_today: sql`c.closed_at >= ${todayStarts}`,
  open: sql`c.state <> 'closed'`,
}
