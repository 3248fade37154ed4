import { errors } from '../base/error.ts'

export const monitoringErrors = errors({
  rule_invalid: {
    status: 422,
    zh: '规则第 {position} 个字符处有误：{reason}。',
    en: 'The rule cannot be read at character {position}: {reasonEn}.',
    next: { zh: '请按提示修改后再保存，原规则未变。', en: 'Correct it there and save again; the rule was not changed.' },
  },
  rule_trial_busy: {
    status: 503,
    zh: '正在试用规则的人较多。',
    en: 'Many people are trying rules just now.',
    next: { zh: '请稍候再试；规则可以先保存。', en: 'Try again in a moment; the rule can be saved meanwhile.' },
  },
  rule_trial_replaced: {
    status: 409,
    zh: '您又试用了另一条规则，这次试用已停止。',
    en: 'You tried another rule; this trial was stopped.',
    next: { zh: '请看最近一次试用的结果。', en: 'See the result of the newest trial.' },
  },
  outside_units: {
    status: 403,
    zh: '所选单位不在您的管理范围内。',
    en: 'The chosen unit is outside what you look after.',
    next: { zh: '请选择本单位或下级单位。', en: 'Choose your own unit or one below it.' },
  },
  source_unit_fixed: {
    status: 422,
    zh: '来源的所属单位和类型不能更改。',
    en: 'The unit and kind of a source cannot be changed.',
    next: { zh: '请新建一个来源，再停用原来的。', en: 'Make a new source and pause this one.' },
  },
  source_not_fetched: {
    status: 409,
    zh: '这个来源不是正在启用的订阅源，无法立即抓取。',
    en: 'This source is not an enabled feed, so it cannot be fetched now.',
    next: { zh: '请先启用；推送与文件来源由对方送入。', en: 'Enable it first; webhooks and files are sent by the other side.' },
  },
  source_paused: {
    status: 409,
    zh: '这个来源已停用，未收录任何内容。',
    en: 'This source is paused; nothing was taken in.',
    next: { zh: '请来源管理员启用后重新发送。', en: 'Ask whoever looks after the source to enable it, then send again.' },
  },
  signature_wrong: {
    status: 401,
    zh: '签名无效或已过期。',
    en: 'The signature is wrong or too old.',
    next: {
      zh: '签名须覆盖“时间戳.请求正文”：取 x-anlan-timestamp 的值（十进制秒，误差不超过 5 分钟）、一个英文句点和正文原始字节，以密钥计算 HMAC-SHA256，写成 x-anlan-signature: sha256=十六进制。只签正文的旧写法不再接受。',
      en: 'Sign “timestamp.body”: the value of x-anlan-timestamp (plain seconds, within 5 minutes), a full stop and the bytes of the body, HMAC-SHA256 with the secret, sent as x-anlan-signature: sha256=<hex>. Signatures over the body alone are no longer taken.',
    },
  },
  webhook_replayed: {
    status: 409,
    zh: '这个签名已经用过，本次未收录。',
    en: 'This signature was used before; nothing was taken in this time.',
    next: {
      zh: '重发时请用新的时间戳重新签名；已收录的条目不会重复。',
      en: 'Sign again with a new timestamp to send again; what was taken in is not doubled.',
    },
  },
  items_stopped: {
    status: 422,
    zh: '内容未能处理：{reason}',
    en: 'The content could not be processed: {reasonEn}',
    next: { zh: '请减少条数或缩短内容，分批提交。', en: 'Send fewer or shorter items at a time.' },
  },
  body_undecodable: {
    status: 422,
    zh: '请求正文无法解码：{reason}',
    en: 'The body cannot be decoded: {reasonEn}',
    next: { zh: '请以 UTF-8（或 GB18030）编码发送 JSON。', en: 'Send JSON in UTF-8 (or GB 18030).' },
  },
  body_unreadable: {
    status: 422,
    zh: '请求正文不是 JSON 数组、对象或 JSON Lines。',
    en: 'The body is neither a JSON array or object nor JSON Lines.',
    next: { zh: '请以 UTF-8 编码发送 JSON，每批不超过 10000 条。', en: 'Send JSON in UTF-8, at most 10,000 items at a time.' },
  },
  source_no_webhook: {
    status: 409,
    zh: '只有推送接口才有密钥。',
    en: 'Only a webhook has a secret.',
    next: { zh: '请选择类型为“推送接口”的来源。', en: 'Choose a source that is a webhook.' },
  },
  file_unreadable: {
    status: 422,
    zh: '文件无法读取：{reason}',
    en: 'The file cannot be read: {reasonEn}',
    next: {
      zh: '可用 Excel（.xlsx）、CSV、JSON 数组或每行一条的 JSON；也可先下载模板填写。',
      en: 'Excel (.xlsx), CSV, a JSON array or one JSON object a line can be read; the template is a good start.',
    },
  },
  range_too_long: {
    status: 422,
    zh: '时间范围过长：按小时最多 {hours} 天，按日最多 {days} 天。',
    en: 'The range is too long: at most {hours} days by the hour, {days} days by the day.',
    next: { zh: '请缩短范围或改为按日查看。', en: 'Choose a shorter range, or look by the day.' },
  },
})

/** Why a single item was not taken in. The others of its batch are not affected. */
export const itemFaults = {
  not_an_object: { zh: '不是一条信息（应为 JSON 对象）', en: 'not an item (a JSON object is expected)' },
  nothing_said: { zh: '标题和正文都是空的', en: 'neither title nor text' },
  outside_scope: { zh: '涉及您权限范围以外的单位', en: 'it concerns a unit outside what you may take in for' },
  not_json: { zh: '不是有效的 JSON', en: 'not valid JSON' },
} as const

/** What was cut or supposed of an item that was taken in. */
export const itemNotes = {
  text_cut: { zh: '正文超过 10 万字，已截断', en: 'the text is longer than 100,000 characters and was cut' },
  title_cut: { zh: '标题超过 500 字，已截断', en: 'the title is longer than 500 characters and was cut' },
  date_unreadable: { zh: '发布时间无法识别，按收录时间计', en: 'the date cannot be read; the time of intake counts' },
  date_says_nothing: { zh: '发布时间是空值，按收录时间计', en: 'the date says nothing; the time of intake counts' },
  date_in_future: { zh: '发布时间在未来，按收录时间计', en: 'the date lies in the future; the time of intake counts' },
  id_rounded: {
    zh: '编号已被表格或程序四舍五入，改按内容识别',
    en: 'the id was rounded by a spreadsheet or program; the content tells the item apart',
  },
  platform_unknown: { zh: '平台名称无法识别，归入“其他”', en: 'the platform is not known and counts as “other”' },
  url_unreadable: { zh: '链接不是网页地址，已略去', en: 'the link is no address of a page and was left out' },
  count_unreadable: { zh: '互动数无法识别，按 0 计', en: 'a count cannot be read and counts as 0' },
} as const

export type ItemFaultCode = keyof typeof itemFaults
export type ItemNoteCode = keyof typeof itemNotes
