import { z } from 'zod'
import { UnitRef } from '../access/contract.ts'
import { ask, contract, Id, LongId, Moment, PageInput, Seen } from '../base/contract.ts'

export const Sentiment = z.enum(['negative', 'neutral', 'positive'])
export const Category = z.enum([
  'medical_safety',
  'dispute',
  'attitude',
  'fees',
  'access',
  'environment',
  'privacy',
  'integrity',
  'rumour',
  'public_health',
  'staff',
  'praise',
  'information',
  'irrelevant',
])
export const Triage = z.enum(['appeal', 'misunderstanding', 'malicious', 'unclear', 'none'])
export const Severity = z.int().min(0).max(4)
export const Platform = z.string().regex(/^[a-z0-9_.-]{1,32}$/)
export const PostKind = z.string().regex(/^[a-z_]{1,32}$/)

/** An item as files and webhooks bring it in. Only a text or a title is required; the rest is taken as far as it is there. */
export const Item = z.object({
  id: z.union([z.string().max(500), z.number()]).nullish(),
  platform: z.string().max(64).nullish(),
  kind: z.string().max(64).nullish(),
  author: z.string().max(500).nullish(),
  published_at: z.union([z.string().max(100), z.number()]).nullish(),
  title: z.string().nullish(),
  text: z.string().nullish(),
  url: z.string().max(4000).nullish(),
  engagement: z.record(z.string(), z.unknown()).nullish(),
})
export type Item = z.output<typeof Item>

export const Engagement = z.object({ likes: z.int(), comments: z.int(), shares: z.int(), followers: z.int() })

/** Why the judgement came out so; `code` has its words in `engines` and in the pages. */
export const Reason = z.object({
  code: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  zh: z.string(),
  en: z.string(),
})

/** One post as it concerns one unit: the only way to the text. */
export const Mention = z.object({
  id: LongId,
  postId: LongId,
  unit: UnitRef,
  platform: z.string(),
  kind: z.string(),
  author: z.string(),
  title: z.string(),
  excerpt: z.string(),
  url: z.string().nullable(),
  publishedAt: Moment,
  takenInAt: Moment,
  sentiment: Sentiment,
  category: Category,
  severity: Severity,
  triage: Triage,
  /** How often it was said: this post and its repeats. */
  heat: z.int(),
  /** Names of the keyword rules that matched. */
  rules: z.array(z.string()),
  corrected: z.boolean(),
  demo: z.boolean(),
})
export type Mention = z.output<typeof Mention>

export const MentionDetail = Mention.extend({
  text: z.string(),
  engagement: Engagement,
  source: z.string().nullable(),
  also: z.array(Category),
  reasons: z.array(Reason),
  /** Spans of rules in `title` and `text`, UTF-16 offsets, end exclusive. */
  spans: z.array(z.object({ rule: z.string(), field: z.enum(['title', 'text', 'author']), start: z.int(), end: z.int() })),
  repeats: z.array(
    z.object({ postId: LongId, platform: z.string(), author: z.string(), url: z.string().nullable(), publishedAt: Moment }),
  ),
  /** The same post's mentions of other units that this person may see. */
  siblings: z.array(z.object({ id: LongId, unit: UnitRef })),
  /** What the post said before, newest first; `at` is when other words came in its place. */
  wordings: z.array(z.object({ at: Moment, title: z.string(), text: z.string(), severity: Severity })),
  corrections: z.array(
    z.object({ at: Moment, person: z.string(), field: z.string(), from: z.string(), to: z.string(), reason: z.string() }),
  ),
  abilities: z.object({ correct: z.boolean(), openCase: z.boolean() }),
})
export type MentionDetail = z.output<typeof MentionDetail>

/** What a person makes of a mention. What is left out stays. */
export const Correction = z.object({
  sentiment: Sentiment.optional(),
  category: Category.optional(),
  severity: Severity.optional(),
  triage: Triage.optional(),
  /** The units that the post is really about, in place of the mention's: one's own and those below it. */
  unitIds: z.array(Id).min(1).max(50).optional(),
  /** It is not about this group; the rest is then set accordingly. */
  notOurs: z.literal(true).optional(),
  /** Needed with `unitIds`, `notOurs` and a lower severity. */
  reason: z.string().trim().max(1000).default(''),
})

