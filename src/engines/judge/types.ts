/** A unit of the group, as a group file lists it. */
export interface GroupUnit {
  readonly code: string
  readonly name: string
  readonly kind: 'headquarters' | 'region' | 'branch'
  readonly parent: string | null
  readonly aliases?: readonly string[] | undefined
  readonly city?: string | undefined
  readonly campus?: string | undefined
  readonly doctors?: readonly { readonly name: string; readonly department: string }[] | undefined
}

/** A group file: the units whose name is listened for. */
export interface Group {
  readonly name: string
  /** The word that all units' names share; found from the names when it is left out. */
  readonly brand?: string | undefined
  readonly units: readonly GroupUnit[]
}

/** What is judged. Missing fields are empty strings. */
export interface JudgeItem {
  readonly platform: string
  readonly kind: string
  readonly author: string
  readonly title: string
  readonly text: string
}

export const SENTIMENTS = ['negative', 'neutral', 'positive'] as const
export const TRIAGES = ['none', 'appeal', 'misunderstanding', 'malicious', 'unclear'] as const
export const CATEGORIES = [
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
export type Sentiment = (typeof SENTIMENTS)[number]
export type Triage = (typeof TRIAGES)[number]
export type Category = (typeof CATEGORIES)[number]
export type Severity = 0 | 1 | 2 | 3 | 4

/** A stretch of a field, in UTF-16 code units of the original. */
export interface Evidence {
  readonly field: 'author' | 'title' | 'text'
  readonly start: number
  readonly end: number
  readonly term: string
}

/** Why a part of a judgement is as it is; `reasons.ts` puts it in words. */
export interface Reason {
  /** A stable code such as `unit_alias` or `severity_death`. */
  readonly code: string
  /** The unit that a unit reason speaks of. */
  readonly unit?: string
  /** The label that the reason speaks for. */
  readonly label?: string
  readonly evidence?: readonly Evidence[]
  /** Numbers that the words show: a probability from 0 to 1, a count, a limit. */
  readonly numbers?: Readonly<Record<string, number>>
}

export interface Judgement {
  readonly relevant: boolean
  /** Codes from the group file; empty when not relevant. */
  readonly units: string[]
  readonly sentiment: Sentiment
  readonly category: Category
  readonly also: Category[]
  readonly severity: Severity
  readonly triage: Triage
  readonly reasons: Reason[]
}

/** Judges items; a later engine may replace the one that ships. */
export interface JudgeEngine {
  readonly name: string
  judge(item: JudgeItem): Judgement
}
