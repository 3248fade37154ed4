import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { announce, type Db, type WorkTx } from '../base/db.ts'
import { fill } from '../base/error.ts'
import { type AllowPrivate, FetchFailure, fetchFailures, guardedFetch } from '../base/fetch.ts'
import type { JobContext } from '../base/job.ts'
import { noteLoopError } from '../base/loop.ts'
import { outwardOpen } from '../base/outward.ts'
import { ThreadFault, threadFaults } from '../base/thread.ts'
import type { Problem as FeedProblem } from '../engines/feed/index.ts'
import { type Taken, takeIn } from './intake.ts'
import { keepProblems } from './problem.ts'
import { type ReadFeed, readFeed } from './read-feed.ts'

export interface Due {
  readonly id: number
  readonly host: string
  readonly url: string
  readonly platform: string
  readonly interval: number
  readonly demo: boolean
  readonly etag: string | null
  readonly lastModified: string | null
  readonly contentHash: string | null
  readonly failures: number
  readonly branchId: number
  readonly regionId: number
}

interface Problem {
  readonly code: string
  readonly zh: string
  readonly en: string
  /** An address that belongs to it: where the feed is, where it was. */
  readonly at?: string | undefined
}

export const leaseSeconds = 60
const fetchTimeoutMs = 25_000
const slowestSeconds = 3600

/** What is left alone for now: hosts that are busy enough, and sources that did not work last time. */
export interface Shut {
  readonly hosts: readonly string[]
  readonly failing: boolean
  /** Sources of one host that are taken at once. */
  readonly ofOneHost: number
}
const allOpen: Shut = { hosts: [], failing: false, ofOneHost: 1_000 }

/** Takes up to `limit` sources that are due; whoever is killed with one loses it after a minute to the next. */
export async function claimDue(db: Db, limit: number, { hosts, failing, ofOneHost } = allOpen): Promise<Due[]> {
  const host = sql`lower(substring(url from '^[A-Za-z]+://([^/?#]*)'))`
  return db.work(async (tx) => {
    const { rows } = await sql<Due>`
      update monitoring.source set leased_until = now() + make_interval(secs => ${leaseSeconds}) where id in (
        select id from monitoring.source where enabled and kind = 'feed' and next_fetch_at <= now() and ${outwardOpen}
          and (leased_until is null or leased_until < now()) and id in (
            select id from (
              select id, next_fetch_at, row_number() over (partition by ${host} order by next_fetch_at) as nth from monitoring.source
              where enabled and kind = 'feed' and next_fetch_at <= now() and (leased_until is null or leased_until < now())
                and not (${host} = any (${[...hosts]}::text[])) and not (${failing} and failures > 0)) due
            where nth <= ${ofOneHost})
          order by next_fetch_at limit ${limit} for update skip locked)
      returning ${host} as host, id, url, platform, interval_seconds as interval, demo, etag, last_modified as "lastModified",
        content_hash as "contentHash", failures, branch_id as "branchId", region_id as "regionId"`.execute(tx)
    return rows
  })
}

/** Fetches one source and takes in what it says. Whatever goes wrong is kept with the source, for people to see. */
export async function fetchOne({ db, log, signal }: JobContext, source: Due): Promise<void> {
  try {
    const now = Date.now()
    const { etag, lastModified } = source
    const fetched = await guardedFetch(source.url, {
      ...{ etag, lastModified, signal, now, timeoutMs: fetchTimeoutMs },
      allowPrivate: source.demo ? ownLoopback(source.url) : allowedInside(),
    })
    const { movedTo } = fetched
    const seen = { etag: fetched.etag, lastModified: fetched.lastModified, ...(movedTo !== undefined && { movedTo }) }
    if (fetched.status === 'unchanged') return await settle(db, source, seen)
    const contentHash = createHash('sha256').update(fetched.bytes).digest('hex')
    if (contentHash === source.contentHash) return await settle(db, source, seen)
    const { bytes, contentType, finalUrl: url } = fetched
    const feed = await readFeed({ bytes, contentType, url, now }, signal)
    const hopeless = feed.entries.length === 0 ? feed.problems.find(({ code }) => fatal.has(code)) : undefined
    if (hopeless) return await fail(db, source, withPlace(hopeless), undefined)
    await takeIn(db, itemsOf(feed, source), {
      sourceId: source.id,
      demo: source.demo,
      sideBySide: true,
      now,
      signal,
      alongside: async (tx, taken) => {
        await keepProblems(tx, source, feed.problems)
        const { code, zh, en } = feed.problems[0] ?? {}
        await settleIn(tx, source, { ...seen, contentHash }, taken, code && zh && en ? { code, zh, en } : null)
      },
    })
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof FetchFailure) {
      const { zh, en } = fetchFailures[error.code]
      const problem = { code: error.code, zh: fill(zh, error.facts), en: fill(en, error.facts) }
      return fail(db, source, problem, error.retryAfterSeconds)
    }
    if (error instanceof ThreadFault && error.reason !== 'broken') {
      log.warn({ source: source.id, reason: error.reason, at: error.message }, 'fetch')
      return fail(db, source, { code: `thread_${error.reason}`, ...threadFaults[error.reason] }, undefined)
    }
    noteLoopError(log.child({ source: source.id }), 'monitoring.fetch', error)
    await fail(db, source, unexpected, undefined)
  }
}

