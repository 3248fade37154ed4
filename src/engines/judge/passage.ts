import { type Folded, fold, sourceSpan } from '../text/fold.ts'
import type { Evidence, JudgeItem } from './types.ts'

/** So many characters of a text are examined, and of an author's name and a title. What comes later plays no part. */
export const TEXT_CAP = 20_000
const LINE_CAP = 500

/** An item as one folded text: author, title and text, with a line end between. */
export interface Passage {
  readonly folded: Folded
  /** The joined source. */
  readonly source: string
  /** Where title and text begin in the folded text. */
  readonly title: number
  readonly text: number
  /** Where they begin in the joined source. */
  readonly titleSource: number
  readonly textSource: number
  readonly truncated: boolean
}

export function passageOf(item: JudgeItem): Passage {
  const author = cut(item.author, LINE_CAP)
  const title = cut(item.title, LINE_CAP)
  const text = blankAddresses(cut(item.text, TEXT_CAP))
  const source = `${author}\n${title}\n${text}`
  const folded = fold(source)
  const titleSource = author.length + 1
  const textSource = titleSource + title.length + 1
  return {
    folded,
    source,
    title: firstAt(folded, titleSource),
    text: firstAt(folded, textSource),
    titleSource,
    textSource,
    truncated: text.length < item.text.length,
  }
}

/** What a link is called says nothing of the matter; blanks keep every other character in its place. */
const blankAddresses = (text: string): string => text.replace(/https?:\/\/[\x21-\x7e]+/g, (link) => ' '.repeat(link.length))

const cut = (text: string, cap: number): string => (text.length > cap ? text.slice(0, cap) : text)

function firstAt(folded: Folded, source: number): number {
  let low = 0
  let high = folded.starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (folded.starts[middle]! < source) low = middle + 1
    else high = middle
  }
  return low
}

/** The stretch of the original field that a folded stretch stands for. */
export function evidenceAt(passage: Passage, start: number, end: number): Evidence {
  const { folded } = passage
  const span = sourceSpan(folded, start, end)
  const term = folded.text.slice(start, end)
  if (start >= passage.text)
    return { field: 'text', start: span.start - passage.textSource, end: span.end - passage.textSource, term }
  if (start >= passage.title)
    return { field: 'title', start: span.start - passage.titleSource, end: span.end - passage.titleSource, term }
  return { field: 'author', start: span.start, end: span.end, term }
}
