import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { FetchFailure, type FetchFailureCode, type FetchOptions, fetchFailures, guardedFetch, retryAfterOf } from './fetch.ts'
import { checkRedirect, kindOfAddress } from './fetch-guard.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let server: Server
let other: Server
let port = 0
let otherPort = 0
let requests: IncomingMessage[] = []
let otherRequests = 0

const feed = '<rss version="2.0"><channel><title>院报</title></channel></rss>'
const megabyte = Buffer.alloc(1_000_000, 'a')
const go =
  (location: string, status = 302): Answer =>
  (_, response) =>
    void response.writeHead(status, { location }).end()
const send =
  (headers: Record<string, string>, body: string | Buffer): Answer =>
  (_, response) =>
    void response.writeHead(200, headers).end(body)
let bombSent = 0

const pages: Record<string, Answer> = {
  '/feed': send(
    { 'content-type': 'application/rss+xml; charset=utf-8', etag: '"a1"', 'last-modified': 'Fri, 20 Nov 2026 01:12:00 GMT' },
    feed,
  ),
  '/conditional': (request, response) => {
    const same =
      request.headers['if-none-match'] === '"a1"' || request.headers['if-modified-since'] === 'Fri, 20 Nov 2026 01:12:00 GMT'
    response.writeHead(same ? 304 : 200, { etag: '"a1"' }).end(same ? undefined : feed)
  },
  '/always-304': (_, response) => void response.writeHead(304).end(),
  '/gzip': send({ 'content-encoding': 'gzip' }, gzipSync(feed)),
  '/twice': send({ 'content-encoding': 'gzip, br' }, brotliCompressSync(gzipSync(feed))),
  '/br': send({ 'content-encoding': 'br' }, brotliCompressSync(feed)),
  '/deflate': send({ 'content-encoding': 'deflate' }, deflateSync(feed)),
  '/deflate-raw': send({ 'content-encoding': 'deflate' }, deflateRawSync(feed)),
  '/damaged': send({ 'content-encoding': 'gzip' }, gzipSync(feed.repeat(9)).subarray(0, 60)),
  '/strange': send({ 'content-encoding': 'lzma' }, Buffer.from('5d00008000ffffffff', 'hex')),
  '/bomb': send({ 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(60_000_000))),
  '/declared-large': (_, response) => {
    response.on('error', () => undefined)
    response.writeHead(200, { 'content-length': '50000000' }).write(megabyte)
  },
  '/streamed-large': (_, response) => {
    const more = () => {
      while (bombSent < 50 && !response.destroyed) {
        bombSent += 1
        if (!response.write(megabyte)) return void response.once('drain', more)
      }
      response.end()
    }
    response.on('error', () => undefined)
    response.writeHead(200)
    more()
  },
  '/slow': (_, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  },
  '/silent': () => undefined,
  '/broken': (_, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write('half')
    setTimeout(() => response.destroy(), 20)
  },
  '/gone': (_, response) => void response.writeHead(410).end(),
  '/busy': (_, response) => void response.writeHead(429, { 'retry-after': '120' }).end(),
  '/loop': go('/loop'),
  '/hop': go('/feed', 301),
  '/to-loopback': (_, response) => void response.writeHead(302, { location: `http://127.0.0.1:${otherPort}/` }).end(),
  '/to-name': (_, response) => void response.writeHead(302, { location: `http://localhost:${otherPort}/` }).end(),
  '/to-decimal': (_, response) => void response.writeHead(302, { location: `http://2130706433:${otherPort}/` }).end(),
  '/to-10': go('http://10.0.0.1/'),
  '/to-v6': go('http://[::1]/'),
  '/to-mapped': go('http://[::ffff:10.0.0.1]/'),
  '/to-metadata': go('http://169.254.169.254/latest/meta-data/'),
  '/to-file': go('file:///etc/passwd'),
  '/to-credentials': go('http://user:secret@example.com/'),
}

before(async () => {
  server = createServer((request, response) => {
    requests.push(request)
    const page = pages[request.url ?? '']
    if (page) page(request, response)
    else response.writeHead(404).end()
  }).listen(0, '127.0.0.1')
  other = createServer((_, response) => {
    otherRequests += 1
    response.end('secret')
  }).listen(0, '127.0.0.1')
  await Promise.all([once(server, 'listening'), once(other, 'listening')])
  port = (server.address() as AddressInfo).port
  otherPort = (other.address() as AddressInfo).port
})

after(() => {
  for (const one of [server, other]) {
    one.closeAllConnections()
    one.close()
  }
})

const allowed: FetchOptions = { allowPrivate: (host, at) => host === '127.0.0.1' && at === port, timeoutMs: 5000 }
const fetchPage = (path: string, options: FetchOptions = {}) =>
  guardedFetch(`http://127.0.0.1:${port}${path}`, { ...allowed, ...options })

async function refused(promise: Promise<unknown>, code: FetchFailureCode): Promise<FetchFailure> {
  const error = await promise.then(
    () => assert.fail(`expected ${code}, but it was fetched`),
    (caught: unknown) => caught,
  )
  assert.ok(error instanceof FetchFailure, String(error))
  assert.equal(error.code, code)
  return error
}

