import { createHash } from 'node:crypto'
import { isWordUnit } from './character.ts'
import { fold } from './fold.ts'
import { normalForm } from './normal.ts'

const LINK = /https?:\/\/[\w\-./?%&=#:~+,;@!$'()*[\]]+|\b(?:t|url|dwz)\.cn\/\w+/gi
const REPOST = /转发微博|轉發微博|转发了?[:：]|网页链接|\/\/(?=@)/g
const MENTION = /@[\p{L}\p{N}_·-]{1,30}(?=[\s:：,，/@]|$)/gu
/** Below this many letters a stripped text says too little to be told apart, and the whole text counts. */
const ENOUGH = 4

/**
 * A stable key, 32 hexadecimal digits, that is equal for texts which differ only in punctuation, spaces, emoji, width, case,
 * script (traditional or simplified), links, repost marks and mentions. SHA-256 over the folded letters, cut to 128 bits: authors
 * are strangers, and nobody shall be able to hide a post behind another by a made collision.
 */
export function textKey(text: string): string {
  const stripped = letters(normalForm(text).replace(LINK, ' ').replace(REPOST, ' ').replace(MENTION, ' '))
  const whole = stripped.length >= ENOUGH ? stripped : letters(text)
  const said = whole.length > 0 ? whole : text.trim()
  return createHash('sha256').update(said, 'utf8').digest('hex').slice(0, 32)
}

function letters(text: string): string {
  const folded = fold(text).text
  let kept = ''
  let astral = false
  for (let at = 0; at < folded.length; at++) {
    const unit = folded.charCodeAt(at)
    const low = unit >= 0xdc00 && unit < 0xe000
    const keep: boolean = low ? astral : isWordUnit(unit)
    if (keep) kept += folded.charAt(at)
    astral = !low && keep && unit >= 0xd800 && unit < 0xdc00
  }
  return kept
}
