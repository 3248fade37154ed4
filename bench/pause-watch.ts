import { parentPort, workerData } from 'node:worker_threads'
import { Pool } from 'undici'

// One who asks who they are every so often, and how long each answer took: in a thread, so that it waits for nothing but the server.
const { url, token, everyMs } = workerData as { url: string; token: string; everyMs: number }
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
const timer = setInterval(() => asked.push(ask().catch(() => undefined)), everyMs)
parentPort?.postMessage('ready')
parentPort?.once('message', async () => {
  clearInterval(timer)
  await Promise.all(asked)
  parentPort?.postMessage(samples)
  await client.close()
})
