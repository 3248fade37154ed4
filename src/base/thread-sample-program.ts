import { Lane, threadTask } from './thread.ts'
import type * as sample from './thread-sample.ts'

// A program with one process at work that never ends, for a test that kills it.
const module = new URL('./thread-sample.ts', import.meta.url)
const lane = new Lane({ name: 'sample', threads: 1, waiting: 1, maxMs: 600_000, maxMegabytes: 2000, apart: true })
process.send?.(await lane.run(threadTask<typeof sample.who>(module, 'who'), undefined as never))
void lane.run(threadTask<typeof sample.spin>(module, 'spin'), undefined as never)
