/** Feeds and what is written in them: bytes and strings in, entries out; no network, no clock, no database. */

export { type DateNote, type DateOptions, type Precision, parseDate, type ReadDate, saysUnknown } from './date.ts'
export { htmlToText } from './html-to-text.ts'
export { parseFeed } from './parse.ts'
export { type Problem, type ProblemCode, problemCodes } from './problem.ts'
export type { Feed, FeedEntry, FeedKind, FeedOptions } from './types.ts'
