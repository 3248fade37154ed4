import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib'
import { FetchFailure } from './fetch-failure.ts'

type Step = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>

const ways = {
  gzip: promisify(gunzip),
  br: promisify(brotliDecompress),
  zlib: promisify(inflate),
  raw: promisify(inflateRaw),
  zstd: promisify(zstdDecompress),
} as const satisfies Record<string, Step>
type Way = keyof typeof ways

const MAX_LAYERS = 3

/** What the first bytes prove, whatever the header says. */
function provenWay(bytes: Uint8Array): Way | undefined {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return 'gzip'
  return bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd ? 'zstd' : undefined
}

/** The ways to try for a name of the header. */
function waysOf(name: string, bytes: Uint8Array): readonly Way[] {
  if (/^(x-)?gzip$|^(x-)?compress$/.test(name)) return bytes[0] === 0x1f ? ['gzip'] : []
  if (name === 'deflate') return ['zlib', 'raw']
  if (name === 'br') return ['br']
  return name === 'zstd' && provenWay(bytes) === 'zstd' ? ['zstd'] : []
}

const isText = (bytes: Uint8Array): boolean =>
  !bytes.subarray(0, 512).some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b))

/**
 * The body as it was before it was packed, at most `maxBytes`: by what the bytes prove before what the header says. A name that is no
 * packing (`utf-8`) or not the one that was used leaves text as it is. A gzip whose trailer is missing counts as whole when its data are.
 */
export async function decompress(bytes: Uint8Array, header: string, maxBytes: number, host: string): Promise<Uint8Array> {
  const names = header
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity' && name !== 'none')
  if (names.length > MAX_LAYERS) throw new FetchFailure('fetch_bad_encoding', { host })
  let body = bytes
  for (const name of names.toReversed()) {
    if (body.byteLength === 0) return body
    const next = await firstOf(waysOf(name, body), body, maxBytes)
    if (next) body = next
    else if (provenWay(body) === undefined && !isText(body)) throw new FetchFailure('fetch_bad_encoding', { host })
  }
  for (let layer = 0; layer < MAX_LAYERS; layer += 1) {
    const way = provenWay(body)
    if (way === undefined) return body
    const next = await firstOf([way], body, maxBytes)
    if (!next) throw new FetchFailure('fetch_bad_encoding', { host })
    body = next
  }
  return body
}

async function firstOf(candidates: readonly Way[], bytes: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined> {
  for (const way of candidates) {
    const found =
      (await attempt(ways[way], bytes, maxBytes)) ?? (way === 'gzip' ? await withoutTrailer(bytes, maxBytes) : undefined)
    if (found) return found
  }
  return undefined
}

async function attempt(step: Step, bytes: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined> {
  try {
    return await step(bytes, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new FetchFailure('fetch_too_large', { megabytes: Math.ceil(maxBytes / 1_000_000) })
    return undefined
  }
}

/** The data of a gzip without its check sum: they end by themselves. */
async function withoutTrailer(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array | undefined> {
  const flags = bytes[3] ?? 0
  let at = 10
  if (flags & 4) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue
    const end = bytes.indexOf(0, at)
    if (end < 0) return undefined
    at = end + 1
  }
  if (flags & 2) at += 2
  return attempt(ways.raw, bytes.subarray(at), maxBytes)
}
