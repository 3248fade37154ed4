import pg from 'pg'
import { openDb } from '../src/base/db.ts'
import { openLog } from '../src/base/log.ts'
import { jobs } from '../src/response/index.ts'

/**
 * Sweeps the clocks of cases, or another `CLOCK`, routes `MENTIONS` or does another `TASK`, and kills itself as `kill -9` would before the statement whose number is given
 * (of all that this process sends). A test starts it and looks afterwards at what is there.
 */
const {
  ADMIN_URL = '',
  SECRET = '',
  DIE_BEFORE = '0',
  MENTIONS,
  TASK,
  PAYLOAD = '{}',
  CLOCK = 'response.sweep_clocks',
} = process.env
let sent = 0
const send = pg.Client.prototype.query as (...given: unknown[]) => unknown
pg.Client.prototype.query = function query(this: pg.Client, ...given: unknown[]) {
  if (++sent === Number(DIE_BEFORE)) process.kill(process.pid, 'SIGKILL')
  return send.apply(this, given)
} as never

const given = { db: openDb(ADMIN_URL, SECRET), log: openLog('silent'), signal: new AbortController().signal }
if (MENTIONS) await jobs.tasks['response.route_alerts']?.({ mentionIds: MENTIONS.split(',').map(Number) }, given)
else if (TASK) await jobs.tasks[TASK]?.(JSON.parse(PAYLOAD), given)
else await jobs.clocks.find(({ name }) => name === CLOCK)?.sweep(given)
await given.db.close()
