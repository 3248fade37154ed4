import { sql } from 'kysely'
import type { Output, Parsed } from '../base/contract.ts'
import { announce, type ReadTx, type Tx } from '../base/db.ts'
import { baseErrors, Refusal, refuseStale } from '../base/error.ts'
import { type Context, covers } from '../base/serve.ts'
import { ThreadFault, threadFaults } from '../base/thread.ts'
import { type FiredSpan, parseRule } from '../engines/index.ts'
import type { monitoring, Rule } from './contract.ts'
import { monitoringErrors } from './error.ts'
import { tryAlone, tryPage } from './try-rule.ts'
import { findUnit } from './unit.ts'

type Asks = typeof monitoring
/** So many of the newest mentions a rule is tried on. */
const triedOn = 2000
const shownExamples = 20
const pageOfPosts = 100
/** So much of each: what search and judgement look at. */
const triedLength = 20_000
/** A trial that takes longer says how far it came. */
const triedForMs = 10_000

export async function listRules(tx: ReadTx, _input: object, { actor }: Context): Promise<Rule[]> {
  const { rows } = await sql<Omit<Rule, 'abilities'> & { branchId: number; regionId: number }>`
    select rule.id, rule.name, rule.expression, rule.severity_floor as "severityFloor", rule.enabled,
      rule.stopped, rule.stopped_at as "stoppedAt", rule.updated_at as "updatedAt",
      rule.branch_id as "branchId", rule.region_id as "regionId",
      jsonb_build_object('id', unit.id, 'code', unit.code, 'name', unit.name, 'kind', unit.kind) as unit,
      (select count(*) from monitoring.mention_rule matched
        where matched.rule_id = rule.id and matched.published_at >= now() - interval '30 days')::int as matched
    from monitoring.rule join access.unit on unit.id = rule.branch_id order by rule.name, rule.id`.execute(tx)
  return rows.map(({ branchId, regionId, ...rule }) => ({
    ...rule,
    abilities: { edit: covers(actor, 'monitoring.manage_rules', { branchId, regionId }) },
  }))
}

/** Makes or changes a rule. It looks at what is taken in from now on. */
export async function saveRule(tx: Tx, input: Parsed<Asks['monitoring.save_rule']>, { actor }: Context) {
  const { id, name, expression, unitId, severityFloor: severity_floor, enabled, seen } = input
  const parsed = parseRule(expression)
  if (!parsed.ok) {
    const { position, message } = parsed.error
    const facts = { position: position + 1, reason: message.zh, reasonEn: message.en }
    throw new Refusal(monitoringErrors.rule_invalid, facts, [{ path: 'expression', ...message }])
  }
  const unit = await findUnit(tx, unitId)
  if (!unit || !covers(actor, 'monitoring.manage_rules', unit)) throw new Refusal(monitoringErrors.outside_units)
  if (id !== undefined) refuseStale(seen, await lastChanged(tx, id))
  const row = { name, expression, severity_floor, enabled, branch_id: unit.branchId, region_id: unit.regionId }
  const saved =
    id === undefined
      ? await tx.insertInto('monitoring.rule').values(row).returning('id').executeTakeFirst()
      : await tx
          .updateTable('monitoring.rule')
          .set({
            ...row,
            updated_at: sql`greatest(clock_timestamp(), updated_at + interval '1 millisecond')`,
            // Other words begin anew.
            stopped: sql`case when expression = ${expression} then stopped else 0 end`,
            stopped_at: sql`case when expression = ${expression} then stopped_at end`,
          })
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst()
  if (!saved) throw new Refusal(baseErrors.not_found)
  await announce(tx, 'monitoring.rule', unit)
  return saved
}

/** Takes the rule until this transaction ends. */
async function lastChanged(tx: Tx, id: number): Promise<string> {
  const found = await tx
    .selectFrom('monitoring.rule')
    .where('id', '=', id)
    .select('updated_at as at')
    .forUpdate()
    .executeTakeFirst()
  if (!found) throw new Refusal(baseErrors.not_found)
  return found.at
}