/** What narrows a list, a search, a count or a trend. All of it can stand in a URL. */
export const MentionFilter = z.object({
  search: z.string().trim().max(100).optional(),
  unitId: Id.optional(),
  sentiment: Sentiment.optional(),
  category: Category.optional(),
  platform: z.string().max(64).optional(),
  minSeverity: Severity.optional(),
  triage: Triage.optional(),
  ruleId: Id.optional(),
  since: Moment.optional(),
  until: Moment.optional(),
})
export type MentionFilter = z.output<typeof MentionFilter>

export const RuleFault = z.object({ code: z.string(), position: z.int(), zh: z.string(), en: z.string() })
export const Rule = z.object({
  id: Id,
  name: z.string(),
  expression: z.string(),
  unit: UnitRef,
  /** Mentions that match are at least this severe; 0 leaves the judgement alone. */
  severityFloor: Severity,
  enabled: z.boolean(),
  /** Mentions matched in the last 30 days that the person asking may see. */
  matched: z.int(),
  /** Texts on which it was stopped since it was written so, because matching it took too many steps. */
  stopped: z.int(),
  stoppedAt: Moment.nullable(),
  updatedAt: Moment,
  abilities: z.object({ edit: z.boolean() }),
})
export type Rule = z.output<typeof Rule>

export const SourceKind = z.enum(['feed', 'webhook', 'file'])
export const SourceState = z.enum(['healthy', 'late', 'failing', 'paused', 'waiting'])
export const Source = z.object({
  id: Id,
  name: z.string(),
  kind: SourceKind,
  url: z.string().nullable(),
  platform: z.string(),
  unit: UnitRef,
  /** How often a feed is polled. */
  intervalSeconds: z.int(),
  enabled: z.boolean(),
  state: SourceState,
  lastFetchedAt: Moment.nullable(),
  lastChangedAt: Moment.nullable(),
  nextFetchAt: Moment.nullable(),
  lastItemAt: Moment.nullable(),
  failures: z.int(),
  /** `at`: an address that belongs to it: where the feed is, where it was. */
  problem: z.object({ code: z.string(), zh: z.string(), en: z.string(), at: z.string().optional() }).nullable(),
  taken: z.object({ new: z.int(), repeated: z.int(), updated: z.int(), irrelevant: z.int(), refused: z.int() }),
  demo: z.boolean(),
  /** When somebody last changed it, or it moved for good; being fetched is no change. */
  updatedAt: Moment,
  abilities: z.object({ edit: z.boolean() }),
})
export type Source = z.output<typeof Source>

/** What a column of a table can hold. */
export const ItemField = z.enum([
  ...(['title', 'text', 'url', 'published_at', 'author', 'platform', 'id', 'kind'] as const),
  ...(['likes', 'comments', 'shares', 'followers'] as const),
])

/** What was refused, cut or supposed of an item; `at` is its place in what was sent, from 0. */
export const ItemProblem = z.object({
  ...{ at: z.int(), code: z.string(), item: z.string().nullable(), detail: z.string(), zh: z.string(), en: z.string() },
})

export const Bucket = z.object({ at: Moment, negative: z.int(), neutral: z.int(), positive: z.int() })

