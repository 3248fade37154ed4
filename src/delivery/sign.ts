import { createHmac, timingSafeEqual } from 'node:crypto'

/** The signature of a webhook's body: HMAC-SHA256 over `<timestamp>.<body>`, so that an old body cannot be sent again. */
export const sign = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`

/** What a receiver does: one of the signatures is right, and it is not older than five minutes. */
export function verify(secret: string, given: { signature: string; timestamp: string; body: string }, now = Date.now()): boolean {
  const expected = Buffer.from(sign(secret, given.timestamp, given.body))
  const fresh = Math.abs(now / 1000 - Number(given.timestamp)) <= 300
  const right = given.signature.split(',').some((one) => {
    const found = Buffer.from(one.trim())
    return expected.length === found.length && timingSafeEqual(expected, found)
  })
  return fresh && right
}
