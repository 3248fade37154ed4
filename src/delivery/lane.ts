import { sql } from 'kysely'
import type { JobContext } from '../base/job.ts'
import { noteLoopError } from '../base/loop.ts'
import { sendMail } from './mail.ts'
import { type Letter, laneOf, lease, type Outcome, settle } from './outbox.ts'
import { postEvent } from './post.ts'
import { restIfDead } from './rest.ts'

export type Given = Pick<JobContext, 'db' | 'log'> & { readonly signal?: AbortSignal }

/** So many exchanges at once in this process, and in the one lane of mail; a webhook's lane takes one. */
const sideBySide = 64
const mailsAtOnce = 4
/** An exchange that is not over by then has failed: looking up, connecting, every byte of the answer. */
const deadlineMs = { mail: 30_000, webhook: 15_000 }

interface Exchange {
  readonly lane: string
  readonly webhookId: number | null
  readonly over: Promise<void>
  cut(): void
}

/** What is under way, each lane by receiver: one that hangs or drips holds up itself and nobody else. */
const busy = new Set<Exchange>()

/** Starts on what is due and does not wait for it; a killed sender's letters fall due again by their lease. */
export async function startSending(given: Given): Promise<number> {
  await freeLanes(given)
  const count = (lane: string) => [...busy].filter((one) => one.lane === lane).length
  const shut = [...new Set([...busy].map(({ lane }) => lane))].filter((lane) => lane !== 'mail' || count(lane) >= mailsAtOnce)
  const room = Math.min(mailsAtOnce, sideBySide - busy.size)
  const letters = room > 0 ? await lease(given.db, room, shut) : []
  for (const letter of letters) start(given, letter)
  return letters.length
}

/** Sends everything that is due and waits for it. */
export async function sendOutbox(given: Given): Promise<number> {
  const started = await startSending(given)
  await Promise.all([...busy].map(({ over }) => over))
  return started
}

function start(given: Given, letter: Letter): void {
  const cutting = new AbortController()
  const limits = [cutting.signal, AbortSignal.timeout(deadlineMs[letter.channel])]
  const signal = AbortSignal.any(given.signal ? [...limits, given.signal] : limits)
  const over = exchange(given, letter, signal)
    .catch((error: unknown) => noteLoopError(given.log, 'delivery.exchange', error))
    .finally(() => busy.delete(one))
  const one: Exchange = { lane: laneOf(letter), webhookId: letter.webhookId, over, cut: () => cutting.abort() }
  busy.add(one)
}

async function exchange(given: Given, letter: Letter, signal: AbortSignal): Promise<void> {
  const outcome: Outcome = await (letter.channel === 'mail' ? sendMail(letter, signal) : postEvent(letter, signal))
  // Ended from here: the letter is given back by its lease, and no receiver is blamed.
  if (!outcome.sent && given.signal?.aborted) return
  const { id, channel, tries } = letter
  if (!outcome.sent) given.log.warn({ letter: id, channel, tries, problem: outcome.problem }, 'not sent')
  await given.db.work(async (tx) => {
    await settle(tx, letter, outcome)
    if (!outcome.sent && letter.webhookId !== null) await restIfDead(tx, letter.webhookId, outcome.gone === true)
  })
}

/** A webhook that was deleted or switched off while it is spoken to is let go of at once. */
async function freeLanes({ db }: Given): Promise<void> {
  const ids = [...busy].flatMap(({ webhookId }) => (webhookId === null ? [] : [webhookId]))
  if (ids.length === 0) return
  const { rows } = await db.work((tx) =>
    sql<{ id: number }>`select id from delivery.webhook where enabled and id = any (${ids}::int[])`.execute(tx),
  )
  const open = new Set(rows.map(({ id }) => id))
  for (const one of busy) if (one.webhookId !== null && !open.has(one.webhookId)) one.cut()
}
