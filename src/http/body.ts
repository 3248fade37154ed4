import type { FastifyInstance } from 'fastify'
import type { Ask } from '../base/contract.ts'
import { baseErrors, Refusal } from '../base/error.ts'
import { parseJson, UnreadableJson } from '../base/json.ts'

/** Asks are small, unless they say otherwise in their contract (`maxBytes`). */
export const commonBytes = 64 * 1024
/** What somebody unknown may send: an account and a password. */
export const openBytes = 4 * 1024

/** Whether an ask may bring more than is worked on beside what people wait for. */
export const isLarge = ({ maxBytes = 0 }: Pick<Ask, 'maxBytes'>): boolean => maxBytes > commonBytes

/** A thousand items of a hundred fields. More would be built and looked at in the thread that answers people. */
const mostValues = 100_000

/** Bodies come as bytes. They are read as JSON only once it is clear who asks and that they may. */
export function takeBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}

export function readJson(body: unknown): unknown {
  if (!Buffer.isBuffer(body) || body.length === 0) return {}
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(body), { maxValues: mostValues })
  } catch (error) {
    throw new Refusal(baseErrors.invalid_input, {}, [{ path: '', ...wordsFor(error) }])
  }
}

function wordsFor(error: unknown) {
  if (error instanceof UnreadableJson && error.reason === 'deep')
    return { zh: '嵌套过深（最多 64 层）', en: 'nested too deep (at most 64)' }
  if (error instanceof UnreadableJson && error.reason === 'many') return { zh: '内容项过多', en: 'too many values' }
  if (error instanceof UnreadableJson) return { zh: '不是有效的 JSON', en: 'not valid JSON' }
  return { zh: '不是 UTF-8 编码', en: 'not UTF-8' }
}

/** A size as people say it. */
export const sizeOf = (bytes: number): string =>
  bytes >= 1024 * 1024 ? `${bytes / 1024 / 1024} MB` : `${Math.floor(bytes / 1024)} kB`
