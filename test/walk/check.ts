import { setTimeout as sleep } from 'node:timers/promises'
import type { Walk } from './house.ts'
import type { Others, Promised } from './load.ts'

/** Waits until nothing is under way any more; answers what still is when it does not end. */
export async function untilQuiet(walk: Walk, promised: Promised, mostSeconds: number): Promise<string[]> {
  const until = performance.now() + mostSeconds * 1_000
  for (;;) {
    const left = await underWay(walk, promised)
    if (left.length === 0 || performance.now() > until) return left
    await walk.ask(`update delivery.bucket set tokens = 60, refilled_at = now()`)
    await sleep(500)
  }
}

async function underWay(walk: Walk, { items }: Promised): Promise<string[]> {
  const one = async (what: string, text: string, values: unknown[] = []) => {
    const [row] = await walk.ask<{ n: number }>(`select count(*)::int as n from (${text}) found`, values)
    return row && row.n > 0 ? [`${row.n} ${what}`] : []
  }
  const left = await Promise.all([
    one('jobs in the queue', 'select from graphile_worker._private_jobs'),
    lettersWaiting(walk),
    one('clocks that should have struck', `select from response.case where strikes_at < now() - interval '3 seconds'`),
    one(
      'items not taken in',
      `select from unnest($1::text[]) mark where not exists (select from monitoring.post where post.text like '%' || mark || '%')`,
      [[...items]],
    ),
    one(
      'mentions without alert',
      `select from monitoring.mention m where severity >= 2 and sentiment = 'negative'
        and not exists (select from response.alert where mention_id = m.id)`,
    ),
  ])
  return left.flat()
}

async function lettersWaiting(walk: Walk): Promise<string[]> {
  const rows = await walk.ask<{ what: string }>(
    `select count(*) || ' letters waiting: ' || channel || ' after ' || tries || ' tries, next in '
       || round(extract(epoch from max(next_try_at) - now())) || ' s' || coalesce(', ' || problem, '') as what
     from delivery.outbox where state = 'waiting' group by channel, tries, problem`,
  )
  return rows.map(({ what }) => what)
}

/** Everything that is not as promised, each in a sentence. */
export async function findFaults(walk: Walk, others: Others, { items, changes }: Promised): Promise<string[]> {
  const faults: string[] = []
  const none = async (what: string, text: string, values: unknown[] = []) => {
    const rows = await walk.ask<{ what: string }>(text, values)
    if (rows.length > 0)
      faults.push(
        `${rows.length} ${what}: ${rows
          .slice(0, 5)
          .map((row) => row.what)
          .join(', ')}`,
      )
  }
  await none(
    'items lost or doubled',
    `select mark || '×' || count(post.id) as what from unnest($1::text[]) mark
     left join monitoring.post on post.text like '%' || mark || '%' group by mark having count(post.id) <> 1`,
    [[...items]],
  )
  await none('alerts doubled', `select mention_id::text as what from response.alert group by mention_id having count(*) > 1`)
  await none(
    'cases that count other alerts than they have',
    `select c.id || ': ' || c.alerts || '≠' || count(a.id) as what from response.case c left join response.alert a on a.case_id = c.id
     group by c.id having c.alerts <> count(a.id)`,
  )
  await none(
    'cases whose escalations are not in the timeline once each',
    `select c.id || ': ' || c.escalations || '≠' || count(e.id) as what from response.case c
     left join response.case_event e on e.case_id = c.id and e.kind = 'escalated' and e.clock is not null
     group by c.id having c.escalations <> count(e.id)`,
  )
  await none('letters failed', `select id || ' ' || problem as what from delivery.outbox where state = 'failed'`)
  const letters = await walk.ask<{ key: string; channel: string; state: string }>(
    `select key, channel, state from delivery.outbox`,
  )
  const lost = letters.filter(
    ({ key, channel, state }) => state === 'sent' && !(channel === 'mail' ? others.mails : others.events).has(key),
  )
  if (lost.length > 0) faults.push(`${lost.length} letters that count as sent and never arrived`)
  // One may arrive, its sender be killed before writing that down, and be no longer true at the next try: it counts as dropped.
  const known = new Set(letters.map(({ key }) => key))
  const strange = [...others.mails.keys(), ...others.events.keys()].filter((key) => !known.has(key))
  if (strange.length > 0) faults.push(`${strange.length} letters arrived that nobody wrote`)
  await none(
    'gaps in the numbers of a webhook',
    `select webhook_id || ': ' || count(*) || '≠' || max(sequence) as what from delivery.outbox where channel = 'webhook'
     group by webhook_id having count(distinct sequence) <> max(sequence) or count(*) <> max(sequence)`,
  )
  const trail = await walk.ask<{ ask: string; subject: string; n: number }>(
    `select ask, subject, count(*)::int as n from privacy.trail where outcome = 'allowed' and writes and subject is not null group by 1, 2`,
  )
  const rows = new Map(trail.map(({ ask, subject, n }) => [`${ask} ${subject}`, n]))
  const promised = new Map<string, number>()
  for (const { ask, caseId } of changes) {
    const key = `${ask} case:${caseId}`
    promised.set(key, (promised.get(key) ?? 0) + 1)
  }
  const untold = [...promised].filter(([key, n]) => (rows.get(key) ?? 0) < n)
  if (untold.length > 0) faults.push(`${untold.length} acknowledged changes missing in the trail: ${untold[0]?.[0]}`)
  return faults
}

/** Seconds from a stored item to its alert: median, 99th percentile, longest. */
export async function alertTimes(walk: Walk): Promise<{ alerts: number; p50: number; p99: number; longest: number }> {
  const [row] = await walk.ask<{ alerts: number; p50: number; p99: number; longest: number }>(
    `select count(*)::int as alerts, percentile_cont(0.5) within group (order by s) as p50, percentile_cont(0.99) within group (order by s) as p99,
       max(s) as longest from (select extract(epoch from a.raised_at - m.taken_in_at)::float8 as s
       from response.alert a join monitoring.mention m on m.id = a.mention_id) t`,
  )
  return row ?? { alerts: 0, p50: 0, p99: 0, longest: 0 }
}