export const monitoring = contract({
  'monitoring.list_mentions': ask({
    summary: { zh: '舆情信息流', en: 'The stream of mentions' },
    right: 'monitoring.read',
    input: MentionFilter.extend({ ...PageInput.shape }),
    output: z.object({ mentions: z.array(Mention), next: z.string().nullable() }),
  }),
  'monitoring.count_mentions': ask({
    summary: { zh: '信息条数（不超过上限）', en: 'How many mentions, counted up to a bound' },
    right: 'monitoring.read',
    input: MentionFilter,
    output: z.object({ count: z.int(), bounded: z.boolean() }),
  }),
  'monitoring.get_mention': ask({
    summary: { zh: '一条信息', en: 'One mention' },
    right: 'monitoring.read',
    input: z.object({ id: LongId }),
    output: MentionDetail,
    subject: (input) => `mention:${input.id}`,
  }),
  'monitoring.correct_mention': ask({
    summary: { zh: '修正研判', en: 'Correct a judgement' },
    right: 'monitoring.correct',
    writes: true,
    input: Correction.extend({ id: LongId }),
    output: z.object({ id: LongId }),
    subject: (input) => `mention:${input.id}`,
  }),
  'monitoring.correct_mentions': ask({
    summary: { zh: '批量修正研判', en: 'Correct many judgements at once' },
    right: 'monitoring.correct',
    writes: true,
    input: Correction.extend({ ids: z.array(LongId).min(1).max(200) }),
    output: z.object({ ids: z.array(LongId) }),
    subject: (input) => `mention:${input.ids[0]}${input.ids.length > 1 ? ` +${input.ids.length - 1}` : ''}`,
  }),
  'monitoring.get_trend': ask({
    summary: { zh: '声量与情感趋势', en: 'Volume and sentiment over time' },
    right: 'monitoring.read',
    input: z.object({ since: Moment, until: Moment, grain: z.enum(['hour', 'day']), unitId: Id.optional() }),
    output: z.array(Bucket),
  }),
  'monitoring.get_shares': ask({
    summary: { zh: '按来源、类别或机构的分布', en: 'Shares by platform, category or unit' },
    right: 'monitoring.read',
    input: z.object({ by: z.enum(['platform', 'category', 'unit']), since: Moment, until: Moment, unitId: Id.optional() }),
    output: z.array(
      z.object({
        key: z.string(),
        name: z.string().nullable(),
        negative: z.int(),
        neutral: z.int(),
        positive: z.int(),
        total: z.int(),
      }),
    ),
  }),
  'monitoring.list_rules': ask({
    summary: { zh: '监测规则', en: 'Keyword rules' },
    right: 'monitoring.read',
    input: z.object({}),
    output: z.array(Rule),
  }),
  'monitoring.check_rule': ask({
    summary: { zh: '试运行规则', en: 'Try a rule on recent mentions' },
    right: 'monitoring.read',
    heavy: true,
    input: z.object({ expression: z.string().max(2000), days: z.int().min(1).max(30).default(7) }),
    output: z.object({
      fault: RuleFault.nullable(),
      examined: z.int(),
      matched: z.int(),
      examples: z.array(
        z.object({
          id: LongId,
          title: z.string(),
          excerpt: z.string(),
          spans: z.array(z.object({ field: z.string(), start: z.int(), end: z.int() })),
        }),
      ),
    }),
  }),
  'monitoring.save_rule': ask({
    summary: { zh: '新建或修改规则', en: 'Make or change a rule' },
    right: 'monitoring.manage_rules',
    writes: true,
    input: z.object({
      id: Id.optional(),
      name: z.string().trim().min(1).max(60),
      expression: z.string().trim().min(1).max(2000),
      unitId: Id,
      severityFloor: Severity.default(0),
      enabled: z.boolean().default(true),
      seen: Seen,
    }),
    output: z.object({ id: Id }),
    subject: (input) => `rule:${input.id ?? 'new'}`,
  }),
  'monitoring.delete_rule': ask({
    summary: { zh: '删除规则', en: 'Delete a rule' },
    right: 'monitoring.manage_rules',
    writes: true,
    input: z.object({ id: Id }),
    output: z.object({ id: Id }),
    subject: (input) => `rule:${input.id}`,
  }),
  'monitoring.list_sources': ask({
    summary: { zh: '监测来源', en: 'Sources' },
    right: 'monitoring.read_sources',
    input: z.object({}),
    output: z.array(Source),
  }),
  'monitoring.save_source': ask({
    summary: { zh: '新建或修改来源', en: 'Make or change a source' },
    right: 'monitoring.manage_sources',
    writes: true,
    input: z.object({
      id: Id.optional(),
      name: z.string().trim().min(1).max(60),
      kind: SourceKind,
      url: z.string().trim().max(2000).nullable().default(null),
      platform: Platform.default('news'),
      unitId: Id,
      intervalSeconds: z.int().min(10).max(86_400).default(300),
      enabled: z.boolean().default(true),
      seen: Seen,
    }),
    /** The secret of a new webhook is told once, here. */
    output: z.object({ id: Id, webhookSecret: z.string().nullable() }),
    subject: (input) => `source:${input.id ?? 'new'}`,
  }),
  'monitoring.renew_secret': ask({
    summary: { zh: '重新生成推送接口密钥', en: 'Make a new secret for a webhook' },
    right: 'monitoring.manage_sources',
    writes: true,
    input: z.object({ id: Id }),
    /** Told once, here. The secret before holds for another 24 hours. */
    output: z.object({ id: Id, webhookSecret: z.string() }),
    subject: (input) => `source:${input.id}`,
  }),
  'monitoring.delete_source': ask({
    summary: { zh: '删除来源（已收录的信息保留）', en: 'Delete a source; what it brought in stays' },
    right: 'monitoring.manage_sources',
    writes: true,
    input: z.object({ id: Id }),
    output: z.object({ id: Id }),
    subject: (input) => `source:${input.id}`,
  }),
  'monitoring.fetch_source': ask({
    summary: { zh: '立即抓取', en: 'Fetch a source now' },
    right: 'monitoring.manage_sources',
    writes: true,
    input: z.object({ id: Id }),
    output: z.object({ id: Id }),
    subject: (input) => `source:${input.id}`,
  }),
  'monitoring.list_problems': ask({
    summary: { zh: '来源的问题记录', en: 'What was refused, cut or supposed of a source’s items' },
    right: 'monitoring.read_sources',
    input: z.object({ sourceId: Id, code: z.string().max(64).optional() }),
    output: z.object({
      counts: z.array(z.object({ code: z.string(), zh: z.string(), en: z.string(), total: z.int(), lastAt: Moment })),
      problems: z.array(
        z.object({
          id: LongId,
          ...{ code: z.string(), zh: z.string(), en: z.string() },
          /** The number or address of the item, or its place in what was sent. */
          item: z.string(),
          detail: z.string(),
          times: z.int(),
          ...{ firstAt: Moment, lastAt: Moment },
        }),
      ),
    }),
    subject: (input) => `source:${input.sourceId}`,
  }),
  'monitoring.read_file': ask({
    summary: { zh: '读取待导入的文件', en: 'Read a file of items: Excel, CSV, JSON' },
    right: 'monitoring.intake',
    maxBytes: 16 * 1024 * 1024,
    input: z.object({ base64: z.base64().max(14_000_000) }),
    output: z.object({
      /** Of a table: its columns, its rows, and which column seems to hold which field of an item. */
      columns: z.array(z.string()),
      rows: z.array(z.object({ line: z.int(), cells: z.array(z.string()) })),
      map: z.partialRecord(ItemField, z.int()),
      /** Of JSON: its items, and the lines that are none. */
      items: z.array(z.object({ line: z.int(), value: z.unknown() })),
      broken: z.array(z.int()),
      notes: z.array(z.object({ zh: z.string(), en: z.string() })),
    }),
  }),
  'monitoring.try_items': ask({
    summary: { zh: '导入前预览', en: 'What would come of items, without taking them in' },
    right: 'monitoring.intake',
    maxBytes: 16 * 1024 * 1024,
    input: z.object({ items: z.array(z.unknown()).min(1).max(1000) }),
    output: z.object({
      /** How many can be read, and how many of these are older than three days. */
      ...{ read: z.int(), old: z.int() },
      ...{ refused: z.array(ItemProblem), noted: z.array(ItemProblem) },
      /** The first items as they are understood. */
      shown: z.array(
        z.object({
          ...{ platform: z.string(), author: z.string(), title: z.string(), text: z.string(), url: z.string().nullable() },
          ...{ publishedAt: Moment, dated: z.boolean(), likes: z.int() },
        }),
      ),
    }),
  }),
  'monitoring.take_in': ask({
    summary: { zh: '导入信息（JSON）', en: 'Take items in' },
    right: 'monitoring.intake',
    writes: true,
    maxBytes: 16 * 1024 * 1024,
    input: z.object({
      items: z.array(z.unknown()).min(1).max(1000),
      /** Whom what is severe calls: `recent` leaves alone what was published more than three days ago. */
      alert: z.enum(['all', 'recent', 'none']).default('recent'),
    }),
    output: z.object({
      ...{ new: z.int(), repeated: z.int(), updated: z.int(), irrelevant: z.int() },
      ...{ refused: z.array(ItemProblem), noted: z.array(ItemProblem) },
    }),
  }),
})