describe('fetching', () => {
  test('brings bytes, type and validators, and says who asks', async () => {
    requests = []
    const page = await fetchPage('/feed')
    assert.equal(page.status, 'changed')
    if (page.status !== 'changed') return
    assert.equal(Buffer.from(page.bytes).toString(), feed)
    const { contentType, etag, lastModified, finalUrl } = page
    assert.deepEqual(
      { contentType, etag, lastModified, finalUrl },
      {
        contentType: 'application/rss+xml; charset=utf-8',
        etag: '"a1"',
        lastModified: 'Fri, 20 Nov 2026 01:12:00 GMT',
        finalUrl: `http://127.0.0.1:${port}/feed`,
      },
    )
    assert.equal(requests[0]?.headers['user-agent'], 'Anlan/0.1 (+self-hosted)')
  })

  test('asks conditionally', async () => {
    assert.equal((await fetchPage('/conditional')).status, 'changed')
    const byTag = await fetchPage('/conditional', { etag: '"a1"' })
    assert.deepEqual([byTag.status, byTag.etag], ['unchanged', '"a1"'])
    const byDate = await fetchPage('/conditional', { lastModified: 'Fri, 20 Nov 2026 01:12:00 GMT' })
    assert.deepEqual([byDate.status, byDate.lastModified], ['unchanged', 'Fri, 20 Nov 2026 01:12:00 GMT'])
    await refused(fetchPage('/always-304'), 'fetch_bad_status')
  })

  for (const path of ['/gzip', '/br', '/deflate', '/deflate-raw', '/twice']) {
    test(`decompresses ${path}`, async () => {
      const page = await fetchPage(path)
      assert.equal(page.status === 'changed' && Buffer.from(page.bytes).toString(), feed)
    })
  }

  test('follows redirects and says when a page has moved for good', async () => {
    const page = await fetchPage('/hop')
    assert.deepEqual([page.finalUrl, page.movedTo], [`http://127.0.0.1:${port}/feed`, `http://127.0.0.1:${port}/feed`])
    await refused(fetchPage('/loop'), 'fetch_redirect_loop')
  })

  test('reports status and how long to wait', async () => {
    assert.equal((await refused(fetchPage('/gone'), 'fetch_bad_status')).status, 410)
    assert.equal((await refused(fetchPage('/busy'), 'fetch_bad_status')).retryAfterSeconds, 120)
    const now = Date.parse('2026-11-20T01:00:00Z')
    assert.equal(retryAfterOf('Fri, 20 Nov 2026 01:02:00 GMT', now), 120)
    assert.equal(retryAfterOf('Fri, 20 Nov 2026 00:02:00 GMT', now), 0)
    assert.equal(retryAfterOf('999999999', now), 604_800)
    assert.equal(retryAfterOf('soon', now), undefined)
    const before = process.env.TZ
    for (const zone of ['America/New_York', 'Asia/Shanghai', 'Asia/Kathmandu']) {
      process.env.TZ = zone
      for (const date of [
        'Fri, 20 Nov 2026 01:02:00',
        'Fri, 20-Nov-2026 01:02:00',
        'Fri, 20 Nov 2026 06:02:00 +0500',
        '2026-11-20T01:02:00',
      ])
        assert.equal(retryAfterOf(date, now), 120, `${zone} ${date}`)
    }
    process.env.TZ = before
    if (before === undefined) delete process.env.TZ
  })
})

describe('limits', () => {
  test('refuses a body that is declared too large', async () => {
    assert.equal((await refused(fetchPage('/declared-large'), 'fetch_too_large')).facts.megabytes, 10)
  })

  test('breaks off a body of 50 MB while it streams', async () => {
    bombSent = 0
    await refused(fetchPage('/streamed-large', { maxBytes: 2_000_000 }), 'fetch_too_large')
    assert.ok(bombSent < 40, `${bombSent} MB were taken in`)
  })

  test('breaks off what grows too large in decompression', async () => {
    const before = process.memoryUsage().arrayBuffers
    await refused(fetchPage('/bomb', { maxBytes: 2_000_000 }), 'fetch_too_large')
    assert.ok(process.memoryUsage().arrayBuffers - before < 30_000_000)
  })

  test('gives up on slow and silent servers', async () => {
    for (const path of ['/slow', '/silent']) await refused(fetchPage(path, { timeoutMs: 300 }), 'fetch_timeout')
  })

  test('gives up when the name server is silent', async () => {
    const resolve = () => new Promise<never>(() => undefined)
    await refused(guardedFetch('http://feeds.example/', { timeoutMs: 200, resolve }), 'fetch_timeout')
  })

  test('names broken connections, broken compression and broken TLS', async () => {
    await refused(fetchPage('/broken'), 'fetch_connection')
    await refused(guardedFetch('http://127.0.0.1:1/', { allowPrivate: () => true, timeoutMs: 2000 }), 'fetch_connection')
    await refused(fetchPage('/damaged'), 'fetch_bad_encoding')
    await refused(fetchPage('/strange'), 'fetch_bad_encoding')
    await refused(guardedFetch(`https://127.0.0.1:${port}/feed`, allowed), 'fetch_tls')
  })
})

