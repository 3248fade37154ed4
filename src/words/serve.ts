import { createServer } from 'node:net'
import { saveRoles, unchangedActors } from '../access/index.ts'
import { type Config, readConfig } from '../base/config.ts'
import { type Db, openDb } from '../base/db.ts'
import { dataDirectory, startEmbedded } from '../base/embedded.ts'
import { guardProcess } from '../base/guard.ts'
import { startWork } from '../base/job.ts'
import { openLog } from '../base/log.ts'
import { migrate } from '../base/migrate.ts'
import { openStream } from '../base/stream.ts'
import { isFirstStart, loadDemo, startDemo } from '../demo/index.ts'
import { jobs, topics } from '../rooms.ts'
import { buildServer } from '../server.ts'
import { greet } from './banner.ts'
import { buildConsole, isConsoleBuilt } from './build.ts'
import { untilTold } from './end.ts'
import { takePlace } from './house.ts'
import { holdLock } from './lock.ts'
import { findLeftovers } from './replace.ts'
import { readArgs, say } from './talk.ts'

const usage = `npx anlan serve [--no-work]
  启动数据库、控制台与后台任务;--no-work 只提供页面与接口，后台任务由 anlan work 承担。
  Runs the database, the console and the jobs; --no-work leaves the jobs to anlan work.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { 'no-work': { type: 'boolean' } })
  if (!given) return 0
  const started = performance.now()
  const config = readConfig()
  const directory = await dataDirectory(config.ANLAN_DATA)
  const lock = await holdLock(directory, config.DATABASE_URL === undefined)
  if (!lock.held) {
    say(`安澜已在运行：${lock.url}（进程 ${lock.pid}）。Anlan is already running.`)
    return 1
  }
  try {
    return await serveUntilTold(config, directory, given.values['no-work'] !== true, started, lock.tell)
  } finally {
    await lock.release()
  }
}

async function serveUntilTold(
  config: Config,
  directory: string,
  works: boolean,
  started: number,
  tell: (url: string) => Promise<void>,
) {
  if (!(await isPortFree(config.ANLAN_HOST, config.ANLAN_PORT))) {
    say(`端口 ${config.ANLAN_PORT} 已被其他程序占用；请关闭该程序，或用 ANLAN_PORT 换一个端口。`)
    say(`Port ${config.ANLAN_PORT} is in use by another program; end that, or choose another port with ANLAN_PORT.`)
    return 1
  }
  if (!isConsoleBuilt()) {
    say('正在构建控制台页面… Building the console…')
    if (!buildConsole()) return 1
  }
  const log = openLog(config.ANLAN_LOG)
  guardProcess(log)
  const ending: (() => Promise<unknown>)[] = []
  try {
    const { adminUrl, secret } = await openDatabase(config, directory, ending)
    const place = await takePlace(adminUrl, 'serve', 'beside')
    ending.push(() => place.leave())
    await migrate(adminUrl, secret)
    const db = openDb(adminUrl, secret)
    ending.push(() => db.close())
    const first = await isFirstStart(db)
    const { unfinished } = await findLeftovers(adminUrl)
    if (unfinished)
      say(
        '上次恢复（或清空）没有完成，原有数据未动；请重新执行。The last restore did not finish, the data before it is untouched; say it again.',
      )
    // Whoever wanted to restore into an empty installation does not want the demo in its place.
    if (first && config.ANLAN_DEMO && !unfinished) await loadDemo(db, say)
    // A newer program may know rights that the roles of this installation do not have yet.
    if (!first) await db.work((tx) => saveRoles(tx))
    const url = await openDoors(config, { db, adminUrl, secret, log, works }, ending)
    await tell(url)
    await greet(db, { url, seconds: (performance.now() - started) / 1000, first })
    await Promise.race([untilTold(), place.lost])
    say('\n正在关闭… Closing…')
  } finally {
    for (const end of ending.reverse()) await end().catch((error: unknown) => log.error({ err: error }, 'while closing'))
  }
  say('已关闭，数据完好。Closed; nothing is lost.')
  return 0
}

async function openDatabase(config: Config, directory: string, ending: (() => Promise<unknown>)[]) {
  if (config.DATABASE_URL) return { adminUrl: config.DATABASE_URL, secret: config.ANLAN_SECRET ?? '' }
  const embedded = await startEmbedded(directory)
  ending.push(() => embedded.stop())
  return embedded
}

interface House {
  readonly db: Db
  readonly adminUrl: string
  readonly secret: string
  readonly log: ReturnType<typeof openLog>
  readonly works: boolean
}

async function openDoors(
  config: Config,
  { db, adminUrl, secret, log, works }: House,
  ending: (() => Promise<unknown>)[],
): Promise<string> {
  const stream = openStream({ adminUrl, secret, log, rights: topics, unchanged: (actors) => unchangedActors(db, actors) })
  ending.push(() => stream.close())
  const app = await buildServer({
    db,
    log,
    stream,
    publicUrl: config.ANLAN_PUBLIC_URL,
    trust: config.ANLAN_TRUST_PROXY,
    metricsToken: config.ANLAN_METRICS_TOKEN,
  })
  if (works) {
    const demo = await startDemo(db)
    if (demo) ending.push(() => demo.stop())
    const work = startWork({ db, log, adminUrl, secret, rooms: jobs })
    ending.push(() => work.stop())
  }
  ending.push(() => app.close())
  const address = await app.listen({ host: config.ANLAN_HOST, port: config.ANLAN_PORT })
  return config.ANLAN_PUBLIC_URL ?? address
}

function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const probe = createServer()
    probe.once('error', () => done(false))
    probe.listen(port, host, () => probe.close(() => done(true)))
  })
}
