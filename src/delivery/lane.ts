import { sql } from 'kysely'
import type { JobContext } from '../base/job.ts'
import { isConnectionLost, noteLoopError, pause } from '../base/loop.ts'
import { orCut } from './cut.ts'
import { sendMail } from './mail.ts'
import { type Letter, laneOf, lease, type Outcome, settle } from './outbox.ts'
import { postEvent } from './post.ts'
import { restIfDead } from './rest.ts'

export type Given = Pick<JobContext, 'db' | 'log'> & { readonly signal?: AbortSignal }

/**
 * So many exchanges with webhooks at once in this process, one in the lane of each; those that did not arrive last time take half of the
 * places at most, so that however many receivers are dead, there is room for the others. Mail has places of its own.
 */
const sideBySide = 64
const forFailing = sideBySide / 2
const mailsAtOnce = 4
/** So many letters are taken in one transaction. */
const atOnce = 4
/** An exchange that is not over by then has failed: looking up, connecting, every byte of the answer. */
const deadlineMs = { mail: 30_000, webhook: 15_000 }

interface Exchange {
  readonly lane: string
  readonly webhookId: number | null
  readonly failing: boolean
  readonly over: Promise<void>
  cut(): void
}

/** What is under way, each lane by receiver: one that hangs or drips holds up itself and nobody else. */
const busy = new Set<Exchange>()

/** Starts on what is due and does not wait for it; a killed sender's letters fall due again by their lease. */
export async function startSending(given: Given): Promise<number> {
  await freeLanes(given)
  const hooks = [...busy].filter(({ webhookId }) => webhookId !== null)
  const letters = await lease(given.db, atOnce, {
    lanes: hooks.map(({ lane }) => lane),
    webhooks: hooks.length > sideBySide - atOnce,
    failing: hooks.filter(({ failing }) => failing).length > forFailing - atOnce,
    mails: mailsAtOnce - (busy.size - hooks.length),
  })
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
  const { webhookId, failing } = letter
  const one: Exchange = { lane: laneOf(letter), webhookId, failing, over, cut: () => cutting.abort() }
  busy.add(one)
}

/** So often is it tried to write down how a letter went while the database is away: as long as the lease lasts. */
const settleTries = 60

async function exchange(given: Given, letter: Letter, signal: AbortSignal): Promise<void> {
  const sending = letter.channel === 'mail' ? sendMail(letter, signal) : postEvent(letter, signal)
  const outcome: Outcome = await orCut(sending, signal).catch((error: unknown) => {
    if (signal.aborted) return { sent: false, problem: 'deadline' }
    noteLoopError(given.log, 'delivery.exchange', error)
    return { sent: false, problem: 'unexpected' }
  })
  // Ended from here: the letter is given back by its lease, and no receiver is blamed.
  if (!outcome.sent && given.signal?.aborted) return
  const { id, channel, tries } = letter
  if (!outcome.sent) given.log.warn({ letter: id, channel, tries, problem: outcome.problem }, 'not sent')
  for (let left = settleTries; ; left--) {
    try {
      return await given.db.work(async (tx) => {
        await settle(tx, letter, outcome)
        if (!outcome.sent && letter.webhookId !== null) await restIfDead(tx, letter.webhookId, outcome.gone === true)
      })
    } catch (error) {
      // What arrived while the database was away would be sent once more.
      if (left <= 0 || given.signal?.aborted || !isConnectionLost(error)) throw error
      await pause(500, given.signal ?? AbortSignal.timeout(30_000))
    }
  }
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
