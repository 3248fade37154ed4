import pg from 'pg'
import { openDb } from '../src/base/db.ts'
import { openLog } from '../src/base/log.ts'
import { jobs } from '../src/response/index.ts'

/**
 * Sweeps the clocks of cases and kills itself, as `kill -9` would, before the statement whose number is given (counting all that this
 * process sends), or after the last of a sweep where that number is beyond it. Prints nothing; a test starts it and looks afterwards.
 */
const { ADMIN_URL = '', SECRET = '', DIE_BEFORE = '0', CLOCK = 'response.sweep_clocks' } = process.env
let sent = 0
const send = pg.Client.prototype.query as (...given: unknown[]) => unknown
pg.Client.prototype.query = function query(this: pg.Client, ...given: unknown[]) {
  if (++sent === Number(DIE_BEFORE)) process.kill(process.pid, 'SIGKILL')
  return send.apply(this, given)
} as never

const db = openDb(ADMIN_URL, SECRET)
const clock = jobs.clocks.find(({ name }) => name === CLOCK)
await clock?.sweep({ db, log: openLog('silent'), signal: new AbortController().signal })
await db.close()
