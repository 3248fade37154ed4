import type { Words } from '../base/contract.ts'
import { fill } from '../base/error.ts'

/** What a notice may be filled with: numbers, names of units, words of the product. Never a post's words, never a person. */
export type Facts = Readonly<Record<string, string | number>>

interface Template extends Words {
  /** Somebody is waited for, so those with an address get a mail too. */
  readonly mail?: true
}

/** Every kind of notice, in both languages. Case notices need `case`, `unit` and `severity`. */
export const templates = {
  case_opened: {
    zh: '{unit}有一条“{severity}”级预警待确认（处置单 {case}）',
    en: '{unit}: a new alert, severity {severity}, waits to be acknowledged (case {case})',
    mail: true,
  },
  case_grown: {
    zh: '处置单 {case}（{unit}）已并入 {count} 条预警，仍在扩散',
    en: 'Case {case} ({unit}) has grown to {count} alerts and is still spreading',
  },
  case_raised: {
    zh: '处置单 {case}（{unit}）严重程度升为“{severity}”，时限已缩短',
    en: 'Case {case} ({unit}) is now of severity {severity}; its time limit is shorter',
    mail: true,
  },
  case_escalated: {
    zh: '处置单 {case}（{unit}，“{severity}”级）超时未处理，已升级到您这一级，请确认',
    en: 'Case {case} ({unit}, severity {severity}) ran out of time and is now with you; please acknowledge',
    mail: true,
  },
  case_left: {
    zh: '处置单 {case}（{unit}）超时未处理，已自动升级至上级',
    en: 'Case {case} ({unit}) ran out of time and was passed to the next tier',
  },
  case_passed_up: {
    zh: '处置单 {case}（{unit}，“{severity}”级）由下级上报，请确认',
    en: 'Case {case} ({unit}, severity {severity}) was passed up to you; please acknowledge',
    mail: true,
  },
  case_taken_over: {
    zh: '处置单 {case}（{unit}）已由上级接管，您仍可查看和补充记录',
    en: 'Case {case} ({unit}) was taken over by the tier above; you can still read it and add notes',
  },
  case_handed_back: {
    zh: '处置单 {case}（{unit}，“{severity}”级）已交回，请确认并继续处理',
    en: 'Case {case} ({unit}, severity {severity}) was handed back to you; please acknowledge and go on',
    mail: true,
  },
  case_reopened: {
    zh: '处置单 {case}（{unit}，“{severity}”级）已重新打开，请确认',
    en: 'Case {case} ({unit}, severity {severity}) was reopened; please acknowledge',
    mail: true,
  },
  case_reminder: {
    zh: '第 {count} 次提醒：处置单 {case}（{unit}，“{severity}”级）仍未处理',
    en: 'Reminder {count}: case {case} ({unit}, severity {severity}) still waits',
    mail: true,
  },
  case_repeated: {
    zh: '处置单 {case}（{unit}，“{severity}”级）办结或答复后又出现 {count} 次，已重新打开，请确认',
    en: 'Case {case} ({unit}, severity {severity}) was said {count} more times after it was settled and is open again; please acknowledge',
    mail: true,
  },
  case_returned: {
    zh: '处置单 {case}（{unit}，“{severity}”级）的处理人已无处置权限，请值班人员确认并继续处理',
    en: 'Whoever had case {case} ({unit}, severity {severity}) in hand no longer handles it; please acknowledge and go on',
    mail: true,
  },
  case_resumed: {
    zh: '处置单 {case}（{unit}）升级后已由下级确认，由其继续处置',
    en: 'Case {case} ({unit}), passed up to you, was acknowledged below, where it goes on',
  },
  case_lowered: {
    zh: '处置单 {case}（{unit}）经修正，严重程度降为“{severity}”，已在计时的时限不变',
    en: 'Case {case} ({unit}) was corrected down to severity {severity}; the limit that runs stays',
  },
  case_emptied: {
    zh: '处置单 {case}（{unit}）的信息已修正为与本单位无关，可据此办结',
    en: 'The posts of case {case} ({unit}) were found to be about others; you may close it so',
  },
  case_ended: {
    zh: '处置单 {case}（{unit}）的信息已修正为与本单位无关，处置单已办结',
    en: 'The posts of case {case} ({unit}) were found to be about others; the case is closed',
  },
  case_to_close: {
    zh: '处置单 {case}（{unit}）已答复，尚未办结',
    en: 'Case {case} ({unit}) is answered and not yet closed',
  },
  webhook_off: {
    zh: '{unit}的外发接口 {hook} 长时间无法送达或已失效，系统已将其停用；未送出的通知仍保留',
    en: '{unit}: webhook {hook} could not be reached for long, or is gone, and was switched off; what waits is kept',
    mail: true,
  },
  clock_jumped: {
    zh: '数据库时钟跳变 {seconds} 秒，请检查服务器的时间同步；时限已按正确时间校正',
    en: 'The clock of the database jumped by {seconds} seconds; please look at the server’s time service. What was due has been put right',
    mail: true,
  },
  case_noted: {
    zh: '处置单 {case}（{unit}）有新的处置记录',
    en: 'Case {case} ({unit}) has a new note',
  },
} satisfies Readonly<Record<string, Template>>

export type TemplateName = keyof typeof templates

/** How severe, in the words that the console uses. */
const severities: readonly Words[] = [
  { zh: '无', en: 'none' },
  { zh: '吐槽', en: 'grumble' },
  { zh: '诉求', en: 'complaint' },
  { zh: '扩散风险', en: 'may spread' },
  { zh: '危机', en: 'crisis' },
]

/** The sentences of a notice. A template of a newer program is told by its name rather than not at all. */
export function sentences(name: string, facts: Facts): Words {
  const template: Template = templates[name as TemplateName] ?? { zh: name, en: name }
  const severity = severities[Number(facts.severity)]
  const filled = (language: 'zh' | 'en') =>
    fill(template[language], { ...facts, ...(severity && { severity: severity[language] }) })
  return { zh: filled('zh'), en: filled('en') }
}
