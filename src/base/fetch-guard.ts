import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { FetchFailure } from './fetch-failure.ts'

export interface Address {
  readonly address: string
  readonly family: number
}

/** Whether an administrator named this host (lower case, no brackets) and port as one inside the own network. */
export type AllowPrivate = (host: string, port: number) => boolean
export type Resolve = (host: string) => Promise<readonly Address[]>

const resolveByDns: Resolve = (host) => lookup(host, { all: true, verbatim: true })

/** Ranges in which there is never a page, whoever allows it: link-local holds the metadata services of clouds. */
const never = new Set(['linkLocal', 'multicast', 'broadcast', 'unspecified'])
/** Services of cloud hosts at addresses that look public. */
const metadata = new Set(['168.63.129.16', '100.100.100.200', 'fd00:ec2::254'])

/** What an address is for: `public`, `private` (an administrator may allow it) or `never`. */
export function kindOfAddress(address: string): 'public' | 'private' | 'never' {
  const plain = address.replace(/%.*$/, '')
  if (!ipaddr.isValid(plain)) return 'never'
  // Also turns an IPv4 address that is wrapped in an IPv6 one into what it stands for.
  const real = ipaddr.process(plain)
  if (metadata.has(real.toString())) return 'never'
  const range = real.range()
  // Of IPv6 only 2000::/3 is routed; among the rest are old ways to write an IPv4 address.
  if (range === 'unicast') return real.kind() === 'ipv4' || (real.toByteArray()[0]! & 0xe0) === 0x20 ? 'public' : 'private'
  return never.has(range) ? 'never' : 'private'
}

/** The host of a URL as it is looked up: lower case, no brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')
export const portOf = (url: URL): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80))

/** Throws `fetch_private_address` unless all addresses may be connected to. */
function checkAddresses(host: string, addresses: readonly Address[], allowed: boolean): void {
  if (addresses.length === 0) throw new FetchFailure('fetch_dns', { host })
  for (const { address } of addresses) {
    const kind = kindOfAddress(address)
    if (kind === 'public' || (kind === 'private' && allowed)) continue
    throw new FetchFailure('fetch_private_address', { host, address })
  }
}

/**
 * Parses and judges an address before anything is sent: http or https, no credentials, no forbidden literal address.
 * Numbers that stand for an address (`2130706433`, `0177.1`) are seen through, since the URL parser writes them out.
 */
export function checkUrl(written: string | URL, base: URL | undefined, allowPrivate: AllowPrivate): URL {
  let url: URL
  try {
    url = new URL(written, base)
  } catch {
    throw new FetchFailure('fetch_bad_url', { url: String(written).slice(0, 200) })
  }
  const badUrl = () => new FetchFailure('fetch_bad_url', { url: `${url.protocol}//${url.host}`.slice(0, 200) })
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw badUrl()
  if (url.username !== '' || url.password !== '' || url.hostname === '' || url.href.length > 4096) throw badUrl()
  const host = hostOf(url)
  if (ipaddr.isValid(host)) checkAddresses(host, [{ address: host, family: 0 }], allowPrivate(host, portOf(url)))
  return url
}

/** Judges where a page sends on to, as strictly as a first address; encryption is never given up on the way. */
export function checkRedirect(location: string, from: URL, allowPrivate: AllowPrivate): URL {
  const next = checkUrl(location, from, allowPrivate)
  if (from.protocol === 'https:' && next.protocol === 'http:')
    throw new FetchFailure('fetch_redirect_downgrade', { host: hostOf(from) })
  return next
}

/**
 * A lookup for sockets that hands out addresses only when every one of them passed. The socket connects to what was checked:
 * the name is not looked up a second time.
 */
export function guardedLookup(url: URL, allowPrivate: AllowPrivate, resolve: Resolve = resolveByDns): LookupFunction {
  const allowed = allowPrivate(hostOf(url), portOf(url))
  return (host, options, callback) => {
    const answer = async () => {
      let addresses: readonly Address[]
      try {
        addresses = await resolve(host)
      } catch {
        throw new FetchFailure('fetch_dns', { host })
      }
      checkAddresses(host, addresses, allowed)
      return addresses
    }
    answer().then(
      (addresses) => {
        if (options.all) callback(null, [...addresses])
        else callback(null, addresses[0]!.address, addresses[0]!.family)
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), ''),
    )
  }
}