export async function deleteRule(tx: Tx, { id }: { id: number }) {
  const gone = await tx
    .deleteFrom('monitoring.rule')
    .where('id', '=', id)
    .returning(['id', 'branch_id as branchId', 'region_id as regionId'])
    .executeTakeFirst()
  if (!gone) throw new Refusal(baseErrors.not_found)
  await announce(tx, 'monitoring.rule', gone)
  return { id }
}

type Trial = Output<Asks['monitoring.check_rule']>

/** Tries a rule on the newest mentions that the person asking may see: a page at a time, beside the thread that answers people. */
export async function checkRule(
  tx: ReadTx,
  { expression, days }: Parsed<Asks['monitoring.check_rule']>,
  { actor }: Context,
): Promise<Trial> {
  const parsed = parseRule(expression)
  if (!parsed.ok) {
    const { code, position, message } = parsed.error
    return { fault: { code, position, ...message }, examined: 0, matched: 0, examples: [] }
  }
  return tryAlone(actor.personId, async (replaced) => {
    const trial = { fault: null as Trial['fault'], examined: 0, matched: 0, examples: [] as Trial['examples'] }
    const until = performance.now() + triedForMs
    for (let after: TriedPost | undefined; trial.examined < triedOn && performance.now() < until; ) {
      const posts: TriedPost[] = await readPosts(tx, days, after)
      try {
        const { found, costly } = await tryPage({ expression, posts })
        if (costly) return { ...trial, fault: { code: 'rule_costly', position: 0, ...tooCostly } }
        trial.matched += found.length
        for (const { id, spans } of found.slice(0, shownExamples - trial.examples.length)) {
          const post = posts.find((one) => one.id === id)
          if (post) trial.examples.push({ id, title: post.title, ...passage(post.text, spans) })
        }
      } catch (error) {
        if (!(error instanceof ThreadFault)) throw error
        if (error.reason === 'busy') throw new Refusal(monitoringErrors.rule_trial_busy)
        return { ...trial, fault: { code: `rule_${error.reason}`, position: 0, ...threadFaults[error.reason] } }
      }
      if (replaced.aborted) throw new Refusal(monitoringErrors.rule_trial_replaced)
      trial.examined += posts.length
      if (posts.length < pageOfPosts) break
      after = posts.at(-1)
    }
    return trial
  })
}

const tooCostly = {
  zh: '此规则在某篇文本上匹配量过大，已停止。收录时遇到这样的文本，此规则也会停止，不作标记。请拆分规则，或减去过于常见的词。',
  en: 'Matching it took too many steps on one text and was stopped, as it will be at intake: such texts carry no mark of it. Split the rule, or take out words that are too common.',
}

interface TriedPost {
  readonly id: number
  readonly title: string
  readonly text: string
  readonly author: string
  readonly at: string
}

/** The next posts, as much of each as search and judgement look at. */
async function readPosts(tx: ReadTx, days: number, after: TriedPost | undefined): Promise<TriedPost[]> {
  const { rows } = await sql<TriedPost>`
    select mention.id, post.title, left(post.text, ${triedLength}) as text, post.author, mention.published_at::text as at
    from monitoring.mention join monitoring.post on post.id = mention.post_id
    where mention.published_at >= now() - make_interval(days => ${days})
      ${after ? sql`and (mention.published_at, mention.id) < (${after.at}::timestamptz, ${after.id}::bigint)` : sql``}
    order by mention.published_at desc, mention.id desc limit ${pageOfPosts}`.execute(tx)
  return rows
}

const passageLength = 140

/** The stretch of a text around its first match, on one line, with the spans that lie in it. */
function passage(text: string, spans: readonly FiredSpan[]): { excerpt: string; spans: FiredSpan[] } {
  const first = spans.find(({ field }) => field === 'text')
  const start = first && first.end > passageLength ? Math.max(0, first.start - 30) : 0
  const lead = start > 0 ? '…' : ''
  const excerpt =
    lead +
    text
      .slice(start, start + passageLength)
      .toWellFormed()
      .replace(/\s/g, ' ')
  const shift = start - lead.length
  const shown = spans.flatMap(({ field, start: from, end }): FiredSpan[] => {
    if (field !== 'text') return [{ field, start: from, end }]
    return from >= start && end <= start + passageLength ? [{ field, start: from - shift, end: end - shift }] : []
  })
  return { excerpt, spans: shown }
}
