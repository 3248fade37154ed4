import { parseJson } from '../base/json.ts'
import { threadTask } from '../base/thread.ts'
import { decodeBytes } from '../engines/index.ts'
import { reading } from './lane.ts'
import { type ItemProblem, problemOf, type SourceProblem } from './problem.ts'

const mostItems = 10_000
/** Ten thousand items of twenty fields: what was read here is taken over by the thread that answers people. */
const mostValues = 200_000
/** A short body is read at once; sending it to a thread would cost more. */
const shortBytes = 32 * 1024

interface Given {
  readonly at: number
  readonly value: unknown
}
interface Sent {
  readonly bytes: Uint8Array
  readonly contentType: string | undefined
}
export type WebhookBody =
  | { readonly kind: 'undecodable'; readonly why: { readonly zh: string; readonly en: string } }
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'items'
      readonly items: readonly Given[]
      readonly faults: readonly ItemProblem[]
      readonly problems: readonly SourceProblem[]
    }

/** A JSON array, one object, `{items: […]}`, or an object on each line; broken lines are told apart. Runs in a thread. */
export function readBody({ bytes, contentType }: Sent): WebhookBody {
  const { text, problems, refused } = decodeBytes(bytes, { contentType })
  if (refused) return { kind: 'undecodable', why: { zh: refused.zh, en: refused.en } }
  const whole = parse(text)
  if (whole !== undefined) {
    const inner = typeof whole === 'object' && whole !== null && 'items' in whole ? whole.items : whole
    const values = Array.isArray(inner) ? inner : [inner]
    if (typeof inner !== 'object' || inner === null || values.length > mostItems) return { kind: 'unreadable' }
    return { kind: 'items', items: values.map((value: unknown, at): Given => ({ at, value })), faults: [], problems }
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  if (lines.length > mostItems) return { kind: 'unreadable' }
  const read = lines.map((line, at): Given => ({ at, value: parse(line) }))
  const items = read.filter(({ value }) => value !== undefined)
  if (items.length === 0) return { kind: 'unreadable' }
  const broken = read.filter(({ value }) => value === undefined)
  return { kind: 'items', items, faults: broken.map(({ at }) => problemOf('not_json', at, undefined)), problems }
}

function parse(text: string): unknown {
  try {
    return parseJson(text, { maxValues: mostValues })
  } catch {
    return undefined
  }
}

const task = threadTask<typeof readBody>(new URL(import.meta.url), 'readBody')

/** Reads what a webhook was sent, beside the thread that answers people unless it is short. */
export const readBodyAside = async (sent: Sent): Promise<WebhookBody> =>
  sent.bytes.length <= shortBytes ? readBody(sent) : reading.run(task, sent, undefined, [sent.bytes])
