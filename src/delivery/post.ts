import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { Agent, request } from 'undici'
import type { Letter, Outcome } from './outbox.ts'
import { linkTo, readSettings } from './settings.ts'
import { sign } from './sign.ts'

/** Sends an event to a webhook, signed. Redirects are not followed: who was given the secret is who gets the body. */
export async function postEvent(letter: Letter): Promise<Outcome> {
  if (!letter.url || !letter.secret) return { sent: false, problem: 'switched_off', final: true }
  const settings = readSettings()
  const url = new URL(letter.url)
  const address = await findAddress(url, settings.ANLAN_FETCH_PRIVATE)
  if (!address) return { sent: false, problem: 'address_refused' }
  const body = JSON.stringify({ event: letter.kind, ...letter.facts, at: letter.at, url: linkTo(letter.path, settings) })
  const timestamp = String(Math.floor(Date.now() / 1000))
  // Connects to the very address that was examined, whatever the name says a moment later.
  const agent = new Agent({ connect: { lookup: (_name, _options, done) => done(null, [address]) }, connectTimeout: 5_000 })
  try {
    const reply = await request(url, {
      method: 'POST',
      dispatcher: agent,
      headersTimeout: 10_000,
      bodyTimeout: 10_000,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'anlan',
        'idempotency-key': letter.key,
        'x-anlan-timestamp': timestamp,
        'x-anlan-signature': sign(letter.secret, timestamp, body),
      },
      body,
    })
    await reply.body.dump({ limit: 65_536 }).catch(() => undefined)
    const said = `HTTP ${reply.statusCode}`
    if (reply.statusCode >= 200 && reply.statusCode < 300) return { sent: true, said }
    return { sent: false, problem: said, final: reply.statusCode === 410 }
  } catch (error) {
    return { sent: false, problem: (error as { code?: string }).code ?? 'failed' }
  } finally {
    await agent.destroy()
  }
}

/** Where a URL leads; null when that is inside the house and nobody allowed it (`ANLAN_FETCH_PRIVATE`). */
async function findAddress(url: URL, allowed: readonly string[]): Promise<{ address: string; family: number } | null> {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const found = isIP(name) ? { address: name, family: isIP(name) } : await lookup(name).catch(() => null)
  if (!found) return null
  if (allowed.includes(name) || allowed.includes(`${name}:${port}`)) return found
  return ipaddr.process(found.address).range() === 'unicast' ? found : null
}
