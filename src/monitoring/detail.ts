import { sql } from 'kysely'
import type { Actor, ReadTx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import { type Context, covers } from '../base/serve.ts'
import { type Judgement, sayReason } from '../engines/index.ts'
import type { MentionDetail } from './contract.ts'
import { unitNames } from './ground.ts'
import { readMentions } from './mention.ts'

const shownRepeats = 100
const shownWordings = 20

interface Post {
  readonly text: string
  readonly likes: number
  readonly comments: number
  readonly shares: number
  readonly followers: number
  readonly source: string | null
  readonly judgement: Partial<Judgement> & { readonly claimed?: string }
  readonly branchId: number
  readonly regionId: number
}

/** One mention with its text, why it was judged so, and who said it again. */
export async function getMention(tx: ReadTx, { id }: { id: number }, { actor }: Context): Promise<MentionDetail> {
  const [mention] = await readMentions(tx, [id])
  const { rows } = await sql<Post>`
    select post.text, post.likes, post.comments, post.shares, post.followers, post.judgement, source.name as source,
      mention.branch_id as "branchId", mention.region_id as "regionId"
    from monitoring.mention join monitoring.post on post.id = mention.post_id left join monitoring.source on source.id = post.source_id
    where mention.id = ${id}`.execute(tx)
  const post = rows[0]
  if (!mention || !post) throw new Refusal(baseErrors.not_found)
  const { text, likes, comments, shares, followers, source, judgement, branchId, regionId } = post
  const nameOf = await unitNames(tx)
  return {
    ...mention,
    text,
    engagement: { likes, comments, shares, followers },
    source,
    also: judgement.also ?? [],
    reasons: [
      ...(judgement.reasons ?? []).map((reason) => ({
        code: reason.code,
        facts: { ...(reason.label !== undefined && { label: reason.label }), ...reason.numbers },
        zh: sayReason(reason, 'zh', nameOf),
        en: sayReason(reason, 'en', nameOf),
      })),
      ...ownReasons(mention, judgement),
    ],
    spans: await readSpans(tx, id),
    repeats: await readRepeats(tx, mention.postId),
    siblings: await readSiblings(tx, mention, actor),
    wordings: await readWordings(tx, mention.postId),
    corrections: await readCorrections(tx, id),
    abilities: {
      correct: covers(actor, 'monitoring.correct', { branchId, regionId }),
      openCase: covers(actor, 'response.handle', { branchId, regionId }),
    },
  }
}

/** What this room itself did to the judgement. A rule out of sight is not spoken of: that it matched is told to nobody below it. */
function ownReasons(
  { severity, corrected, rules }: { severity: number; corrected: boolean; rules: readonly string[] },
  judgement: Post['judgement'],
) {
  const reasons: MentionDetail['reasons'] = []
  const { claimed } = judgement
  const { severity: judged = severity } = judgement
  if (severity > judged && !corrected)
    reasons.push({
      code: rules.length > 0 ? 'rule_floor' : 'raised',
      facts: { from: judged, to: severity },
      zh: `${rules.length > 0 ? '命中关键词规则，' : ''}严重程度由 ${judged} 级提高到 ${severity} 级`,
      en: `${rules.length > 0 ? 'a keyword rule raised the severity' : 'the severity was raised'} from ${judged} to ${severity}`,
    })
  if (claimed !== undefined)
    reasons.push({
      code: 'date_in_future',
      facts: { claimed },
      zh: '来源写的发布时间在未来，已按收录时间计',
      en: 'its source dates it in the future; the time of intake counts',
    })
  return reasons
}

async function readSpans(tx: ReadTx, id: number): Promise<MentionDetail['spans']> {
  const rows = await tx
    .selectFrom('monitoring.mention_rule as matched')
    .innerJoin('monitoring.rule as rule', 'rule.id', 'matched.rule_id')
    .where('matched.mention_id', '=', id)
    .select(['rule.name', 'matched.spans'])
    .orderBy('rule.id')
    .execute()
  return rows.flatMap(({ name, spans }) =>
    (spans as { field: 'title' | 'text' | 'author'; start: number; end: number }[]).map((span) => ({ rule: name, ...span })),
  )
}

async function readRepeats(tx: ReadTx, postId: number): Promise<MentionDetail['repeats']> {
  return tx
    .selectFrom('monitoring.post')
    .where('repeat_of', '=', postId)
    .select(['id as postId', 'platform', 'author', 'url', 'published_at as publishedAt'])
    .orderBy('published_at', 'desc')
    .orderBy('id', 'desc')
    .limit(shownRepeats)
    .execute()
}

async function readSiblings(
  tx: ReadTx,
  { id, postId }: { id: number; postId: number },
  actor: Actor,
): Promise<MentionDetail['siblings']> {
  const rows = await tx
    .selectFrom('monitoring.mention as mention')
    .innerJoin('access.unit as unit', 'unit.id', 'mention.branch_id')
    .where('mention.post_id', '=', postId)
    .where('mention.id', '!=', id)
    .select(['mention.id', 'unit.id as unitId', 'unit.code', 'unit.name', 'unit.kind', 'mention.region_id as regionId'])
    .orderBy('unit.id')
    .execute()
  const seen = rows.filter(({ unitId, regionId }) => covers(actor, 'monitoring.read', { branchId: unitId, regionId }))
  return seen.map(({ id: sibling, unitId, code, name, kind }) => ({
    id: sibling,
    unit: { id: unitId, code, name, kind: kind as MentionDetail['unit']['kind'] },
  }))
}

async function readWordings(tx: ReadTx, postId: number): Promise<MentionDetail['wordings']> {
  const rows = await tx
    .selectFrom('monitoring.wording')
    .where('post_id', '=', postId)
    .select(['replaced_at as at', 'title', 'text', 'judgement'])
    .orderBy('replaced_at', 'desc')
    .limit(shownWordings)
    .execute()
  return rows.map(({ judgement, ...wording }) => ({ ...wording, severity: (judgement as unknown as Judgement).severity }))
}

async function readCorrections(tx: ReadTx, id: number): Promise<MentionDetail['corrections']> {
  return tx
    .selectFrom('monitoring.correction')
    .where('mention_id', '=', id)
    .select(['at', 'person', 'field', 'before as from', 'after as to', 'reason'])
    .orderBy('id', 'desc')
    .execute()
}
