import type { Parsed } from '../base/contract.ts'
import { announce, recordFact, type Tx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import type { monitoring } from './contract.ts'

/**
 * Changes a judgement. The database keeps who changed what (`monitoring.keep_correction`), and the roll-ups follow. A mention that
 * thereby becomes a complaint that wants an answer is told on like one just taken in.
 */
export async function correctMention(tx: Tx, { id, ...wanted }: Parsed<(typeof monitoring)['monitoring.correct_mention']>) {
  const before = await tx
    .selectFrom('monitoring.mention')
    .where('id', '=', id)
    .select(['sentiment', 'category', 'severity', 'triage', 'branch_id as branchId', 'region_id as regionId'])
    .forUpdate()
    .executeTakeFirst()
  if (!before) throw new Refusal(baseErrors.not_found)
  const { branchId, regionId, ...judged } = before
  const after = {
    sentiment: wanted.sentiment ?? judged.sentiment,
    category: wanted.category ?? judged.category,
    severity: wanted.severity ?? judged.severity,
    triage: wanted.triage ?? judged.triage,
  }
  await tx.updateTable('monitoring.mention').set(after).where('id', '=', id).execute()
  if (wantsAnswer(after) && !wantsAnswer(judged)) await recordFact(tx, 'monitoring.mentions_stored', { mentionIds: [id] })
  await announce(tx, 'monitoring.mention', { branchId, regionId })
  return { id }
}

const wantsAnswer = ({ sentiment, severity }: { sentiment: string; severity: number }): boolean =>
  severity >= 3 || (sentiment === 'negative' && severity >= 2)
