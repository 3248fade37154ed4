// The process behind `serve`: works on what is large and on what comes from strangers, so that the one in front only answers people.
// Started by src/words/back.ts, which says by the channel between them where the database is.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { readConfig } from './base/config.ts'
import { openDb } from './base/db.ts'
import { guardProcess } from './base/guard.ts'
import { startWork } from './base/job.ts'
import { openLog } from './base/log.ts'
import { noteLoopsTo } from './base/loop.ts'
import { stepBack } from './base/thread.ts'
import { startDemo } from './demo/index.ts'
import { jobs } from './rooms.ts'
import { buildServer } from './server.ts'
import type { FromBack, ToBack } from './words/back.ts'
import { closeAll, listenForEnd, type Step } from './words/end.ts'
import { takePlace } from './words/house.ts'

const tell = (said: FromBack) => {
  // The channel is closed once it is told to end.
  if (process.connected) process.send?.(said)
}
const told = listenForEnd()
const config = readConfig()
const log = openLog(config.ANLAN_LOG)
guardProcess(log)
await stepBack()
  .catch((error) => log.warn({ err: error }, 'priority'))
  .then(async () => (await import('node:os')).setPriority(process.pid, 5))
  .catch((error) => log.error({ err: error }, 'priority'))
const orders = once(process, 'message', { signal: told.signal })
// Nothing else keeps it until it is told.
process.channel?.ref()
tell('up')
const ending: Step[] = []
try {
  const [{ adminUrl, secret, key, works }] = (await orders) as [ToBack]
  process.channel?.unref()
  const place = await takePlace(adminUrl, 'serve.back', 'beside')
  ending.push({ within: 200, close: () => place.leave() })
  const db = openDb(adminUrl, secret, (login) => log.error({ login }, 'a database login was tampered with and set right'))
  ending.push({ within: 300, close: () => db.close() })
  const app = await buildServer({
    ...{ db, log, stream: null, publicUrl: config.ANLAN_PUBLIC_URL, trust: { hops: 1 } },
    behind: { key, tell: (counted) => tell({ counted }) },
  })
  if (works) {
    const demo = await startDemo(db)
    if (demo) ending.push({ within: 300, close: () => demo.stop() })
  }
  // Who works tells of the errors of its loops in its row among the workers.
  else noteLoopsTo((loop) => tell({ loop }))
  const work = works ? startWork({ db, log, adminUrl, secret, rooms: jobs }) : null
  ending.push({ within: 2_200, close: () => Promise.all([app.close(), work?.stop()]) })
  await app.listen({ host: '127.0.0.1', port: 0 })
  tell({ port: (app.server.address() as AddressInfo).port })
  await Promise.race([told.happened, place.lost])
} catch (error) {
  if (!told.signal.aborted) {
    log.error({ err: error }, 'the process behind could not go on')
    process.exitCode = 1
  }
} finally {
  await closeAll(ending, (error) => log.error({ err: error }, 'while closing'))
}
process.exit()
