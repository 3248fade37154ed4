import { readConfig } from '../base/config.ts'
import { guardProcess } from '../base/guard.ts'
import { startWork } from '../base/job.ts'
import { openLog } from '../base/log.ts'
import { jobs } from '../rooms.ts'
import { untilTold } from './end.ts'
import { openSystem } from './open.ts'
import { readArgs, say } from './talk.ts'

const usage = `npx anlan work
  只运行后台任务与时限时钟，可启动任意多个。Runs jobs and clocks only; start as many as you like.`

export async function run(args: string[]): Promise<number> {
  if (!readArgs(args, usage, {})) return 0
  const config = readConfig()
  const log = openLog(config.ANLAN_LOG)
  guardProcess(log)
  const { db, adminUrl, secret, lost, close } = await openSystem('work', config)
  const work = startWork({ db, log, adminUrl, secret, rooms: jobs, concurrency: 4 })
  say('后台任务运行中，按 Ctrl-C 结束。Working; Ctrl-C ends.')
  await Promise.race([untilTold(), lost])
  await work.stop()
  await close()
  return 0
}
