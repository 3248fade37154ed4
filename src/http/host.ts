import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { isLoopback } from '../base/address.ts'

const forwarding = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'] as const

const nameIn = (host: string): string => {
  try {
    return new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '').toLowerCase()
  } catch {
    return ''
  }
}

/**
 * Whether a browser that came under this name came to us on purpose. A name that somebody else made point here (DNS rebinding) is
 * neither an address, nor `localhost`, nor the name that people were told.
 */
export function isOwnHost(host: string | undefined, publicUrl: string | undefined): boolean {
  const name = nameIn(host ?? '')
  if (name === 'localhost' || isIP(name) !== 0) return true
  return publicUrl !== undefined && name !== '' && name === new URL(publicUrl).hostname
}

/** Somebody at this very machine: not through a proxy on it, and not a page of elsewhere in a browser on it. */
export function isAtHome({ raw }: FastifyRequest): boolean {
  const name = nameIn(raw.headers.host ?? '')
  return (
    isLoopback(raw.socket.remoteAddress) &&
    forwarding.every((header) => raw.headers[header] === undefined) &&
    (name === 'localhost' || isLoopback(name))
  )
}
