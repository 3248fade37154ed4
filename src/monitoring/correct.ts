import { sql } from 'kysely'
import type { Parsed } from '../base/contract.ts'
import { announce, recordFact, type Tx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { Context } from '../base/serve.ts'
import type { monitoring } from './contract.ts'
import { monitoringErrors } from './error.ts'
import { wantsAnswer } from './signal.ts'

type Wanted = Omit<Parsed<(typeof monitoring)['monitoring.correct_mention']>, 'id'>

/**
 * Changes a judgement, or the units that a post is about. The database keeps who changed what and why (`monitoring.keep_correction`), and
 * the roll-ups follow. A mention that thereby becomes a complaint that wants an answer is told on like one just taken in.
 */
export async function correctMention(tx: Tx, { id, ...wanted }: { id: number } & Wanted, _context: Context) {
  await correct(tx, [id], wanted)
  return { id }
}

/** The same for many at once: all of them, or none. */
export async function correctMentions(tx: Tx, { ids, ...wanted }: { ids: number[] } & Wanted, _context: Context) {
  const sorted = [...new Set(ids)].sort((a, b) => a - b)
  await correct(tx, sorted, wanted)
  return { ids: sorted }
}

/** What somebody is no longer told of, or told of less, and what others are told of instead, needs its reason. */
const needsReason = ({ notOurs, unitIds }: Wanted): boolean => notOurs || unitIds !== undefined

const noReason = () =>
  new Refusal(baseErrors.invalid_input, {}, [{ path: 'reason', zh: '请写明修正理由', en: 'say why it is corrected' }])

async function correct(tx: Tx, ids: readonly number[], wanted: Wanted): Promise<void> {
  if (needsReason(wanted) && wanted.reason === '') throw noReason()
  await sql`select set_config('anlan.reason', ${wanted.reason}, true)`.execute(tx)
  const changed: number[] = []
  const calling: number[] = []
  for (const id of ids) {
    const before = await lockMention(tx, id)
    const after = { ...judged(before), ...(wanted.notOurs ? notOurs : wantedOf(wanted)) }
    if (after.severity < before.severity && wanted.reason === '') throw noReason()
    await tx.updateTable('monitoring.mention').set(after).where('id', '=', id).execute()
    const begun = wanted.unitIds ? await move(tx, id, wanted.unitIds) : []
    if (wantsAnswer(after) && (!wantsAnswer(before) || wanted.unitIds)) calling.push(id, ...begun)
    changed.push(id)
  }
  if (calling.length > 0) await recordFact(tx, 'monitoring.mentions_stored', { mentionIds: calling })
  await recordFact(tx, 'monitoring.mentions_changed', { mentionIds: changed, corrected: true })
}

const notOurs = { category: 'irrelevant', sentiment: 'neutral', severity: 0, triage: 'none' }

/** Only what was asked for. */
const wantedOf = ({ sentiment, category, severity, triage }: Wanted) => ({
  ...(sentiment !== undefined && { sentiment }),
  ...(category !== undefined && { category }),
  ...(severity !== undefined && { severity }),
  ...(triage !== undefined && { triage }),
})

type Before = Awaited<ReturnType<typeof lockMention>>
const judged = ({ sentiment, category, severity, triage }: Before) => ({ sentiment, category, severity, triage })

async function lockMention(tx: Tx, id: number) {
  const before = await tx
    .selectFrom('monitoring.mention')
    .where('id', '=', id)
    .select(['sentiment', 'category', 'severity', 'triage', 'branch_id as branchId', 'region_id as regionId'])
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new Refusal(baseErrors.not_found)
  return before
}

interface Moved {
  readonly added: number[]
  readonly changed: { readonly branchId: number; readonly regionId: number }[]
}

/** Gives a mention to other units. The database refuses units beyond what this person may correct. */
async function move(tx: Tx, id: number, unitIds: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ moved: Moved | null }>`
    select monitoring.move_mention(${id}::bigint, ${[...new Set(unitIds)]}::int[]) as moved`
    .execute(tx)
    .catch((error: { code?: string }) => {
      throw error.code === '42501' ? new Refusal(monitoringErrors.outside_units) : error
    })
  const moved = rows[0]?.moved
  if (!moved) throw new Refusal(baseErrors.not_found)
  for (const unit of moved.changed) await announce(tx, 'monitoring.mention', unit)
  return moved.added
}
