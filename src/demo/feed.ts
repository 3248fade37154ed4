import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Published {
  readonly id: string
  readonly platform: string
  readonly kind: string
  readonly author: string
  readonly title: string
  readonly text: string
  readonly at: Date
}

const escapeXml = (text: string) =>
  text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark] ?? mark)

/** A small public platform on loopback: real RSS over real HTTP, with the conditional answers of a well-kept feed. */
export async function openFeed(): Promise<{ readonly url: string; publish(post: Published): void; close(): Promise<void> }> {
  const posts: Published[] = []
  const started = Date.now()
  const server = createServer((request, response) => {
    const etag = `"${started}-${posts.length}"`
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304, { etag }).end()
      return
    }
    response.writeHead(200, { 'content-type': 'application/rss+xml; charset=utf-8', etag }).end(rss(posts.slice(-60)))
  })
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(0, '127.0.0.1', done)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/demo.xml`,
    publish: (post) => void posts.push(post),
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function rss(posts: readonly Published[]): string {
  const items = posts.map(
    ({ id, platform, kind, author, title, text, at }) =>
      `<item><guid isPermaLink="false">${escapeXml(id)}</guid><title>${escapeXml(title)}</title><dc:creator>${escapeXml(author)}</dc:creator>` +
      `<category domain="anlan:platform">${platform}</category><category domain="anlan:kind">${kind}</category>` +
      `<pubDate>${at.toUTCString()}</pubDate><description>${escapeXml(text)}</description></item>`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>演示信息源</title><link>http://127.0.0.1/</link><description>安澜演示：全部内容均为虚构</description>${items.reverse().join('\n')}</channel></rss>`
}
