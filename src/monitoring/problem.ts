import { sql } from 'kysely'
import type { Output, Parsed } from '../base/contract.ts'
import type { ReadTx, WorkTx } from '../base/db.ts'
import type { monitoring } from './contract.ts'
import { itemFaults, itemNotes } from './error.ts'
import type { Item } from './item.ts'

/** What was refused, cut or supposed of one item. */
export interface ItemProblem {
  /** Place of the item in what was given, from 0. */
  readonly at: number
  readonly code: string
  /** The number or address of the item, where it has one. */
  readonly item: string | null
  readonly detail: string
  readonly zh: string
  readonly en: string
}

const sentences = { ...itemFaults, ...itemNotes }

export function problemOf(
  code: keyof typeof sentences,
  at: number,
  item: Pick<Item, 'externalId' | 'url'> | undefined,
  detail = '',
): ItemProblem {
  const name = item?.externalId ?? item?.url ?? null
  return { at, code, item: name === null ? null : name.slice(0, 200), detail, ...sentences[code] }
}

/** A problem as a source keeps it: about an item, or about what was fetched or sent as a whole. */
export interface SourceProblem {
  readonly code: string
  readonly zh: string
  readonly en: string
  /** The place among the items, from 0, or what a reader of feeds or bytes says of it. */
  readonly at?: number | string | undefined
  readonly item?: string | null
  readonly detail?: string
}

interface SourcePlace {
  readonly id: number
  readonly branchId: number
  readonly regionId: number
}

const keptRows = 200
const shown = 100

/** Keeps problems with their source: the latest of them, and of each kind how many items had it. */
export async function keepProblems(tx: WorkTx, source: SourcePlace, problems: readonly SourceProblem[]): Promise<void> {
  const distinct = new Map<string, SourceProblem & { readonly item: string; readonly detail: string }>()
  for (const problem of problems) {
    const { at } = problem
    const item = (problem.item ?? (typeof at === 'number' ? `#${at + 1}` : (at ?? ''))).slice(0, 200)
    distinct.set(`${problem.code} ${item}`, { ...problem, item, detail: problem.detail ?? '' })
  }
  if (distinct.size === 0) return
  const rows = [...distinct.values()].slice(0, keptRows)
  const { rows: kept } = await sql<{ code: string; fresh: boolean }>`
    insert into monitoring.source_problem as known (source_id, branch_id, region_id, code, item, detail)
      select ${source.id}::int, ${source.branchId}::int, ${source.regionId}::int, p.code, p.item, p.detail
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as p (code text, item text, detail text)
    on conflict (source_id, code, item) do update set times = known.times + 1, last_at = now(), detail = excluded.detail
    returning code, xmax = 0 as fresh`.execute(tx)
  const more = [...distinct.values()].slice(keptRows).map(({ code }) => ({ code, fresh: true }))
  const fresh = Map.groupBy(
    [...kept, ...more].filter((row) => row.fresh),
    ({ code }) => code,
  )
  const counts = [...new Map([...distinct.values()].map((problem) => [problem.code, problem])).values()].map(
    ({ code, zh, en }) => ({ code, zh, en, more: fresh.get(code)?.length ?? 0 }),
  )
  await sql`insert into monitoring.source_problem_count as known (source_id, branch_id, region_id, code, zh, en, total)
      select ${source.id}::int, ${source.branchId}::int, ${source.regionId}::int, c.code, c.zh, c.en, c.more
      from jsonb_to_recordset(${JSON.stringify(counts)}::jsonb) as c (code text, zh text, en text, more int)
    on conflict (source_id, code) do update
      set total = known.total + excluded.total, zh = excluded.zh, en = excluded.en, last_at = now()`.execute(tx)
  await sql`delete from monitoring.source_problem where source_id = ${source.id} and id in (
    select id from monitoring.source_problem where source_id = ${source.id} order by last_at desc, id desc offset ${keptRows})`.execute(
    tx,
  )
}

type Asked = (typeof monitoring)['monitoring.list_problems']

/** The latest problems of a source, and how many of each kind there were. */
export async function listProblems(tx: ReadTx, { sourceId, code }: Parsed<Asked>): Promise<Output<Asked>> {
  const counts = await tx
    .selectFrom('monitoring.source_problem_count')
    .where('source_id', '=', sourceId)
    .select(['code', 'zh', 'en', 'total', 'last_at as lastAt'])
    .orderBy('last_at', 'desc')
    .orderBy('code')
    .execute()
  const problems = await tx
    .selectFrom('monitoring.source_problem as problem')
    .innerJoin('monitoring.source_problem_count as kind', (join) =>
      join.onRef('kind.source_id', '=', 'problem.source_id').onRef('kind.code', '=', 'problem.code'),
    )
    .where('problem.source_id', '=', sourceId)
    .$if(code !== undefined, (query) => query.where('problem.code', '=', code ?? ''))
    .select(['problem.id', 'problem.code', 'kind.zh', 'kind.en', 'problem.item', 'problem.detail', 'problem.times'])
    .select(['problem.first_at as firstAt', 'problem.last_at as lastAt'])
    .orderBy('problem.last_at', 'desc')
    .orderBy('problem.id', 'desc')
    .limit(shown)
    .execute()
  return { counts, problems }
}
