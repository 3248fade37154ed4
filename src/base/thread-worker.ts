import { parentPort } from 'node:worker_threads'
import type { ThreadAnswer, ThreadCall, ThreadResult } from './thread.ts'

/** The other side of `thread.ts`: calls the function that is named, one call after the other. */
parentPort?.on('message', ({ module, name, input }: ThreadCall) => {
  void answer(module, name, input).then(say)
})

const say = (answer: ThreadAnswer) => parentPort?.postMessage(answer)

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
