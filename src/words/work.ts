import { readConfig } from '../base/config.ts'
import { guardProcess } from '../base/guard.ts'
import { startWork } from '../base/job.ts'
import { openLog } from '../base/log.ts'
import { jobs } from '../rooms.ts'
import { closeAll, type Told } from './end.ts'
import { openSystem } from './open.ts'
import { readArgs, say } from './talk.ts'

const usage = `npx anlan work
  只运行后台任务与时限时钟，可启动任意多个。Runs jobs and clocks only; start as many as you like.`

export async function run(args: string[], told: Told): Promise<number> {
  if (!readArgs(args, usage, {})) return 0
  const config = readConfig()
  const log = openLog(config.ANLAN_LOG)
  guardProcess(log)
  const { db, adminUrl, secret, lost, close } = await openSystem('work', { config })
  const work = startWork({ db, log, adminUrl, secret, rooms: jobs, concurrency: 4 })
  say('后台任务运行中，按 Ctrl-C 结束。Working; Ctrl-C ends.')
  await Promise.race([told.happened, lost])
  const closing = [
    { within: 5_000, close },
    { within: 4_000, close: () => work.stop() },
  ]
  await closeAll(closing, (error) => log.error({ err: error }, 'while closing'))
  return 0
}
