import { Agent, type IncomingMessage, request } from 'node:http'
import { StringDecoder } from 'node:string_decoder'

/**
 * One browser: its own address on loopback, so that limits by address count it as one, and lines that are kept. As little work as can be,
 * for the crowd shares the machine with the server: bodies are kept as bytes and read only where something is looked for.
 */
export function openBrowser(url: string, token: string, nr: number) {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  const where = { host: hostname, port, agent, localAddress: `127.1.${(nr >> 8) + 1}.${nr & 255 || 1}` }
  const headers = { authorization: `Bearer ${token}` }
  return {
    ask(name: string, input: string, background: boolean): Promise<{ ok: boolean; body: Buffer }> {
      return new Promise((done) => {
        const sent = request(
          {
            ...where,
            method: 'POST',
            path: `/api/${name}`,
            headers: {
              ...headers,
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(input),
              ...(background && { 'x-anlan-background': '1' }),
            },
          },
          (reply) => void gather(reply).then((body) => done({ ok: reply.statusCode === 200, body })),
        )
        sent.on('error', () => done({ ok: false, body: Buffer.alloc(0) }))
        sent.end(input)
      })
    },
    listen(hear: (event: object) => void): () => void {
      const line = request({ ...where, agent: false, path: '/api/stream', headers }, (reply) => {
        const decoder = new StringDecoder()
        let rest = ''
        reply.on('data', (chunk: Buffer) => {
          const lines = (rest + decoder.write(chunk)).split('\n')
          rest = lines.pop() ?? ''
          for (const text of lines) if (text.startsWith('data: ')) hear(JSON.parse(text.slice(6)) as object)
        })
      })
      line.on('error', () => undefined)
      line.end()
      return () => line.destroy()
    },
    close: () => agent.destroy(),
  }
}

export type Browser = ReturnType<typeof openBrowser>

async function gather(reply: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of reply) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
