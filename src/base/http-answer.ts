/** The first part of an answer. */
export interface Head {
  readonly status: number
  /** The first value of each name, in lower case; bytes above 127 as one character each. */
  readonly headers: ReadonlyMap<string, string>
  readonly cookies: readonly string[]
  readonly isChunked: boolean
  /** The declared length of the body. */
  readonly length: number | undefined
  /** Whether the other side closes the connection behind the body. */
  readonly closes: boolean
}

/** Where the head ends: behind the first empty line, whose line ends may be bare; 0 while it is not there. */
export function headLength(bytes: Buffer): number {
  for (let i = bytes.indexOf(0x0a); i >= 0; i = bytes.indexOf(0x0a, i + 1)) {
    if (bytes[i + 1] === 0x0a) return i + 2
    if (bytes[i + 1] === 0x0d && bytes[i + 2] === 0x0a) return i + 3
  }
  return 0
}

/** Reads a head, passing over lines that are no headers. Undefined when it does not begin as an answer of HTTP. */
export function readHead(bytes: Buffer): Head | undefined {
  const [first = '', ...lines] = bytes.toString('latin1').split(/\r?\n/)
  const status = /^\s*(?:HTTP|ICY)(\/[\d.]+)?\s+(\d{3})(?:\D|$)/i.exec(first)
  if (!status) return undefined
  const headers = new Map<string, string>()
  const cookies: string[] = []
  let last: string | undefined
  for (const line of lines) {
    if (/^[ \t]/.test(line) && last !== undefined) {
      headers.set(last, `${headers.get(last) ?? ''} ${line.trim()}`.trim())
      continue
    }
    const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:(.*)$/.exec(line)
    last = undefined
    if (!found) continue
    const name = found[1]!.toLowerCase()
    const value = found[2]!.trim()
    if (name === 'set-cookie') cookies.push(value)
    else if (!headers.has(name)) {
      headers.set(name, value)
      last = name
    }
  }
  const isChunked = /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '')
  const length = /^\d{1,15}$/.exec((headers.get('content-length') ?? '').split(',', 1)[0]!.trim())
  const connection = headers.get('connection') ?? ''
  const closes = /close/i.test(connection) || (status[1] !== '/1.1' && !/keep-alive/i.test(connection))
  return {
    status: Number(status[2]),
    headers,
    cookies,
    isChunked,
    length: length && !isChunked ? Number(length[0]) : undefined,
    closes,
  }
}

/** Takes a chunked body apart as it comes in. */
export class ChunkedBody {
  done = false
  #rest: Buffer = Buffer.alloc(0)
  #left = 0
  #started = false

  take(part: Buffer): Buffer {
    this.#rest = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part])
    const out: Buffer[] = []
    while (!this.done && this.#rest.length > 0) {
      if (this.#left > 0) {
        const data = this.#rest.subarray(0, this.#left)
        out.push(data)
        this.#left -= data.length
        this.#rest = this.#rest.subarray(data.length)
        continue
      }
      const end = this.#rest.indexOf(0x0a)
      if (end < 0 && this.#rest.length < 1024) break
      const line = this.#rest
        .subarray(0, end < 0 ? 1024 : end)
        .toString('latin1')
        .trim()
      if (line === '' && this.#started) {
        this.#rest = this.#rest.subarray(end + 1)
        continue
      }
      const size = /^([0-9a-f]{1,8})\s*(?:;.*)?$/i.exec(line)
      if (!size || end < 0) throw new Error('a chunk without a length')
      this.#started = true
      this.#left = Number.parseInt(size[1]!, 16)
      this.#rest = this.#rest.subarray(end + 1)
      if (this.#left === 0) this.done = true
    }
    return Buffer.concat(out)
  }
}
