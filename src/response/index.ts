import type { RoomJobs } from '../base/job.ts'
import type { Served } from '../base/serve.ts'
import { response } from './contract.ts'

export const served: Served = { asks: response, handlers: {} }
export const jobs: RoomJobs = { tasks: {}, on: {}, clocks: [] }
export const topics: Readonly<Record<string, string>> = {}
