import { sql } from 'kysely'
import type { Output } from '../base/contract.ts'
import type { ReadTx } from '../base/db.ts'
import { type Context, covers } from '../base/serve.ts'
import { getMention, readMentions } from '../monitoring/index.ts'
import { findCase, toCases } from './case.ts'
import type { CaseEvent, response } from './contract.ts'
import { findLeads } from './lead.ts'
import { readsSameMentions } from './overview.ts'

type Detail = Output<(typeof response)['response.get_case']>
type Told = Omit<CaseEvent, 'mentionIds' | 'facts'> & {
  readonly facts: CaseEvent['facts'] & { readonly mentions?: unknown }
}

const shownMentions = 200

/** A case with its timeline and the posts behind it; those only where this person may read mentions of its unit. */
export async function getCase(tx: ReadTx, { id }: { id: number }, context: Context): Promise<Detail> {
  const { actor, scope } = context
  const row = await findCase(tx, id)
  const reads = covers(actor, 'monitoring.read', row)
  const told = (await tx
    .selectFrom('response.case_event')
    .select(['id', 'at', 'kind', 'person', 'unit', 'text', 'facts'])
    .where('case_id', '=', id)
    .orderBy('id')
    .execute()) as Told[]
  const [found] = await toCases(tx, [row], actor)
  const mentions = reads ? await readMentions(tx, await standing(tx, id)) : []
  const leadId = reads ? (await findLeads(tx, [id])).get(id) : undefined
  const lead = mentions.some((mention) => mention.id === leadId && mention.unit.id === row.branchId)
    ? await getMention(tx, { id: leadId as number }, context)
    : null
  // Where mentions are read more narrowly than cases, what leads beyond this unit stays out.
  const narrow = !readsSameMentions(actor, scope)
  return {
    case: found as Detail['case'],
    events: told.map(({ facts: { mentions: named, ...facts }, ...event }) => ({
      ...event,
      facts,
      mentionIds: reads && Array.isArray(named) ? (named as number[]) : [],
    })),
    lead: lead && narrow ? { ...lead, rules: [], spans: [], siblings: [] } : lead,
    mentions: narrow ? mentions.map((mention) => ({ ...mention, rules: [] })) : mentions,
    moved: movedBy(told),
  }
}

/** The mentions whose alerts stand, those that weigh most first. */
async function standing(tx: ReadTx, caseId: number): Promise<number[]> {
  const rows = await tx
    .selectFrom('response.alert')
    .select('mention_id as mentionId')
    .where('case_id', '=', caseId)
    .where('ended_at', 'is', null)
    .orderBy('severity', 'desc')
    .orderBy('id', 'desc')
    .limit(shownMentions)
    .execute()
  return rows.map(({ mentionId }) => mentionId)
}

const moves = ['passed_up', 'escalated', 'taken_over', 'handed_back', 'returned']

function movedBy(events: readonly Told[]): Detail['moved'] {
  const last = events.findLast(({ kind, facts }) => moves.includes(kind) && facts.to !== undefined)
  if (!last) return null
  const { kind, at, person, facts } = last
  return { kind, at, person, from: facts.from ?? null, to: facts.to } as Detail['moved']
}

/** In which cases these mentions are, as far as this person sees the cases. */
export async function findCases(tx: ReadTx, { mentionIds }: { mentionIds: number[] }) {
  const { rows } = await sql<{ mentionId: number; id: number; state: Detail['case']['state'] }>`
    select alert.mention_id as "mentionId", c.id, c.state from response.alert join response.case c on c.id = alert.case_id
    where alert.mention_id = any(${mentionIds}::bigint[]) and alert.ended_at is null order by 1`.execute(tx)
  return { cases: rows }
}
