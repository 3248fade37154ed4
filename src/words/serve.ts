import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { saveRoles, unchangedActors } from '../access/index.ts'
import { type Config, readConfig } from '../base/config.ts'
import { type Db, openDb } from '../base/db.ts'
import { dataDirectory, hasCluster, startEmbedded } from '../base/embedded.ts'
import { guardProcess } from '../base/guard.ts'
import { pause } from '../base/job.ts'
import { type Log, openLog } from '../base/log.ts'
import { openStream } from '../base/stream.ts'
import { isFirstStart, loadDemo } from '../demo/index.ts'
import { recordWord } from '../privacy/index.ts'
import { topics } from '../rooms.ts'
import { buildServer } from '../server.ts'
import { type KeptBack, keepBack, type ToBack } from './back.ts'
import { greet } from './banner.ts'
import { buildConsole, isConsoleBuilt } from './build.ts'
import { closeAll, type Step, type Told } from './end.ts'
import { mustFit } from './fit.ts'
import { type Place, takePlace } from './house.ts'
import { holdLock } from './lock.ts'
import { tellNew } from './open.ts'
import { findLeftovers } from './replace.ts'
import { readArgs, say } from './talk.ts'
import { bringUpToDate } from './upgrade.ts'

const usage = `npx anlan serve [--no-work]
  启动数据库、控制台与后台任务;--no-work 只提供页面与接口，后台任务由 anlan work 承担。
  Runs the database, the console and the jobs; --no-work leaves the jobs to anlan work.`

export async function run(args: string[], told: Told): Promise<number> {
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
    return await serveUntilTold({ config, directory, works: given.values['no-work'] !== true, started, tell: lock.tell, told })
  } finally {
    await lock.release()
  }
}

interface Serving {
  readonly config: Config
  readonly directory: string
  readonly works: boolean
  readonly started: number
  readonly tell: (url: string) => Promise<void>
  readonly told: Told
}

async function serveUntilTold(given: Serving): Promise<number> {
  const { config, told } = given
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
  const ending: Step[] = []
  const opening = openAll(given, log, ending)
  opening.catch(() => undefined)
  try {
    const place = await Promise.race([opening, told.happened])
    if (place) await Promise.race([told.happened, place.lost])
    say('\n正在关闭… Closing…')
  } finally {
    await closeAll(ending, (error) => log.error({ err: error }, 'while closing'))
    // Told while it was still opening: what was begun ends by itself or without what it stood on.
    await Promise.race([opening.catch(() => undefined), sleep(4_000, undefined, { ref: false })])
  }
  say('已关闭，数据完好。Closed; nothing is lost.')
  return 0
}

/** Opens one thing on the other and notes how each is closed, with what time it may take: ten seconds together. */
async function openAll({ config, directory, works, started, tell, told }: Serving, log: Log, ending: Step[]): Promise<Place> {
  const { promise: orders, resolve: order } = Promise.withResolvers<Omit<ToBack, 'key'>>()
  // It loads its program while the database starts.
  const back = keepBack(orders, log, told.signal)
  const noBack = { within: 3_500, close: () => back.stop() }
  ending.push(noBack)
  const { adminUrl, secret } = await openDatabase({ config, directory, told }, log, ending)
  const place = await takePlace(adminUrl, 'serve', 'beside')
  ending.push({ within: 500, close: () => place.leave() })
  told.signal.throwIfAborted()
  await mustFit(adminUrl, secret)
  await bringUpToDate(adminUrl, secret, 'serve')
  const db = openDb(adminUrl, secret, (login) => log.error({ login }, 'a database login was tampered with and set right'))
  ending.push({ within: 1_000, close: () => db.close() })
  told.signal.throwIfAborted()
  const first = await isFirstStart(db)
  const { unfinished } = await findLeftovers(adminUrl)
  if (unfinished)
    say(
      '上次恢复（或清空）没有完成，原有数据未动；请重新执行。The last restore did not finish, the data before it is untouched; say it again.',
    )
  // Whoever wanted to restore into an empty installation does not want the demo in its place.
  if (first && config.ANLAN_DEMO && !unfinished) {
    await loadDemo(db, say)
    await db.work((tx) => recordWord(tx, 'serve', 'demo'))
  }
  // A newer program may know rights that the roles of this installation do not have yet.
  if (!first) await db.work((tx) => saveRoles(tx))
  order({ adminUrl, secret, works })
  // One that does not come up keeps nobody from the pages.
  await Promise.race([back.ready, told.happened, pause(20_000, told.signal)])
  ending.splice(ending.indexOf(noBack), 1)
  const url = await openDoors(config, { db, adminUrl, secret, log, back }, ending)
  await tell(url)
  // Whoever asks meanwhile opens what is wanted.
  void db.warm().catch((error) => log.warn({ err: error }, 'connections could not be opened beforehand'))
  // It serves already: a database that went away just now costs a line of greeting.
  await greet(db, { url, seconds: (performance.now() - started) / 1000, first }).catch((error) =>
    log.error({ err: error }, 'greeting'),
  )
  return place
}

async function openDatabase(
  { config, directory, told }: Pick<Serving, 'config' | 'directory' | 'told'>,
  log: Log,
  ending: Step[],
) {
  if (config.DATABASE_URL) return { adminUrl: config.DATABASE_URL, secret: config.ANLAN_SECRET ?? '' }
  if (!(await hasCluster(directory))) await tellNew(directory)
  const embedded = await startEmbedded(directory, told.signal, log)
  ending.push({ within: 4_500, close: () => embedded.stop(3_000) })
  return embedded
}

interface House {
  readonly db: Db
  readonly adminUrl: string
  readonly secret: string
  readonly log: Log
  readonly back: KeptBack
}

async function openDoors(config: Config, { db, adminUrl, secret, log, back }: House, ending: Step[]): Promise<string> {
  const stream = openStream({ adminUrl, secret, log, rights: topics, unchanged: (actors) => unchangedActors(db, actors) })
  ending.push({ within: 500, close: () => stream.close() })
  const app = await buildServer({
    db,
    log,
    stream,
    publicUrl: config.ANLAN_PUBLIC_URL,
    trust: config.ANLAN_TRUST_PROXY,
    metricsToken: config.ANLAN_METRICS_TOKEN,
    back,
  })
  ending.push({ within: 3_500, close: () => Promise.all([app.close(), back.stop()]) })
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
