import { readdir, readFile } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { Worker } from 'node:worker_threads'

/**
 * Work on hostile bytes is done in threads beside the one that answers people. A lane is a few threads for one kind of work, so that
 * what is slow in one kind does not hold up another. Threads start when first needed and stay, unless a limit strikes: then the thread
 * ends, and the next piece of work gets a new one.
 */
export interface LaneLimits {
  readonly name: string
  readonly threads: number
  /** Pieces of work that may wait. */
  readonly waiting: number
  /** Processor time for one piece of work; four times as much by the clock, as a machine may be busy. */
  readonly maxMs: number
  readonly maxMegabytes: number
}

export type ThreadReason = 'slow' | 'big' | 'busy' | 'cancelled' | 'broken'

/** What people are told who brought the work. */
export const threadFaults: Readonly<Record<ThreadReason, { zh: string; en: string }>> = {
  slow: { zh: '内容处理耗时过长，已停止。', en: 'It took too long to process and was stopped.' },
  big: { zh: '内容处理占用内存过多，已停止。', en: 'It took too much memory to process and was stopped.' },
  busy: { zh: '待处理的内容太多，请稍后再试。', en: 'Too much is waiting to be processed; try again later.' },
  cancelled: { zh: '处理已取消。', en: 'Processing was cancelled.' },
  broken: { zh: '处理意外中断，请重试。', en: 'Processing broke off unexpectedly; try again.' },
}

/** Why a piece of work was not finished: too slow, too big, too many waiting, cancelled, or an error of its own. */
export class ThreadFault extends Error {
  override name = 'ThreadFault'
  readonly reason: ThreadReason
  constructor(reason: ThreadReason, message: string) {
    super(message)
    this.reason = reason
  }
}

/** A pure function that another thread can find: the file that exports it, and its name there. Input and output are plain data. */
export interface ThreadTask<In, Out> {
  readonly module: string
  readonly name: string
  /** Never there: it carries the types. */
  readonly types?: (input: In) => Out
}

export function threadTask<F extends (input: never) => unknown>(
  module: URL,
  name: string,
): ThreadTask<Parameters<F>[0], Awaited<ReturnType<F>>> {
  return { module: module.href, name }
}

export interface ThreadCall {
  readonly module: string
  readonly name: string
  readonly input: unknown
}
/** What a thread says: that what it was called for is loaded and begins, then the answer. */
export type ThreadAnswer = 'begun' | ThreadResult
export type ThreadResult = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown }

interface Job {
  readonly call: ThreadCall
  readonly done: (value: unknown) => void
  readonly fail: (error: unknown) => void
  readonly signal: AbortSignal | undefined
  readonly moved: readonly Uint8Array[]
}

const watchEveryMs = 200
/** V8 itself ends a thread at this many times the limit; it can take the process along, so the watch must come first. */
const hardFactor = 3

export class Lane {
  readonly limits: LaneLimits
  private readonly queue: Job[] = []
  private readonly idle: Worker[] = []
  private working = 0

  constructor(limits: LaneLimits) {
    this.limits = limits
  }

  /**
   * Settles with what the function answered; fails with a `ThreadFault`, or with the error that the function threw. What is `moved` is not
   * copied to the thread, which takes 5 ms a megabyte, and is gone here.
   */
  run<In, Out>(task: ThreadTask<In, Out>, input: In, signal?: AbortSignal, moved: readonly Uint8Array[] = []): Promise<Out> {
    return new Promise((done, fail) => {
      if (signal?.aborted) return fail(new ThreadFault('cancelled', task.name))
      if (this.working >= this.limits.threads && this.queue.length >= this.limits.waiting)
        return fail(new ThreadFault('busy', `${this.limits.name}: ${this.queue.length} are waiting`))
      const leave = () => {
        const place = this.queue.indexOf(job)
        if (place >= 0) fail(new ThreadFault('cancelled', task.name))
        if (place >= 0) this.queue.splice(place, 1)
      }
      const settled = () => signal?.removeEventListener('abort', leave)
      const job: Job = {
        call: { module: task.module, name: task.name, input },
        done: (value) => {
          settled()
          done(value as Out)
        },
        fail: (error) => {
          settled()
          fail(error)
        },
        signal,
        moved,
      }
      signal?.addEventListener('abort', leave)
      this.queue.push(job)
      this.next()
    })
  }

  private next(): void {
    while (this.working < this.limits.threads) {
      const job = this.queue.shift()
      if (!job) return
      this.working += 1
      void this.work(job).finally(() => {
        this.working -= 1
        this.next()
      })
    }
  }

