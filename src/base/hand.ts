import { fork } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { ThreadAnswer, ThreadCall } from './thread.ts'

/** Who does one piece of work after the other, beside the thread that answers people. */
export interface Hand {
  /** Throws where the input is no plain data. What is `moved` may be gone here afterwards. */
  send(call: ThreadCall, moved: readonly Uint8Array[]): void
  /** Until what is returned is called: each answer, and the end. */
  listen(hear: (answer: ThreadAnswer) => void, lost: (reason: 'big' | 'broken', why: string) => void): () => void
  /** What was used so far; null where the system does not tell, or it has ended. */
  usage(): Promise<{ readonly cpuMs: number; readonly megabytes: number } | null>
  /** Works, and keeps this process alive; or rests, and does not. */
  work(does: boolean): void
  end(): void
}

export interface Hiring {
  readonly name: string
  readonly maxMegabytes: number
  readonly onEnd: (hand: Hand) => void
}

const worker = new URL('./thread-worker.ts', import.meta.url)
const linux = process.platform === 'linux'

/** A thread of this process: quick to call, as what it is given need not be written out. */
export function hireThread({ name, maxMegabytes, onEnd }: Hiring): Hand {
  const thread = new Worker(worker, {
    name: `anlan ${name}`,
    resourceLimits: { maxOldGenerationSizeMb: maxMegabytes, maxYoungGenerationSizeMb: 64 },
  })
  const hand: Hand = {
    send: (call, moved) =>
      thread.postMessage(
        call,
        moved.filter(isAlone).map(({ buffer }) => buffer as ArrayBuffer),
      ),
    listen(hear, lost) {
      const onError = (error: { code?: string }) =>
        lost(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'big' : 'broken', String(error))
      const onExit = () => lost('broken', 'the thread ended')
      thread.on('message', hear).on('error', onError).on('exit', onExit)
      return () => void thread.off('message', hear).off('error', onError).off('exit', onExit)
    },
    async usage() {
      try {
        const [cpu, heap] = await Promise.all([thread.cpuUsage(), thread.getHeapStatistics()])
        return { cpuMs: (cpu.user + cpu.system) / 1000, megabytes: (heap.used_heap_size + heap.external_memory) / 2 ** 20 }
      } catch (error) {
        // One that is just ending answers nothing: its end is told elsewhere. One that cannot be watched for another reason has no limits.
        if ((error as NodeJS.ErrnoException).code === 'ERR_WORKER_NOT_RUNNING') return null
        throw error
      }
    },
    work: (does) => void (does ? thread.ref() : thread.unref()),
    end: () => void thread.terminate(),
  }
  thread.on('online', () => void lowerPriority(thread.threadName ?? '').catch(() => undefined))
  thread.on('exit', () => onEnd(hand))
  // What goes wrong while it works is told to whose work it was.
  thread.on('error', () => undefined)
  return hand
}

/** Small buffers lie beside others in one piece of memory. */
const isAlone = ({ buffer, byteLength }: Uint8Array): boolean => buffer instanceof ArrayBuffer && buffer.byteLength === byteLength

/** Processors go first to the thread that answers people. Linux alone gives each thread a priority; its name leads to it. */
async function lowerPriority(name: string): Promise<void> {
  if (!linux) return
  const threads = '/proc/self/task'
  for (const id of await readdir(threads))
    if ((await readFile(`${threads}/${id}/comm`, 'utf8')).trim() === name)
      setPriority(Number(id), constants.priority.PRIORITY_BELOW_NORMAL)
}

/** Those of whom somebody must think when this process ends. */
const processes = new Set<() => void>()
process.on('exit', () => {
  for (const end of processes) end()
})

/** What the program was told in secret is not told to who reads what strangers wrote. */
const told = ['PATH', 'TZ', 'LANG', 'NODE_COMPILE_CACHE']

/**
 * A process of its own: what it does to memory stops nobody else. A thread that grows to hundreds of megabytes and gives them back holds
 * up all threads of its process for up to half a second.
 */
export function hireProcess({ name, maxMegabytes, onEnd }: Hiring): Hand {
  const child = fork(worker, [], {
    serialization: 'advanced',
    execArgv: [`--max-old-space-size=${maxMegabytes}`, `--title=anlan ${name}`],
    env: Object.fromEntries(told.flatMap((one) => (process.env[one] === undefined ? [] : [[one, process.env[one]]]))),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  if (child.pid !== undefined) lowerProcess(child.pid)
  const kill = () => void child.kill('SIGKILL')
  processes.add(kill)
  const hand: Hand = {
    send(call) {
      try {
        child.send(call, (error) => error && kill())
      } catch (error) {
        // As a thread would call it.
        throw error instanceof Error && /could not be cloned/.test(error.message)
          ? new DOMException(error.message, 'DataCloneError')
          : error
      }
    },
    listen(hear, lost) {
      const onExit = (code: number | null, signal: string | null) =>
        // V8 aborts a process whose memory is full.
        lost(code === 134 || signal === 'SIGABRT' ? 'big' : 'broken', `the process ended: ${code ?? signal}`)
      const onError = (error: Error) => lost('broken', String(error))
      const onMessage = (answer: unknown) => hear(answer as ThreadAnswer)
      child.on('message', onMessage).on('error', onError).on('exit', onExit)
      return () => void child.off('message', onMessage).off('error', onError).off('exit', onExit)
    },
    usage: () => (linux && child.pid !== undefined ? readUsage(child.pid) : Promise.resolve(null)),
    work(does) {
      if (does) child.ref()
      else child.unref()
      if (does) child.channel?.ref()
      else child.channel?.unref()
    },
    end: kill,
  }
  child.on('exit', () => {
    processes.delete(kill)
    onEnd(hand)
  })
  child.on('error', () => undefined)
  return hand
}

function lowerProcess(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // It has ended already, which is told elsewhere.
  }
}

/** Clock ticks are 10 ms and pages 4 kB on every Linux that Node runs on. */
async function readUsage(pid: number): Promise<{ cpuMs: number; megabytes: number } | null> {
  try {
    const [stat, statm] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/statm`, 'utf8')])
    const parts = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { cpuMs: (Number(parts[11]) + Number(parts[12])) * 10, megabytes: (Number(statm.split(' ')[1]) * 4096) / 2 ** 20 }
  } catch {
    return null
  }
}
