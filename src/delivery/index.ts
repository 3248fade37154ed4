import type { RoomJobs } from '../base/job.ts'
import type { Served } from '../base/serve.ts'
import { delivery } from './contract.ts'

export const served: Served = { asks: delivery, handlers: {} }
export const jobs: RoomJobs = { tasks: {}, on: {}, clocks: [] }
export const topics: Readonly<Record<string, string>> = {}
