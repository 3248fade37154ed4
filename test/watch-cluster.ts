// Ends a test cluster and removes its folder when the run that started it was killed: `node test/watch-cluster.ts FOLDER`. The run holds
// the other end of stdin, which closes however it ends; on it come the numbers of the programs that it started, and `done` at a good end.
import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { stopLeft } from '../src/base/embedded.ts'

const [directory = ''] = process.argv.slice(2)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)

let said = ''
process.stdin.setEncoding('utf8')
for await (const text of process.stdin as AsyncIterable<string>) said += text
const lines = said.split('\n').filter(Boolean)

if (!lines.includes('done')) {
  for (const line of lines)
    try {
      process.kill(Number(line), 'SIGTERM')
    } catch {
      // It has ended.
    }
  // The server may have been about to start.
  for (let tries = 0; tries < 3; tries++) {
    await stopLeft(directory)
    await sleep(300)
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}
