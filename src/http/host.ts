import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { isLoopback, type Trust } from '../base/address.ts'

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

/**
 * Whether this installation is set up to stand behind a proxy. One at this machine need not say that it is one, so that nothing that
 * comes is then known to be of this machine itself.
 */
export function isProxied(publicUrl: string | undefined, trust: Trust): boolean {
  const name = publicUrl === undefined ? 'localhost' : nameIn(new URL(publicUrl).host)
  return ('hops' in trust ? trust.hops > 0 : trust.proxies.length > 0) || (name !== 'localhost' && !isLoopback(name))
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
