import { decodeSentences } from '../text/decode.ts'

/** Something about a feed that a person should know; parsing went on regardless. `at` names the place: an entry or an offset. */
export interface Problem {
  readonly code: ProblemCode
  readonly zh: string
  readonly en: string
  readonly at?: string
}

const sentences = {
  ...decodeSentences,
  xml_illformed: ['XML 格式有误，已尽量读取。', 'The XML is not well-formed; as much as possible was read.'],
  xml_truncated: ['内容在中途结束，可能未下载完整。', 'The document ends in the middle; the download may be incomplete.'],
  xml_entity_declared: [
    '文档自定义了实体，出于安全未展开。',
    'The document declares its own entities; for safety they were not expanded.',
  ],
  too_deep: ['元素嵌套过深，过深部分按文字处理。', 'Elements are nested too deeply; the deepest were read as text.'],
  too_large: ['内容过大，只读取了前面的部分。', 'The document is too large; only its beginning was read.'],
  too_many_entries: ['条目过多，只读取了最新的 1,000 条。', 'There are too many entries; only the newest 1,000 were read.'],
  field_cut: ['某一字段过长，已截断。', 'A field is too long and was cut.'],
  id_shortened: ['条目的编号过长，已用其摘要代替末尾。', 'The id of an entry is too long; a digest stands for its end.'],
  json_invalid: ['JSON 格式有误，无法读取。', 'The JSON is not valid and could not be read.'],
  not_a_feed: ['这不是 RSS、Atom 或 JSON Feed。', 'This is not an RSS, Atom or JSON feed.'],
  web_page: ['这是网页，不是订阅源。', 'This is a web page, not a feed.'],
  feed_elsewhere: [
    '这是网页，不是订阅源；网页声明了它的订阅地址，可改用该地址。',
    'This is a web page, not a feed; it names the address of its feed, which can be used instead.',
  ],
  empty: ['内容为空。', 'The document is empty.'],
  no_entries: ['订阅源中没有条目。', 'The feed holds no entries.'],
  entry_without_id: ['条目没有编号，已由网址或内容生成。', 'An entry has no id; one was derived from its address or content.'],
  entry_without_date: ['条目没有日期，按收录时间计。', 'An entry has no date; it counts from when it was taken in.'],
  entry_empty: ['条目没有标题、正文和链接。', 'An entry has neither title, text nor link.'],
  id_repeated: ['多个条目使用同一编号。', 'Several entries share one id.'],
  date_unreadable: [
    '条目的日期无法识别，按收录时间计。',
    'The date of an entry could not be read; it counts from when it was taken in.',
  ],
  date_unknown: [
    '条目的日期写明为未知（如 0、1970-01-01），按收录时间计。',
    'An entry says that its date is unknown (0, 1970-01-01); it counts from when it was taken in.',
  ],
  date_zone_unknown: [
    '条目日期中的时区无法识别，已按 UTC 读取。',
    'The zone in the date of an entry is unknown; it was read as UTC.',
  ],
  date_ambiguous: [
    '条目日期的年月日顺序不明确，已按“月/日/年”或“日-月-年”推断。',
    'The order of day and month in the date of an entry is unclear; it was guessed.',
  ],
  date_in_future: ['条目的日期在未来。', 'The date of an entry lies in the future.'],
} as const satisfies Record<string, readonly [zh: string, en: string]>

export type ProblemCode = keyof typeof sentences

/** Every problem code with its sentences. */
export const problemCodes = Object.keys(sentences) as ProblemCode[]

/** At most this many problems of one code are kept, so that a bad feed cannot fill a log. */
const MAX_OF_ONE_CODE = 5

/** Collects problems, a few of each code. */
export class Problems {
  readonly list: Problem[] = []
  readonly #count = new Map<ProblemCode, number>()

  add(code: ProblemCode, at?: string): void {
    const count = (this.#count.get(code) ?? 0) + 1
    this.#count.set(code, count)
    if (count > MAX_OF_ONE_CODE) return
    const [zh, en] = sentences[code]
    this.list.push({ code, zh, en, ...(at !== undefined && { at }) })
  }

  /** Adds the code unless it is there already. */
  once(code: ProblemCode, at?: string | number): void {
    if (this.#count.has(code)) return
    this.add(code, typeof at === 'number' ? `offset ${at}` : at)
  }
}