/** Problems that leave nothing of a feed to take in. */
const fatal = new Set<string>([
  ...['not_a_feed', 'web_page', 'feed_elsewhere', 'empty', 'json_invalid', 'xml_illformed', 'xml_truncated', 'too_large'],
  ...['not_text', 'encoding_unsupported', 'encoding_unknown'],
])
/** Of these a person needs to know the place too: the address of the feed, the encoding. */
const told = new Set<string>(['feed_elsewhere', 'not_text', 'encoding_unsupported'])
const withPlace = ({ code, zh, en, at }: FeedProblem): Problem =>
  told.has(code) && at !== undefined ? { code, zh: `${zh}（${at}）`, en: `${en} (${at})`, at } : { code, zh, en }

const unexpected: Problem = {
  code: 'unexpected',
  zh: '收录时出错，将自动重试。',
  en: 'Something went wrong while taking it in; it is tried again.',
}

/** The demo's feed says of each entry on which platform and as what it was published. */
function itemsOf(feed: ReadFeed, { demo, platform }: Due): object[] {
  return feed.entries.map(({ id, title, text, url, author, publishedAt, categories }) => ({
    id,
    title,
    text,
    url,
    author,
    published_at: publishedAt,
    platform: demo ? (categories[0] ?? platform) : platform,
    kind: demo ? categories[1] : 'article',
  }))
}

const settle = (db: Db, source: Due, seen: Seen): Promise<void> => db.work((tx) => settleIn(tx, source, seen, null, null))

interface Seen {
  readonly etag: string | null
  readonly lastModified: string | null
  readonly contentHash?: string
  /** Where the feed has gone for good; kept in place of the old address once it was read there. */
  readonly movedTo?: string
}

async function settleIn(tx: WorkTx, source: Due, seen: Seen, taken: Taken | null, problem: Problem | null): Promise<void> {
  const told = seen.movedTo === undefined ? problem : movedFrom(source.url)
  await sql`update monitoring.source set etag = ${seen.etag}, last_modified = ${seen.lastModified}, last_fetched_at = now(), failures = 0,
      leased_until = null, next_fetch_at = case when enabled then now() + make_interval(secs => interval_seconds) end
      ${taken === null ? sql`` : changedColumns(taken, seen)}
      ${taken === null && told === null ? sql`` : sql`, problem = ${told === null ? null : JSON.stringify(told)}::jsonb`}
      ${
        seen.movedTo === undefined
          ? sql``
          : sql`, url = ${seen.movedTo},
        updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')`
      }
    where id = ${source.id} and url = ${source.url}`.execute(tx)
  if (seen.movedTo !== undefined) await keepProblems(tx, source, [{ ...movedFrom(source.url), detail: seen.movedTo }])
  if (taken || source.failures > 0 || seen.movedTo !== undefined) await announce(tx, 'monitoring.source', source)
}

/** What people are told of a feed that went elsewhere for good. */
const movedFrom = (at: string): Problem => ({
  code: 'feed_moved',
  zh: `订阅源已永久迁移，已改用新地址（原地址 ${at}）。`,
  en: `The feed has moved for good; its new address is used from now on (it was at ${at}).`,
  at,
})

const changedColumns = (taken: Taken, { contentHash }: Seen) => sql`,
  content_hash = ${contentHash ?? null}, last_changed_at = now(), last_item_at = case when ${taken.new > 0} then now() else last_item_at end,
  taken_new = taken_new + ${taken.new},
  taken_repeated = taken_repeated + ${taken.repeated}, taken_updated = taken_updated + ${taken.updated},
  taken_irrelevant = taken_irrelevant + ${taken.irrelevant}, taken_refused = taken_refused + ${taken.refused.length}`

/** Tries again later and later, at most hourly, never sooner than the site asked; spread, so that sources do not come back at once. */
async function fail(db: Db, source: Due, problem: Problem, retryAfterSeconds: number | undefined): Promise<void> {
  const wait = Math.min(slowestSeconds, source.interval * 2 ** Math.min(source.failures, 12))
  const seconds = Math.max(retryAfterSeconds ?? 0, wait * (0.75 + Math.random() / 2))
  await db.work(async (tx) => {
    await sql`update monitoring.source set failures = failures + 1, problem = ${JSON.stringify(problem)}::jsonb, last_fetched_at = now(),
        leased_until = null, next_fetch_at = case when enabled then now() + make_interval(secs => ${seconds}) end
      where id = ${source.id} and url = ${source.url}`.execute(tx)
    await announce(tx, 'monitoring.source', source)
  })
}

/** Hosts inside the own network that the operator named in ANLAN_FETCH_PRIVATE. */
export function allowedInside(): AllowPrivate {
  const named = (process.env.ANLAN_FETCH_PRIVATE ?? '').split(',').map((host) => host.trim())
  return (host, port) => named.includes(host) || named.includes(`${host}:${port}`)
}

/** The demo's own feed and no other port of this machine, whoever sends on to it. */
function ownLoopback(address: string): AllowPrivate {
  const { hostname, port: own } = new URL(address)
  return (host, port) => host === '127.0.0.1' && hostname === host && String(port) === own
}
