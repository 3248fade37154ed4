import type { Reason } from './types.ts'

/** What a reason says, with places for `{unit}`, `{label}`, `{words}` and numbers; by code. */
export const REASON_WORDS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  unit_alias: { zh: '提到“{words}”，即{unit}', en: 'names “{words}”, which is {unit}' },
  unit_campus: { zh: '提到院区“{words}”，属于{unit}', en: 'names the campus “{words}” of {unit}' },
  unit_doctor: { zh: '提到医生“{words}”，在{unit}', en: 'names the doctor “{words}” of {unit}' },
  unit_place_with_brand: { zh: '提到本集团和“{words}”，应指{unit}', en: 'names the group together with “{words}”: {unit}' },
  unit_place_alone: {
    zh: '只提到“{words}”和就医的事，可能指{unit}',
    en: 'names only “{words}” and a hospital visit: perhaps {unit}',
  },
  unit_department: {
    zh: '“{words}”同名多人，按科室应指{unit}',
    en: 'several doctors are called “{words}”; the department points to {unit}',
  },
  unit_listed: { zh: '与其他分院一起列出“{words}”，即{unit}', en: 'lists “{words}” beside other branches: {unit}' },
  unit_region: { zh: '提到区域“{words}”，即{unit}', en: 'names the region “{words}”: {unit}' },
  unit_brand_alone: { zh: '只提到“{words}”，没有说是哪一家，归{unit}', en: 'says only “{words}” and no branch: {unit}' },
  name_obfuscated: {
    zh: '名称“{words}”中间夹了符号，像是有意躲避',
    en: 'the name “{words}” is broken up by marks, as if to hide',
  },
  irrelevant_no_name: { zh: '没有提到本集团的名称、院区或医生', en: 'names neither the group, nor a campus, nor a doctor of it' },
  irrelevant_lookalike: { zh: '“{words}”只是字面相同，不是本集团', en: '“{words}” only looks alike and is not the group' },
  irrelevant_content: {
    zh: '虽有“{words}”，但内容不是在说本集团（把握 {probability}%）',
    en: 'has “{words}”, yet does not speak of the group ({probability} % sure)',
  },
  sentiment: { zh: '情感：{label}（把握 {probability}%）{evidence}', en: 'sentiment: {label} ({probability} % sure){evidence}' },
  category: { zh: '类别：{label}（把握 {probability}%）{evidence}', en: 'category: {label} ({probability} % sure){evidence}' },
  severity: {
    zh: '严重程度 {label} 级（把握 {probability}%）{evidence}',
    en: 'severity {label} ({probability} % sure){evidence}',
  },
  floor_weapon: {
    zh: '涉及器械伤人或威胁（“{words}”），级别不低于 {label} 级',
    en: 'tells of a weapon (“{words}”): severity {label} at least',
  },
  floor_violence: {
    zh: '涉及暴力或自伤（“{words}”），级别不低于 {label} 级',
    en: 'tells of violence or self-harm (“{words}”): severity {label} at least',
  },
  floor_death: {
    zh: '涉及死亡（“{words}”），级别不低于 {label} 级',
    en: 'tells of a death (“{words}”): severity {label} at least',
  },
  floor_injury: {
    zh: '涉及患者受到伤害或严重差错（“{words}”），级别不低于 {label} 级',
    en: 'tells of injury or a grave error (“{words}”): severity {label} at least',
  },
  floor_minor: {
    zh: '涉及未成年人受到伤害（“{words}”），级别不低于 {label} 级',
    en: 'tells of harm to a minor (“{words}”): severity {label} at least',
  },
  floor_leak: {
    zh: '涉及隐私泄露（“{words}”），级别不低于 {label} 级',
    en: 'tells of a leak of private data (“{words}”): severity {label} at least',
  },
  triage: { zh: '诉求性质：{label}（把握 {probability}%）{evidence}', en: 'triage: {label} ({probability} % sure){evidence}' },
  text_truncated: {
    zh: '正文很长，只看了前 {limit} 字',
    en: 'the text is long: only its first {limit} characters were examined',
  },
}

/** Labels in words. */
export const LABEL_WORDS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  negative: { zh: '负面', en: 'negative' },
  neutral: { zh: '中性', en: 'neutral' },
  positive: { zh: '正面', en: 'positive' },
  none: { zh: '无', en: 'none' },
  appeal: { zh: '合理诉求', en: 'a reasonable demand' },
  misunderstanding: { zh: '误解', en: 'a misunderstanding' },
  malicious: { zh: '恶意', en: 'malicious' },
  unclear: { zh: '待核实', en: 'unclear' },
  medical_safety: { zh: '医疗质量与安全', en: 'medical quality and safety' },
  dispute: { zh: '医患纠纷', en: 'dispute with patients' },
  attitude: { zh: '服务态度与沟通', en: 'attitude and communication' },
  fees: { zh: '收费与医保', en: 'fees and insurance' },
  access: { zh: '挂号候诊与流程', en: 'booking, waiting and process' },
  environment: { zh: '环境与后勤', en: 'environment and logistics' },
  privacy: { zh: '隐私与信息安全', en: 'privacy and information security' },
  integrity: { zh: '行风廉政', en: 'conduct and integrity' },
  rumour: { zh: '谣言与不实信息', en: 'rumour and untruth' },
  public_health: { zh: '公共卫生', en: 'public health' },
  staff: { zh: '内部与劳动关系', en: 'staff and labour' },
  praise: { zh: '表扬感谢', en: 'praise and thanks' },
  information: { zh: '资讯与科普', en: 'information and education' },
  irrelevant: { zh: '无关', en: 'not about the group' },
}

/** A reason as a sentence. `unitName` gives a unit's name for its code. An unknown code is said as it stands. */
export function sayReason(reason: Reason, language: 'zh' | 'en', unitName: (code: string) => string): string {
  const template = REASON_WORDS[reason.code]?.[language] ?? reason.code
  const words = [...new Set((reason.evidence ?? []).map((evidence) => evidence.term))].join(language === 'zh' ? '、' : ', ')
  const evidence = words === '' ? '' : language === 'zh' ? `:“${words}”` : `: “${words}”`
  return template.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'unit') return reason.unit === undefined ? '' : unitName(reason.unit)
    if (name === 'words') return words
    if (name === 'evidence') return evidence
    if (name === 'label') return LABEL_WORDS[reason.label ?? '']?.[language] ?? reason.label ?? ''
    const number = reason.numbers?.[name]
    return number === undefined ? '' : String(name === 'probability' ? Math.round(number * 100) : number)
  })
}