  private async work(job: Job): Promise<void> {
    const worker = this.idle.pop() ?? this.hire()
    const ended = new AbortController()
    worker.ref()
    try {
      const answer = await this.ask(worker, job, ended.signal)
      worker.unref()
      this.idle.push(worker)
      if (answer.ok) job.done(answer.value)
      else job.fail(answer.error)
    } catch (error) {
      job.fail(error)
      void worker.terminate()
    } finally {
      ended.abort()
    }
  }

  private hire(): Worker {
    const { maxMegabytes } = this.limits
    const worker = new Worker(new URL('./thread-worker.ts', import.meta.url), {
      name: `anlan ${this.limits.name}`,
      resourceLimits: { maxOldGenerationSizeMb: maxMegabytes * hardFactor, maxYoungGenerationSizeMb: 64 },
    })
    worker.on('online', () => void lowerPriority(worker.threadName ?? '').catch(() => undefined))
    // One that ends while it rests is not used again.
    worker.on('exit', () => {
      const place = this.idle.indexOf(worker)
      if (place >= 0) this.idle.splice(place, 1)
    })
    // What goes wrong while it works is told to whose work it was.
    worker.on('error', () => undefined)
    return worker
  }

  private ask(worker: Worker, { call, signal, moved }: Job, ended: AbortSignal): Promise<ThreadResult> {
    return new Promise((done, fail) => {
      const onMessage = (answer: ThreadAnswer) => {
        if (answer === 'begun') this.watch(worker, call, ended, fail)
        else done(answer)
      }
      const onError = (error: { code?: string }) =>
        fail(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? new ThreadFault('big', call.name)
            : new ThreadFault('broken', `${call.name}: ${String(error)}`),
        )
      const onExit = () => fail(new ThreadFault('broken', `${call.name}: the thread ended`))
      const cancel = () => fail(new ThreadFault('cancelled', call.name))
      worker.on('message', onMessage).once('error', onError).once('exit', onExit)
      signal?.addEventListener('abort', cancel)
      ended.addEventListener('abort', () => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit)
        signal?.removeEventListener('abort', cancel)
      })
      worker.postMessage(
        call,
        moved.filter(isAlone).map(({ buffer }) => buffer as ArrayBuffer),
      )
    })
  }

  /** From when the work itself begins: starting a thread and loading its code are not the work's fault. */
  private watch(worker: Worker, call: ThreadCall, ended: AbortSignal, fail: (fault: ThreadFault) => void): void {
    const started = performance.now()
    const { maxMs, maxMegabytes } = this.limits
    const before = worker.cpuUsage()
    const look = async () => {
      if (performance.now() - started > maxMs * 4) return fail(new ThreadFault('slow', call.name))
      const [from, cpu, heap] = await Promise.all([before, worker.cpuUsage(), worker.getHeapStatistics()])
      if (cpu.user + cpu.system - from.user - from.system > maxMs * 1000) fail(new ThreadFault('slow', call.name))
      if (heap.used_heap_size + heap.external_memory > maxMegabytes * 2 ** 20) fail(new ThreadFault('big', call.name))
    }
    // A thread that is just ending answers nothing: its end is told elsewhere. One that cannot be watched for another reason has no limits.
    const blind = (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ERR_WORKER_NOT_RUNNING') fail(new ThreadFault('broken', `${call.name}: ${String(error)}`))
    }
    before.catch(blind)
    const timer = setInterval(() => void look().catch(blind), watchEveryMs)
    ended.addEventListener('abort', () => clearInterval(timer))
  }
}

/** Small buffers lie beside others in one piece of memory. */
const isAlone = ({ buffer, byteLength }: Uint8Array): boolean => buffer instanceof ArrayBuffer && buffer.byteLength === byteLength

/** Processors go first to the thread that answers people. Linux alone gives each thread a priority; its name leads to it. */
const lowerPriority = (name: string) => lowerThreads((called) => called === name)

/** The same for a whole process that nobody waits for: for the collector's helpers, which serve its threads, as for these. */
export async function stepBack(): Promise<void> {
  await lowerThreads((_, id) => id !== process.pid)
  setPriority(halfWay)
}

/** Between whoever answers people and whoever works on hostile bytes. */
const halfWay = 5

async function lowerThreads(which: (name: string, id: number) => boolean): Promise<void> {
  if (process.platform !== 'linux') return
  const threads = '/proc/self/task'
  for (const id of await readdir(threads))
    if (which((await readFile(`${threads}/${id}/comm`, 'utf8')).trim(), Number(id)))
      setPriority(Number(id), constants.priority.PRIORITY_BELOW_NORMAL)
}
