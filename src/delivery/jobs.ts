import type { RoomJobs } from '../base/job.ts'

export const jobs: RoomJobs = { tasks: {}, on: {}, clocks: [] }
