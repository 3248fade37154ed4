import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { type FetchOptions, guardedFetch } from './fetch.ts'

const folder = join(import.meta.dirname, '../../test/reports')
const feed = '<rss version="2.0"><channel><title>院报</title><item><guid>1</guid></item></channel></rss>'

/** Answers byte for byte; a function sees the request. */
type Bytes = Buffer | ((request: string) => Buffer)
const pages = new Map<string, Bytes>()
const requests: string[] = []
let server: Server
let port = 0

function serve(socket: Socket): void {
  socket.on('error', () => undefined)
  let request = ''
  socket.on('data', (part) => {
    request += part.toString('latin1')
    if (!request.includes('\r\n\r\n')) return
    requests.push(request)
    const page = pages.get(/^GET (\S+)/.exec(request)?.[1] ?? '')
    socket.end(typeof page === 'function' ? page(request) : (page ?? 'HTTP/1.1 404 Not found\r\ncontent-length: 0\r\n\r\n'))
  })
}

before(async () => {
  server = createServer(serve).listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
after(() => void server.close())

const get = (path: string, options: FetchOptions = {}) =>
  guardedFetch(`http://127.0.0.1:${port}${path}`, {
    allowPrivate: (host, at) => host === '127.0.0.1' && at === port,
    timeoutMs: 20_000,
    ...options,
  })
const textOf = async (path: string, options?: FetchOptions) => {
  const found = await get(path, options)
  assert.equal(found.status, 'changed')
  return found.status === 'changed' ? Buffer.from(found.bytes).toString() : ''
}
const answer = (head: string, body: string | Buffer = feed, end = '\r\n') =>
  Buffer.concat([Buffer.from(`HTTP/1.1 200 OK${end}${head === '' ? '' : head + end}${end}`), Buffer.from(body)])

describe('answers that users report, byte for byte', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.http'))) {
    test(file, async () => {
      pages.clear()
      const bytes = readFileSync(join(folder, file))
      const whole = bytes.toString('latin1')
      for (const part of whole.split(/(?=^### GET )/m)) {
        const [, path = '', which = ''] = /^### GET (\S+?),? (\w+) answer\r?\n/.exec(part) ?? []
        if (which === 'first') pages.set(path, Buffer.from(part.slice(part.indexOf('\n') + 1), 'latin1'))
      }
      const first = pages.get('/f')
      // These two servers send on until the cookie comes back.
      const body = answer('content-type: application/rss+xml')
      if (file.includes('cookie')) pages.set('/f', (request) => (/^cookie: /im.test(request) ? body : (first as Buffer)))
      const found = await get('/f')
      assert.ok(found.status === 'changed' && found.bytes.length > 80)
    })
  }
})

describe('answers as servers really send them', () => {
  const heads: [string, Buffer][] = [
    ['a name with a space', answer('X Cache: hit\r\ncontent-type: text/xml')],
    ['a line without a colon', answer('garbage\r\ncontent-type: text/xml')],
    ['an empty name', answer(': x\r\ncontent-type: text/xml')],
    ['Chinese in name and value', answer('缓存: 命中\r\nx-site: 医院\r\ncontent-type: text/xml')],
    ['bare line ends', answer('content-type: text/xml', feed, '\n')],
    ['mixed line ends', answer('a: 1\nb: 2\r\nc: 3', feed)],
    ['a folded line', answer('x-long: a\r\n  b\r\ncontent-type: text/xml')],
    ['a length twice', answer(`content-length: ${Buffer.byteLength(feed)}\r\ncontent-length: ${Buffer.byteLength(feed)}`)],
    ['a length twice in one line', answer(`content-length: ${Buffer.byteLength(feed)}, ${Buffer.byteLength(feed)}`)],
    ['a length that is too small', answer('content-length: 20\r\nconnection: close')],
    ['a length that is no number', answer('content-length: abc')],
    ['no reason', Buffer.concat([Buffer.from('HTTP/1.1 200\r\n\r\n'), Buffer.from(feed)])],
    ['HTTP/1.0', Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), Buffer.from(feed)])],
    ['an interim answer', Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), answer('')])],
    [
      'chunks with extensions',
      answer(
        'transfer-encoding: chunked',
        `5;x=y\r\n${feed.slice(0, 5)}\r\n${Buffer.byteLength(feed.slice(5)).toString(16)}\r\n${feed.slice(5)}\r\n0\r\n\r\n`,
      ),
    ],
    [
      'chunks and a length',
      answer(
        'content-length: 5\r\ntransfer-encoding: chunked',
        `${Buffer.byteLength(feed).toString(16)}\r\n${feed}\r\n0\r\n\r\n`,
      ),
    ],
    [
      'chunks with bare line ends',
      answer('transfer-encoding: chunked', `${Buffer.byteLength(feed).toString(16)}\n${feed}\n0\n\n`),
    ],
  ]
  for (const [name, bytes] of heads) {
    test(name, async () => {
      pages.set('/head', bytes)
      assert.equal(await textOf('/head'), feed)
    })
  }

  const packed: [string, string, Buffer][] = [
    ['utf-8 as a packing', 'UTF-8', Buffer.from(feed)],
    ['a charset as a packing', 'gb2312', Buffer.from(feed)],
    ['none', 'none', Buffer.from(feed)],
    ['gzip that is none', 'gzip', Buffer.from(feed)],
    ['br that is none', 'br', Buffer.from(feed)],
    ['deflate that is none', 'deflate', Buffer.from(feed)],
    ['gzip without a label', '', gzipSync(feed)],
    ['gzip under another label', 'deflate', gzipSync(feed)],
    ['gzip twice and once said', 'gzip', gzipSync(gzipSync(feed))],
    ['gzip once and twice said', 'gzip, gzip', gzipSync(feed)],
    ['gzip without its trailer', 'gzip', gzipSync(feed).subarray(0, -8)],
    ['gzip with half its trailer', 'gzip', gzipSync(feed).subarray(0, -3)],
    ['gzip with a wrong check sum', 'gzip', Buffer.concat([gzipSync(feed).subarray(0, -8), Buffer.alloc(8, 7)])],
    ['gzip with something behind', 'gzip', Buffer.concat([gzipSync(feed), Buffer.from('\r\n')])],
    ['x-gzip', 'x-gzip', gzipSync(feed)],
    ['deflate', 'deflate', deflateSync(feed)],
    ['raw deflate', 'deflate', deflateRawSync(feed)],
    ['br', 'br', brotliCompressSync(feed)],
    ['zstd', 'zstd', zstdCompressSync(Buffer.from(feed))],
    ['zstd without a label', '', zstdCompressSync(Buffer.from(feed))],
  ]
  for (const [name, label, bytes] of packed) {
    test(name, async () => {
      pages.set('/packed', answer(label === '' ? '' : `content-encoding: ${label}`, bytes))
      assert.equal(await textOf('/packed'), feed)
    })
  }

  test('cookies come along on the way and go to nobody else', async () => {
    const go = (location: string, cookie: string) =>
      Buffer.from(`HTTP/1.1 302 Found\r\nlocation: ${location}\r\nset-cookie: ${cookie}\r\ncontent-length: 0\r\n\r\n`)
    pages.set('/in', go('/a/b', 'one=1; Path=/; HttpOnly'))
    pages.set('/a/b', go('/a/c', 'two=2'))
    pages.set('/a/c', go('/end', 'three=3; Domain=other.example'))
    pages.set('/end', answer('set-cookie: late=1'))
    requests.length = 0
    assert.equal(await textOf('/in'), feed)
    const sent = requests.map((request) => /^cookie: (.*)\r$/im.exec(request)?.[1])
    assert.deepEqual(sent, [undefined, 'one=1', 'one=1; two=2', 'one=1'])
    await textOf('/end')
    assert.ok(!/^cookie:/im.test(requests.at(-1) ?? ''), 'nothing is kept for the next fetch')
  })

  test('a tag comes back byte for byte', async () => {
    for (const tag of ['"版本1"', 'http://x/?a=1', 'W/"a', '\u00e9']) {
      pages.set('/tag', answer(`etag: ${tag}`))
      const found = await get('/tag')
      await get('/tag', { etag: found.etag })
      assert.match(
        Buffer.from(requests.at(-1) ?? '', 'latin1').toString(),
        new RegExp(`if-none-match: ${tag.replace(/[?"/]/g, '\\$&')}\r`),
      )
    }
  })

  test('a kept tag cannot write headers of its own', async () => {
    pages.set('/tag', answer(''))
    await get('/tag', { etag: '"a"\r\nx-evil: 1' })
    assert.ok(!/^x-evil/im.test(requests.at(-1) ?? ''))
  })

  test('301 and 308 all the way are remembered, anything else is not', async () => {
    const go = (status: number, to: string) => Buffer.from(`HTTP/1.1 ${status} Moved\r\nlocation: ${to}\r\n\r\n`)
    pages.set('/end', answer(''))
    pages.set('/one', go(308, '/two'))
    pages.set('/two', go(301, '/end'))
    pages.set('/three', go(302, '/one'))
    const end = `http://127.0.0.1:${port}/end`
    assert.equal((await get('/one')).movedTo, end)
    assert.equal((await get('/three')).movedTo, undefined)
    assert.equal((await get('/three')).finalUrl, end)
  })
})
