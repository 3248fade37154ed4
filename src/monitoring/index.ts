import type { FastifyInstance } from 'fastify'
import type { Db } from '../base/db.ts'
import type { RoomJobs } from '../base/job.ts'
import type { Log } from '../base/log.ts'
import type { Served } from '../base/serve.ts'
import { monitoring } from './contract.ts'

export const served: Served = { asks: monitoring, handlers: {} }
export const jobs: RoomJobs = { tasks: {}, on: {}, clocks: [] }
export const topics: Readonly<Record<string, string>> = {}
export async function registerWebhooks(_app: FastifyInstance, _db: Db, _log: Log): Promise<void> {
  return
}
