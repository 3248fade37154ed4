/** The labels of a judgement and the platforms, as the pages list them; test/labels.test.ts keeps them equal to the engine's. */
export const severities = [0, 1, 2, 3, 4] as const
export type Severity = (typeof severities)[number]
export const sentiments = ['negative', 'neutral', 'positive'] as const
export type Sentiment = (typeof sentiments)[number]
export const triages = ['appeal', 'misunderstanding', 'malicious', 'unclear', 'none'] as const
export type Triage = (typeof triages)[number]
export const categories = [
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
] as const
export type Category = (typeof categories)[number]
export const platforms = [
  'weibo',
  'wechat',
  'douyin',
  'kuaishou',
  'xiaohongshu',
  'bilibili',
  'zhihu',
  'tieba',
  'toutiao',
  'news',
  'forum',
  'dianping',
  'heimao',
  '12345',
  'web',
  'other',
] as const
export type Platform = (typeof platforms)[number]