describe('guard', () => {
  const hosts = [
    ...[
      '127.0.0.1',
      '10.1.2.3',
      '192.168.1.1',
      '172.16.0.1',
      '100.64.0.1',
      '169.254.169.254',
      '0.0.0.0',
      '224.0.0.1',
      '255.255.255.255',
      '240.0.0.1',
    ],
    ...['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '①②⑦.0.0.1', '168.63.129.16', '100.100.100.200'],
    ...[
      '[::1]',
      '[::]',
      '[fc00::1]',
      '[fe80::1]',
      '[::ffff:10.0.0.1]',
      '[::ffff:7f00:1]',
      '[64:ff9b::a00:1]',
      '[2002:a00:1::]',
      '[ff02::1]',
      '[::7f00:1]',
    ],
  ]
  for (const host of hosts) {
    test(`does not visit ${host}`, async () => {
      await refused(guardedFetch(`http://${host}/`, { timeoutMs: 1000 }), 'fetch_private_address')
    })
  }

  test('refuses other schemes, credentials and nonsense', async () => {
    for (const url of [
      'ftp://example.com/',
      'file:///etc/passwd',
      'gopher://x/',
      'http://user:secret@example.com/',
      'javascript:alert(1)',
      'x',
      '',
      'http://',
    ]) {
      const failure = await refused(guardedFetch(url), 'fetch_bad_url')
      assert.ok(!JSON.stringify(failure.facts).includes('secret') && !failure.message.includes('secret'))
    }
  })

  test('refuses a name when any of its addresses is private, and one that is not found', async () => {
    const before = requests.length
    const resolve = async () => [
      { address: '203.0.114.7', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ]
    await refused(guardedFetch(`http://rebind.example:${port}/feed`, { resolve, timeoutMs: 1000 }), 'fetch_private_address')
    await refused(guardedFetch(`http://localhost:${port}/feed`, { timeoutMs: 1000 }), 'fetch_private_address')
    await refused(guardedFetch('http://nowhere.example/', { resolve: async () => [], timeoutMs: 1000 }), 'fetch_dns')
    const fails = async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
    await refused(guardedFetch('http://nowhere.example/', { resolve: fails, timeoutMs: 1000 }), 'fetch_dns')
    assert.equal(requests.length, before, 'nothing was asked')
  })

  test('looks a name up once and connects to what it checked', async () => {
    let asked = 0
    const resolve = async () => {
      asked += 1
      return [{ address: '127.0.0.1', family: 4 }]
    }
    const allowPrivate = (host: string) => host === 'intranet.example'
    assert.equal((await guardedFetch(`http://intranet.example:${port}/feed`, { resolve, allowPrivate })).status, 'changed')
    assert.equal(asked, 1)
  })

  test('visits an allowed host, but never a metadata service', async () => {
    assert.equal((await fetchPage('/feed')).status, 'changed')
    await refused(guardedFetch('http://169.254.169.254/', { allowPrivate: () => true }), 'fetch_private_address')
    const resolve = async () => [{ address: '169.254.169.254', family: 4 }]
    await refused(guardedFetch('http://intranet.example/', { allowPrivate: () => true, resolve }), 'fetch_private_address')
  })

  for (const path of ['/to-loopback', '/to-name', '/to-decimal', '/to-10', '/to-v6', '/to-mapped', '/to-metadata']) {
    test(`does not follow ${path}`, async () => {
      otherRequests = 0
      await refused(fetchPage(path), 'fetch_private_address')
      assert.equal(otherRequests, 0)
    })
  }

  test('does not follow to files, credentials or from HTTPS down to HTTP', async () => {
    await refused(fetchPage('/to-file'), 'fetch_bad_url')
    await refused(fetchPage('/to-credentials'), 'fetch_bad_url')
    const redirect = async (to: string) => checkRedirect(to, new URL('https://example.com/feed'), () => false)
    await refused(redirect('http://example.com/feed'), 'fetch_redirect_downgrade')
    await refused(redirect('https://10.0.0.1/'), 'fetch_private_address')
    assert.equal((await redirect('/new')).href, 'https://example.com/new')
  })

  test('knows the kinds of addresses', () => {
    assert.deepEqual(['8.8.8.8', '2606:4700::1', '::ffff:8.8.8.8', '10.0.0.1', 'fe80::1%eth0', 'nonsense'].map(kindOfAddress), [
      'public',
      'public',
      'public',
      'private',
      'never',
      'never',
    ])
  })
})

test('every failure is explained in both languages', () => {
  for (const [code, { zh, en, next }] of Object.entries(fetchFailures)) {
    for (const sentence of [zh, en, next.zh, next.en]) assert.ok(sentence.length > 5, code)
  }
})
