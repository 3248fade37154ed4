import { errors } from '../base/error.ts'

export const responseErrors = errors({
  case_moved_on: {
    status: 409,
    zh: '处置单目前的状态不能这样操作，未作更改。',
    en: 'The case is no longer in a state in which this can be done; nothing was changed.',
    next: { zh: '请刷新后查看处置过程。', en: 'Reload and look at its timeline.' },
  },
  case_held_above: {
    status: 403,
    zh: '该处置单已由上级处置，您可查看并添加记录。',
    en: 'A tier above holds this case; you may read it and add notes, but not act on it.',
    next: { zh: '请联系接手的上级，或请其交回。', en: 'Talk to the tier that holds it, or ask for it to be handed back.' },
  },
  close_needs_words: {
    status: 422,
    zh: '尚未登记答复，或结论需要说明，未办结。',
    en: 'Nothing was answered, or this outcome needs a reason; the case was not closed.',
    next: { zh: '请先登记答复，或写明办结理由。', en: 'Record the answer first, or say why it is closed.' },
  },
  nobody_on_duty: {
    status: 409,
    zh: '该机构目前没有可处置预警的值班人员，未交回。',
    en: 'Nobody at that unit can handle cases now; it was not handed back.',
    next: { zh: '请先由安全管理员为该机构授权值班人员。', en: 'Have the security administrator grant somebody there first.' },
  },
  already_in_case: {
    status: 409,
    zh: '这条信息已在处置单 {case} 中。',
    en: 'This mention already belongs to case {case}.',
    next: { zh: '请打开该处置单处理。', en: 'Open that case.' },
  },
})
