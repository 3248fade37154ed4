import { Pool } from 'undici'

// One who asks who they are every so often, and how long each answer took: in a process, so that it waits for nothing but the server.
const [url = '', token = '', everyMs = '20'] = process.argv.slice(2)
const client = new Pool(url, { connections: 8 })
const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
const samples: number[] = []

async function ask(): Promise<void> {
  const from = performance.now()
  const reply = await client.request({ path: '/api/access.me', method: 'POST', headers, body: '{}' })
  await reply.body.dump()
  samples.push(performance.now() - from)
}

await ask()
samples.length = 0
const asked: Promise<void>[] = []
const timer = setInterval(() => asked.push(ask().catch(() => undefined)), Number(everyMs))
process.send?.('ready')
process.once('message', async () => {
  clearInterval(timer)
  await Promise.all(asked)
  process.send?.(samples)
  await client.close()
  process.disconnect()
})
