import { parentPort, Worker } from 'node:worker_threads'
import type { ThreadAnswer, ThreadCall, ThreadResult } from './thread.ts'

// The other side of `hand.ts`, as a thread or as a process: calls the function that is named, one call after the other.
const take = ({ module, name, input }: ThreadCall) => void answer(module, name, input).then(say)

if (parentPort) parentPort.on('message', take)
else {
  process.on('message', take)
  process.on('disconnect', () => process.exit())
  // Ctrl-C on the terminal is the program's to hear; it ends us.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined)
  // Somebody who is at work does not hear that the program is gone.
  const watch = `setInterval(() => process.ppid === ${process.ppid} || process.kill(${process.pid}, 'SIGKILL'), 1000)`
  new Worker(watch, { eval: true }).unref()
}

function say(answer: ThreadAnswer): void {
  if (parentPort) parentPort.postMessage(answer)
  else process.send?.(answer)
}

async function answer(module: string, name: string, input: unknown): Promise<ThreadResult> {
  try {
    const exported = (await import(module)) as Readonly<Record<string, (input: unknown) => unknown>>
    const found = exported[name]
    if (typeof found !== 'function') throw new TypeError(`${module} exports no ${name}`)
    say('begun')
    return { ok: true, value: await found(input) }
  } catch (error) {
    return { ok: false, error }
  }
}
