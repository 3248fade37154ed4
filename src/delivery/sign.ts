import { createHmac, timingSafeEqual } from 'node:crypto'

/** The signature of a webhook's body: HMAC-SHA256 over `<timestamp>.<body>`, so that an old body cannot be sent again. */
export const sign = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** What a receiver does: the signature is right and not older than five minutes. */
export function verify(secret: string, given: { signature: string; timestamp: string; body: string }, now = Date.now()): boolean {
  const expected = Buffer.from(sign(secret, given.timestamp, given.body))
  const found = Buffer.from(given.signature)
  const fresh = Math.abs(now / 1000 - Number(given.timestamp)) <= 300
  return fresh && expected.length === found.length && timingSafeEqual(expected, found)
}
