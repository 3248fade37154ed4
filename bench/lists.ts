import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { DB } from '../db/types.ts'
import type { Actor, ReadTx } from '../src/base/db.ts'
import { served } from '../src/monitoring/index.ts'
import { type BenchDatabase, openBenchDatabase } from './database.ts'
import { loadMentions } from './million.ts'
import { quantile, type Row, round } from './row.ts'

const count = 2_000_000
const runs = 40

type Handler = (tx: ReadTx, input: object, context: { actor: Actor; scope: object }) => Promise<unknown>
const handlers = served.handlers as Readonly<Record<string, Handler>>

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
const now = () => new Date().toISOString()

/** What people ask all day. A search for a common word, a rarer one and a phrase. */
const asks: readonly (readonly [name: string, ask: string, input: () => object])[] = [
  ['list', 'monitoring.list_mentions', () => ({ limit: 50 })],
  ['list_negative', 'monitoring.list_mentions', () => ({ limit: 50, sentiment: 'negative' })],
  ['search_common', 'monitoring.list_mentions', () => ({ limit: 50, search: '医院' })],
  ['search_middling', 'monitoring.list_mentions', () => ({ limit: 50, search: '停车' })],
  ['search_rare', 'monitoring.list_mentions', () => ({ limit: 50, search: '射频消融' })],
  ['trend_hours', 'monitoring.get_trend', () => ({ grain: 'hour', since: daysAgo(14), until: now() })],
  ['trend_days', 'monitoring.get_trend', () => ({ grain: 'day', since: daysAgo(90), until: now() })],
]

/**
 * Lists, searches and trends over two million mentions for each tier, under its policies, against the same functions on a connection
 * that no policy holds, with the unit as a filter by hand; in turn, so that a drifting machine counts for both.
 */
export async function* benchLists(): AsyncGenerator<Row> {
  const house = await openBenchDatabase()
  try {
    const started = performance.now()
    await loadMentions(house.admin, count)
    yield {
      name: 'lists.loading',
      value: round((performance.now() - started) / 1000, 1),
      unit: 's',
      against: `${count} mentions with all indexes`,
    }
    const free = await openFree(house)
    for (const [tier, login, unit] of [
      ['branch', 'hangzhou.duty', 'hangzhou'],
      ['small_branch', 'mianyang.duty', 'mianyang'],
      ['region', 'east.coordinator', 'east'],
      ['headquarters', 'hq.publicity', null],
    ] as const) {
      const actor = await house.actor(login)
      const unitId = unit === null ? undefined : await idOf(house, unit)
      for (const [name, ask, input] of asks) {
        const { whole, under, byHand } = await compare(house, free, { actor, ask, input, unitId })
        const against = 'the same SQL, unit filter by hand, no policy'
        yield {
          name: `lists.${name}.${tier}`,
          value: round(quantile(whole, 0.95)),
          unit: 'ms p95',
          ratio: round(pairedRatio(under, byHand)),
          against,
          bar: 'ratio ≤ 1.15, p95 < 50',
        }
      }
    }
    await free.end()
  } finally {
    await house.close()
  }
}

interface Compared {
  readonly actor: Actor
  readonly ask: string
  readonly input: () => object
  readonly unitId: number | undefined
}

/** Times of whole asks as a person, of their SQL alone, and of the same SQL by hand. */
async function compare({ db }: BenchDatabase, free: Free, { actor, ask, input, unitId }: Compared) {
  const handler = handlers[ask] as Handler
  const scope = actor.scopes.get('monitoring.read') ?? { tier: 'branch', units: [] }
  const whole: number[] = []
  const under: number[] = []
  const byHand: number[] = []
  for (let run = -3; run < runs; run++) {
    const from = performance.now()
    let sqlMs = 0
    await db.read(actor, 'monitoring.read', async (tx) => {
      const begun = performance.now()
      await handler(tx, input(), { actor, scope })
      sqlMs = performance.now() - begun
    })
    const wholeMs = performance.now() - from
    const handMs = await free.time(
      (tx) => handler(tx, { ...input(), ...(unitId !== undefined && { unitId }) }, { actor, scope }),
      scope,
      unitId,
    )
    if (run < 0) continue
    whole.push(wholeMs)
    under.push(sqlMs)
    byHand.push(handMs)
  }
  return { whole, under, byHand }
}

/** The median of the pairs' ratios. */
const pairedRatio = (a: readonly number[], b: readonly number[]) =>
  quantile(
    a.map((value, at) => value / (b[at] ?? value)),
    0.5,
  )

interface Free {
  time(work: (tx: ReadTx) => Promise<unknown>, scope: object, unitId: number | undefined): Promise<number>
  end(): Promise<void>
}

/** A connection that no policy holds. The search function finds its scope in a plain setting there instead of a signed context. */
async function openFree(house: BenchDatabase): Promise<Free> {
  await house.admin.query(
    `create schema byhand; create function byhand.context() returns text[] language sql stable as $$ select current_setting('byhand.context', true)::text[] $$`,
  )
  const { rows } = await house.admin.query<{ made: string }>(`select pg_get_functiondef('monitoring.search'::regproc) as made`)
  const made = (rows[0]?.made ?? '')
    .replace(/FUNCTION monitoring\.search/, 'FUNCTION byhand.search')
    .replaceAll('access.context()', 'byhand.context()')
  await house.admin.query(made)
  const client = new pg.Client({ connectionString: house.adminUrl, options: '-c timezone=UTC' })
  await client.connect()
  const handle = {
    query: (text: string, values?: unknown[]) => client.query(text.replace('monitoring.search(', 'byhand.search('), values),
    release: () => undefined,
  }
  const pool = { connect: async () => handle, end: async () => undefined } as unknown as pg.Pool
  const tx = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) }) as unknown as ReadTx
  return {
    async time(work, scope, unitId) {
      const { tier } = scope as { tier: string }
      await client.query('begin isolation level repeatable read read only')
      await client.query(`select set_config('byhand.context', $1, true)`, [
        `{v1,1,monitoring.read,${tier},${tier === 'group' ? '""' : unitId},1,1}`,
      ])
      const begun = performance.now()
      await work(tx)
      const ms = performance.now() - begun
      await client.query('commit')
      return ms
    },
    end: () => client.end(),
  }
}

async function idOf(house: BenchDatabase, code: string): Promise<number> {
  const { rows } = await house.admin.query<{ id: number }>('select id from access.unit where code = $1', [code])
  return rows[0]?.id ?? 0
}
