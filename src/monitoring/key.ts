import { createHash } from 'node:crypto'
import { textKey } from '../engines/index.ts'
import type { Item } from './item.ts'

/** Below this many letters two texts that are equal need not be one text said twice: “很好”, “已投诉”. */
const tellingLetters = 12

const tracking =
  /^(?:utm_\w+|spm|scm|from|from_source|source|share_\w+|shareuid|share|fbclid|gclid|yclid|msclkid|mc_cid|mc_eid|wfr|isappinstalled|chksm|scene|xhsshare|app_platform|apptime|timestamp|vd_source|bbid|ts|sudaref|_t)$/i

/** An address without what only says how somebody came to it: the same page has one canonical address. */
export function canonicalUrl(address: string): string {
  const url = new URL(address)
  const kept = [...url.searchParams].filter(([name]) => !tracking.test(name)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  const query = new URLSearchParams(kept).toString()
  return `${url.host.toLowerCase()}${url.pathname.replace(/\/+$/, '')}${query ? `?${query}` : ''}`
}

/**
 * What makes an item this post: its number at its source or platform, else its address, else who said what in which minute.
 * An item without a usable date is told by author and words alone, so that a feed without dates does not bring it twice.
 */
export function intakeKey(item: Item, sourceId: number | null): string {
  if (item.externalId !== null) return hash('id', sourceId === null ? item.platform : `source ${sourceId}`, item.externalId)
  if (item.url !== null && /^https?:\/\/[^/]+\/[^?]*[^/?]|\?/.test(item.url)) return hash('url', canonicalUrl(item.url))
  return hash('said', item.platform, item.author, item.title, item.text, item.dated ? item.publishedAt.slice(0, 16) : '')
}

/** The key under which texts that say the same meet, and whether the text is long enough for that to mean anything. */
export function sayingKey({ title, text }: Item): { key: string; tells: boolean } {
  const said = letters(text) >= tellingLetters ? text : `${title}\n${text}`
  return { key: textKey(said), tells: letters(said) >= tellingLetters }
}

const letters = (text: string): number => text.slice(0, 200).replace(/[^\p{L}\p{N}]/gu, '').length

const hash = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)
