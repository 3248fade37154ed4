import { availableParallelism } from 'node:os'
import { Lane } from '../base/thread.ts'

const megabytes = 768

/** What has been brought is judged here; as many threads as the machine has to spare. */
export const judging = new Lane({
  name: 'judging',
  threads: Math.min(4, Math.max(1, availableParallelism() - 1)),
  waiting: 1000,
  maxMs: 30_000,
  maxMegabytes: megabytes,
})

/** Feeds and bodies as strangers wrote them are read here. */
export const reading = new Lane({ name: 'reading', threads: 1, waiting: 200, maxMs: 10_000, maxMegabytes: megabytes })

/** Rules that people try, a page of posts at a time. */
export const trying = new Lane({ name: 'trying', threads: 1, waiting: 20, maxMs: 3000, maxMegabytes: megabytes })

/** Files that people bring, of up to two hundred megabytes by the command line. */
export const files = new Lane({ name: 'files', threads: 1, waiting: 8, maxMs: 60_000, maxMegabytes: 1536 })
