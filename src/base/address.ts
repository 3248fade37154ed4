import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Which forwarders are believed when they say who asked them: the next so many hops, or those at known addresses. */
export type Trust = { readonly hops: number } | { readonly proxies: readonly Range[] }

export const trustNobody: Trust = { hops: 0 }

/** Reads `0`, `1` … `9` (hops) or a list of addresses and networks. Null when it is neither. */
export function readTrust(text: string): Trust | null {
  if (/^[0-9]$/.test(text)) return { hops: Number(text) }
  if (['false', 'no'].includes(text)) return { hops: 0 }
  if (['true', 'yes'].includes(text)) return { hops: 1 }
  const proxies: Range[] = []
  for (const part of text.split(',').map((one) => one.trim())) {
    const [address = '', bits] = part.split('/')
    if (!isIP(address) || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return null
    const parsed = ipaddr.parse(address)
    const length = bits === undefined ? (parsed.kind() === 'ipv4' ? 32 : 128) : Number(bits)
    if (length > (parsed.kind() === 'ipv4' ? 32 : 128)) return null
    proxies.push([parsed, length])
  }
  return { proxies }
}

/**
 * Who asks: the socket's other end or, behind forwarders that are believed, whom the last of them names. The header is read from its end,
 * as its beginning is what the client wrote; what is no address is not believed.
 */
export function addressOf(socket: string | undefined, forwarded: string | undefined, trust: Trust): string {
  let address = plainAddress(socket ?? '')
  // Gone when the other side hung up before it was answered.
  if (!address) return 'gone'
  const chain = forwarded?.split(',') ?? []
  for (let hop = 0; chain.length > 0 && trusts(trust, address, hop); hop++) {
    const next = plainAddress(chain.pop() ?? '')
    if (!next) break
    address = next
  }
  return address
}

function trusts(trust: Trust, address: string, hop: number): boolean {
  if ('hops' in trust) return hop < trust.hops
  const parsed = ipaddr.process(address)
  return trust.proxies.some(([network, bits]) => network.kind() === parsed.kind() && parsed.match(network as ipaddr.IPv4, bits))
}

/** An address in one spelling, without brackets and port; null when it is none. */
function plainAddress(text: string): string | null {
  const given = text.trim()
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(given)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/.exec(given)?.[1] ?? given
  const address = bare.split('%')[0] ?? ''
  return isIP(address) ? ipaddr.process(address).toString() : null
}

/** Addresses that one household can change at will count as one: the /64 of IPv6. */
export function neighbourhoodOf(address: string): string {
  if (isIP(address) !== 6) return address
  const parts = ipaddr.parse(address).toByteArray()
  return `${ipaddr.fromByteArray([...parts.slice(0, 8), ...new Array<number>(8).fill(0)]).toString()}/64`
}

export const isLoopback = (address: string | undefined): boolean => {
  const plain = plainAddress(address ?? '')
  return plain !== null && ipaddr.process(plain).range() === 'loopback'
}
