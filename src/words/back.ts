import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { projectRoot } from '../base/config.ts'
import { pause } from '../base/job.ts'
import type { Log } from '../base/log.ts'
import { noteLoopError, noteLoopWell } from '../base/loop.ts'
import type { Counted } from '../base/metrics.ts'
import type { BackDoor, BackProcess } from '../http/forward.ts'

/** What the process behind has to know. */
export interface ToBack {
  readonly adminUrl: string
  readonly secret: string
  /** Without it nobody is let in. */
  readonly key: string
  /** Whether it runs jobs and clocks. */
  readonly works: boolean
}
/** What it says: that it can be told, where it listens, what it counted, a loop's error that is told nowhere else. */
export type FromBack = 'up' | { readonly port: number } | { readonly counted: Counted } | { readonly loop: string }

export interface KeptBack extends BackProcess {
  /** Settles when it first listens. */
  readonly ready: Promise<void>
  stop(): Promise<void>
}

const againMs = 500
/** Within this it has closed, or is ended. */
const patienceMs = 3_000

/**
 * Starts the process behind, tells it `orders` once there are any, and starts it again whenever it ends before `told`: Ctrl-C on a terminal
 * reaches it as well.
 */
export function keepBack(orders: Promise<Omit<ToBack, 'key'>>, log: Log, told: AbortSignal): KeptBack {
  const key = randomBytes(32).toString('hex')
  const agent = new Agent({ keepAlive: true })
  const ending = new AbortController()
  const signal = AbortSignal.any([ending.signal, told])
  const { promise: ready, resolve: isReady } = Promise.withResolvers<void>()
  let door: BackDoor | null = null
  let onCounted: (counted: Counted) => void = () => undefined
  let child: ChildProcess
  let gone: Promise<void>
  // Nobody waits for it here: whoever could not give the orders says so himself.
  orders.catch(() => undefined)

  function start(): void {
    const { promise, resolve } = Promise.withResolvers<void>()
    gone = promise
    child = fork(join(projectRoot, 'src/back.ts'), { serialization: 'json' })
    child.on('message', (said: FromBack) => {
      if (said === 'up') void orders.then((given) => child.connected && child.send({ ...given, key } satisfies ToBack))
      else if ('counted' in said) onCounted(said.counted)
      else if ('loop' in said) noteLoopError(log, said.loop, new Error('in the process behind'))
      else {
        door = { port: said.port, key, agent }
        noteLoopWell('back')
        isReady()
      }
    })
    child.on('error', (error) => noteLoopError(log, 'back', error))
    child.once('exit', (code, how) => {
      door = null
      resolve()
      void again(new Error(`the process behind ended: ${how ?? code}`))
    })
  }

  async function again(error: Error): Promise<void> {
    await pause(againMs, signal)
    if (signal.aborted) return
    noteLoopError(log, 'back', error)
    start()
  }

  start()
  return {
    ready,
    find: () => door,
    onCounted(listener) {
      onCounted = listener
    },
    async stop() {
      ending.abort()
      if (child.connected) child.disconnect()
      const hard = setTimeout(() => child.kill('SIGKILL'), patienceMs)
      await gone
      clearTimeout(hard)
      agent.destroy()
    },
  }
}
