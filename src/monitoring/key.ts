import { createHash } from 'node:crypto'
import { normalForm, textKey } from '../engines/index.ts'
import { canonicalUrl } from './address.ts'
import type { Item } from './item.ts'

/** Below this many letters two texts that are equal need not be one text said twice: “很好”, “已投诉”. */
const tellingLetters = 12

/** By what an item is known again. docs/decisions/0012-identity.md */
export interface Identity {
  /** Its number at its source or platform; without one, all that it says: who, what, where and in which minute. */
  readonly key: string
  /** Its words, so that other words under the same number are noticed. */
  readonly content: string
  /** Whether a number names it: then other words can be a later wording of the same post. */
  readonly numbered: boolean
}

export function identityOf(item: Item, sourceId: number | null): Identity {
  const { externalId, platform, author, title, text, url, dated, publishedAt } = item
  const content = digest(`${title}\n${text}`)
  if (externalId !== null) {
    const key = hash('id', sourceId === null ? platform : `source ${sourceId}`, externalId)
    return { key, content, numbered: true }
  }
  const where = url === null ? platform : canonicalUrl(url)
  return { key: hash('said', where, author, title, text, dated ? publishedAt.slice(0, 16) : ''), content, numbered: false }
}

/**
 * The key under which texts that say the same meet, and whether the text is long enough for that to mean anything. Marks, width and
 * script do not matter; a number, a person, a feeling in an emoji and a title that adds to the text do.
 */
export function sayingKey({ title, text }: Item): { key: string; tells: boolean } {
  const said = letters(text) >= tellingLetters ? text : `${title}\n${text}`
  const tells = letters(said) >= tellingLetters
  const told = said === text && title !== '' ? textKey(title) : ''
  const adds = told !== '' && !startsWith(text, title) ? told : ''
  const more = [adds, ...telling(said)]
  const key = textKey(said)
  return { key: more.every((part) => part === '') ? key : hash('saying', key, ...more), tells }
}

const repost = /\/\/@[^\s:：/]{1,40}/g
const person = /@([\p{L}\p{N}_·-]{1,30})/gu
/** A number with the marks that make it another: 3.5 is not 35, 8:30 not 830, −2 not 2. It begins where its digits begin: a long run is read once. */
const marked = /[-−+]?(?<!\d)\d+(?:[.,:/~–-]\d+)+[%‰]?|[-−]\d+[%‰]?|(?<!\d)\d+[%‰]/g
const emoji = /\p{Extended_Pictographic}/gu
const readSoFar = 20_000

/** What a key of letters leaves out although it changes what is said. */
function telling(text: string): string[] {
  const start = text.slice(0, readSoFar)
  const people = start.includes('@') ? [...start.replace(repost, ' ').matchAll(person)].map(([, name = '']) => name) : []
  const numbers = normalForm(start).match(marked) ?? []
  const feelings = [...new Set(start.match(emoji) ?? [])].sort()
  return [people.join(' '), numbers.join(' '), feelings.join('')]
}

const plain = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')
/** Platforms without titles are given the beginning of the text for one. */
const startsWith = (text: string, title: string): boolean => {
  const beginning = plain(title.replace(/(?:…|\.{3})$/, ''))
  return plain(text.slice(0, title.length * 3 + 200)).includes(beginning)
}

const letters = (text: string): number => text.slice(0, 200).replace(/[^\p{L}\p{N}]/gu, '').length

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32)
const hash = (...parts: readonly string[]): string => digest(JSON.stringify(parts))
