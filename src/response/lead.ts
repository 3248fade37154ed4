import { sql } from 'kysely'
import type { Actor, ReadTx } from '../base/db.ts'
import { covers } from '../base/serve.ts'
import { LABEL_WORDS } from '../engines/index.ts'
import { readTitles } from '../monitoring/index.ts'
import type { CaseRow } from './case.ts'

export interface Title {
  readonly title: string
  readonly titled: boolean
}

/** The mention that weighs most in each of these cases. */
export async function findLeads(tx: ReadTx, caseIds: readonly number[]): Promise<Map<number, number>> {
  if (caseIds.length === 0) return new Map()
  const { rows } = await sql<{ id: number; mentionId: number }>`
    select wanted.id, lead.mention_id as "mentionId" from unnest(${[...caseIds]}::int[]) wanted (id)
    cross join lateral (select mention_id from response.alert where case_id = wanted.id and ended_at is null
      order by severity desc, id limit 1) lead`.execute(tx)
  return new Map(rows.map(({ id, mentionId }) => [id, mentionId]))
}

/** A case is called by the first words of its post for who may read the post, and by its category for others. */
export async function titleCases(tx: ReadTx, rows: readonly CaseRow[], actor: Actor): Promise<Map<number, Title>> {
  const readable = rows.filter((row) => covers(actor, 'monitoring.read', row))
  const leads = await findLeads(
    tx,
    readable.map(({ id }) => id),
  )
  const wanted = readable.flatMap(({ id, branchId }): [number, number][] => {
    const lead = leads.get(id)
    return lead === undefined ? [] : [[lead, branchId]]
  })
  const words = await readTitles(tx, new Map(wanted))
  return new Map(
    rows.map(({ id, category }) => {
      const title = words.get(leads.get(id) ?? 0)
      return [id, title ? { title: cut(title), titled: true } : { title: LABEL_WORDS[category]?.zh ?? category, titled: false }]
    }),
  )
}

const titleLength = 60

function cut(words: string): string {
  const all = [...words]
  return all.length > titleLength ? `${all.slice(0, titleLength).join('')}…` : words
}
