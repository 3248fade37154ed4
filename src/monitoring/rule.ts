import { sql } from 'kysely'
import type { Output, Parsed } from '../base/contract.ts'
import { announce, type ReadTx, type Tx } from '../base/db.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import { type Context, covers } from '../base/serve.ts'
import { compileRules, type FiredSpan, parseRule } from '../engines/index.ts'
import type { monitoring, Rule } from './contract.ts'
import { monitoringErrors } from './error.ts'
import { findUnit } from './unit.ts'

type Asks = typeof monitoring
/** So many of the newest mentions a rule is tried on. */
const triedOn = 2000
const shownExamples = 20

export async function listRules(tx: ReadTx, _input: object, { actor }: Context): Promise<Rule[]> {
  const { rows } = await sql<Omit<Rule, 'abilities'> & { branchId: number; regionId: number }>`
    select rule.id, rule.name, rule.expression, rule.severity_floor as "severityFloor", rule.enabled, rule.updated_at as "updatedAt",
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
  const { id, name, expression, unitId, severityFloor: severity_floor, enabled } = input
  const parsed = parseRule(expression)
  if (!parsed.ok) {
    const { position, message } = parsed.error
    const facts = { position: position + 1, reason: message.zh, reasonEn: message.en }
    throw new Refusal(monitoringErrors.rule_invalid, facts, [{ path: 'expression', ...message }])
  }
  const unit = await findUnit(tx, unitId)
  if (!unit || !covers(actor, 'monitoring.manage_rules', unit)) throw new Refusal(monitoringErrors.outside_units)
  const row = { name, expression, severity_floor, enabled, branch_id: unit.branchId, region_id: unit.regionId }
  const saved =
    id === undefined
      ? await tx.insertInto('monitoring.rule').values(row).returning('id').executeTakeFirst()
      : await tx
          .updateTable('monitoring.rule')
          .set({ ...row, updated_at: sql`clock_timestamp()` })
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst()
  if (!saved) throw new Refusal(baseErrors.not_found)
  await announce(tx, 'monitoring.rule', unit)
  return saved
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

/** Tries a rule on the newest mentions that the person asking may see. */
export async function checkRule(
  tx: ReadTx,
  { expression, days }: Parsed<Asks['monitoring.check_rule']>,
): Promise<Output<Asks['monitoring.check_rule']>> {
  const compiled = compileRules([{ id: 'tried', source: expression }])
  if (!compiled.ok) {
    const error = compiled.errors[0]?.error
    const fault = error ? { code: error.code, position: error.position, ...error.message } : null
    return { fault, examined: 0, matched: 0, examples: [] }
  }
  const { rows } = await sql<{ id: number; title: string; text: string; author: string }>`
    select mention.id, post.title, post.text, post.author from monitoring.mention join monitoring.post on post.id = mention.post_id
    where mention.published_at >= now() - make_interval(days => ${days})
    order by mention.published_at desc, mention.id desc limit ${triedOn}`.execute(tx)
  const examples: Output<Asks['monitoring.check_rule']>['examples'] = []
  let matched = 0
  for (const row of rows) {
    const [match] = compiled.set.match(row)
    if (!match) continue
    matched += 1
    if (examples.length < shownExamples) examples.push({ id: row.id, title: row.title, ...passage(row.text, match.spans) })
  }
  return { fault: null, examined: rows.length, matched, examples }
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
