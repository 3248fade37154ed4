import { Agent, request } from 'undici'
import { type AllowPrivate, checkUrl, guardedLookup } from '../base/fetch-guard.ts'
import { orCut } from './cut.ts'
import type { Letter, Outcome } from './outbox.ts'
import { linkTo, readSettings } from './settings.ts'
import { sign } from './sign.ts'

/** Hosts inside the own network that the operator named. */
export function allowedInside(): AllowPrivate {
  const { ANLAN_FETCH_PRIVATE: named } = readSettings()
  return (host, port) => named.includes(host) || named.includes(`${host}:${port}`)
}

/** Sends an event to a webhook, signed. Redirects are not followed: who was given the secret is who gets the body. */
export async function postEvent(letter: Letter, signal: AbortSignal): Promise<Outcome> {
  if (!letter.url || !letter.secret) return { sent: false, problem: 'switched_off' }
  const { kind: event, sequence, facts, at } = letter
  const body = JSON.stringify({ ...facts, event, sequence, at, url: linkTo(letter.path, readSettings()) })
  const timestamp = String(Math.floor(Date.now() / 1000))
  const secrets = [letter.secret, ...(letter.secretBefore ? [letter.secretBefore] : [])]
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'anlan',
    'idempotency-key': letter.key,
    'x-anlan-sequence': String(sequence),
    'x-anlan-timestamp': timestamp,
    'x-anlan-signature': secrets.map((secret) => sign(secret, timestamp, body)).join(', '),
  }
  let dispatcher: Agent | undefined
  try {
    const url = checkUrl(letter.url, undefined, allowedInside())
    dispatcher = new Agent({ connect: { lookup: guardedLookup(url, allowedInside()) }, connectTimeout: 5_000 })
    // undici does not heed a signal while a name is being looked up; destroying its agent does.
    const asked = request(url, { method: 'POST', dispatcher, headers, body, signal })
    const reply = await orCut(asked, signal)
    await reply.body.dump({ limit: 65_536, signal })
    const said = `HTTP ${reply.statusCode}`
    if (reply.statusCode >= 200 && reply.statusCode < 300) return { sent: true, said }
    return { sent: false, problem: said, gone: reply.statusCode === 410 }
  } catch (error) {
    return { sent: false, problem: signal.aborted ? 'deadline' : ((error as { code?: string }).code ?? 'failed') }
  } finally {
    await dispatcher?.destroy()
  }
}
