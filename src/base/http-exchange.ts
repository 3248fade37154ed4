import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { ChunkedBody, type Head, headLength, readHead } from './http-answer.ts'

export interface Exchange {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly lookup: LookupFunction
  /** Ends it at once, whatever it waits for. */
  readonly signal: AbortSignal
  /** Whether the body is wanted; may throw. */
  readonly wantsBody: (head: Head) => boolean
  /** Called with the bytes so far; may throw. */
  readonly checkSize: (bytes: number) => void
}

export interface Answer extends Head {
  readonly body: Uint8Array
}

const MAX_HEAD = 65_536
const MAX_INTERIM = 8
/** How long a server that said it would close may stay silent behind the length that it declared. */
const SILENCE_MS = 300

/** The other side broke off before its answer was whole. */
export class BrokenAnswer extends Error {
  override name = 'BrokenAnswer'
}

/**
 * One GET over a connection of its own, read as browsers read it: untidy header lines are passed over, line ends may be bare, a length that
 * is repeated counts once and one that is too small does not cut what still comes. The strict parsers at hand refuse all of these.
 */
export async function exchange(given: Exchange): Promise<Answer> {
  const { url, lookup, signal } = given
  signal.throwIfAborted()
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
  const socket =
    url.protocol === 'https:'
      ? connectTls({ host, port, lookup, ALPNProtocols: ['http/1.1'], ...(isIP(host) === 0 && { servername: host }) })
      : connect({ host, port, lookup })
  const stop = () => socket.destroy(Object.assign(new Error('aborted'), { name: 'AbortError' }))
  signal.addEventListener('abort', stop, { once: true })
  try {
    socket.write(requestOf(given), 'latin1')
    return await readAnswer(socket, given)
  } finally {
    signal.removeEventListener('abort', stop)
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

/** Everything that could end a line early was taken out: a header is one line. */
const oneLine = (text: string) => text.replace(/[\r\n\0]/g, '')

function requestOf({ url, headers }: Exchange): string {
  const lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`]
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`)
  return `${[...lines, 'connection: close'].map(oneLine).join('\r\n')}\r\n\r\n`
}

async function readAnswer(socket: Socket, { wantsBody, checkSize }: Exchange): Promise<Answer> {
  const parts = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let start: Buffer = Buffer.alloc(0)
  let head: Head | undefined
  for (let interim = 0; head === undefined; ) {
    const end = headLength(start)
    if (end > 0) {
      const found = readHead(start.subarray(0, end))
      if (!found) throw new BrokenAnswer('no answer of HTTP')
      start = start.subarray(end)
      if (found.status >= 200 || found.status === 101) head = found
      else if (++interim > MAX_INTERIM) throw new BrokenAnswer('too many interim answers')
      continue
    }
    if (start.length > MAX_HEAD) throw new BrokenAnswer('head too long')
    const next = await parts.next()
    if (next.done) throw new BrokenAnswer('closed before the head')
    start = Buffer.concat([start, next.value])
  }
  if (!wantsBody(head)) return { ...head, body: new Uint8Array() }
  return { ...head, body: await readBody(socket, parts, start, head, checkSize) }
}

async function readBody(
  socket: Socket,
  parts: AsyncIterator<Buffer>,
  start: Buffer,
  head: Head,
  checkSize: (bytes: number) => void,
): Promise<Uint8Array> {
  const chunked = head.isChunked ? new ChunkedBody() : undefined
  const { length, closes } = head
  const chunks: Buffer[] = []
  let size = 0
  const take = (part: Buffer) => {
    size += part.length
    checkSize(size)
    const data = chunked ? chunked.take(part) : part
    if (data.length > 0) chunks.push(data)
  }
  take(start)
  const isWhole = () => (chunked ? chunked.done : length !== undefined && size >= length)
  while (!isWhole() || (closes && !chunked)) {
    // What comes behind a length that was too small belongs to the answer as well.
    if (isWhole()) socket.setTimeout(SILENCE_MS, () => socket.destroy())
    const next = await parts.next().catch((error: unknown) => {
      if (isWhole()) return { done: true as const, value: undefined }
      throw error
    })
    if (next.done) break
    take(next.value)
  }
  if (chunked ? !chunked.done : length !== undefined && size < length) throw new BrokenAnswer('closed before the end')
  const body = Buffer.concat(chunks)
  return length !== undefined && !closes && !chunked ? body.subarray(0, length) : body
}
