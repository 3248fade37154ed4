import { handle, shared } from '../base/serve.ts'
import { monitoring } from './contract.ts'
import { correctMention, correctMentions } from './correct.ts'
import { getMention } from './detail.ts'
import { readFile } from './file.ts'
import { takeInAsked } from './intake.ts'
import { countMentions, listMentions } from './mention.ts'
import { listProblems } from './problem.ts'
import { checkRule, deleteRule, listRules, saveRule } from './rule.ts'
import { deleteSource, fetchSource, listSources, renewSecret, saveSource } from './source.ts'
import { getShares, getTrend } from './trend.ts'
import { tryItems } from './try-items.ts'

export { getMention } from './detail.ts'
export { monitoringErrors } from './error.ts'
export { readFileAside } from './file.ts'
export { type Alerting, type TakeInOptions, type Taken, takeIn } from './intake.ts'
export { jobs } from './jobs.ts'
export { latestNegative, readMentions } from './mention.ts'
export { heatOf, readCorrection, readSignals, readTitles, type Signal, wantsAnswer } from './signal.ts'
export { saveDemoSource } from './source.ts'
export { countByUnit } from './trend.ts'
export { knowsWebhook, registerWebhooks } from './webhook.ts'

export const served = handle(monitoring, {
  'monitoring.list_mentions': shared(listMentions),
  'monitoring.count_mentions': shared(countMentions),
  'monitoring.get_mention': getMention,
  'monitoring.correct_mention': correctMention,
  'monitoring.correct_mentions': correctMentions,
  'monitoring.get_trend': shared(getTrend),
  'monitoring.get_shares': shared(getShares),
  'monitoring.list_rules': listRules,
  'monitoring.check_rule': checkRule,
  'monitoring.save_rule': saveRule,
  'monitoring.delete_rule': deleteRule,
  'monitoring.list_sources': listSources,
  'monitoring.save_source': saveSource,
  'monitoring.renew_secret': renewSecret,
  'monitoring.delete_source': deleteSource,
  'monitoring.fetch_source': fetchSource,
  'monitoring.list_problems': listProblems,
  'monitoring.read_file': readFile,
  'monitoring.try_items': tryItems,
  'monitoring.take_in': takeInAsked,
})

/** Which right lets a person hear that rows of a topic changed. */
export const topics: Readonly<Record<string, string>> = {
  'monitoring.mention': 'monitoring.read',
  'monitoring.source': 'monitoring.read_sources',
  'monitoring.rule': 'monitoring.read',
}
