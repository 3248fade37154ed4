import { contextSigns, type Sign } from './context.ts'
import type { Features } from './features.ts'
import type { Names } from './group.ts'
import { findMentions, type Mention } from './mention.ts'
import { type Passage, passageOf } from './passage.ts'
import type { JudgeItem } from './types.ts'

/** What is seen in an item before anything is decided. */
export interface Examined {
  readonly passage: Passage
  readonly mentions: Mention[]
  readonly lookalikes: Mention[]
  readonly signs: Sign[]
}

/** Folds an item, finds the group's names and draws its features into `features`. */
export function examine(item: JudgeItem, names: Names, features: Features): Examined {
  const passage = passageOf(item)
  const { mentions, lookalikes } = findMentions(passage, names)
  const signs = contextSigns(passage, mentions)
  features.draw(passage, mentions, lookalikes, signs, item)
  return { passage, mentions, lookalikes, signs }
}
