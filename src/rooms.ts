import * as access from './access/index.ts'
import type { RoomJobs } from './base/job.ts'
import type { Served } from './base/serve.ts'
import * as delivery from './delivery/index.ts'
import * as monitoring from './monitoring/index.ts'
import * as privacy from './privacy/index.ts'
import * as response from './response/index.ts'

/** Every room that answers asks. */
export const served: readonly Served[] = [access.served, privacy.served, delivery.served, monitoring.served, response.served]

/** Every room that has jobs, clocks or subscriptions to facts. */
export const jobs: readonly RoomJobs[] = [delivery.jobs, monitoring.jobs, response.jobs]

/** Which right lets a person hear that rows of a topic changed. */
export const topics: Readonly<Record<string, string>> = { ...access.topics, ...monitoring.topics, ...response.topics }
