import pg from 'pg'
import { foundGroup } from '../access/index.ts'
import { readConfig } from '../base/config.ts'
import { openDb } from '../base/db.ts'
import { dataDirectory } from '../base/embedded.ts'
import { migrate } from '../base/migrate.ts'
import { loadDemo } from '../demo/index.ts'
import { tellPasswords } from './group.ts'
import { holdLock } from './lock.ts'
import { findServer } from './open.ts'
import { readArgs, say, UsageFault } from './talk.ts'
import { wipe } from './wipe.ts'

const usage = `npx anlan demo leave --yes [--name 本集团名称]   清空演示，建立空的本集团和三员账号 / leave the demo for an empty group of your own
  npx anlan demo reset --yes                       清空全部数据，重新载入演示 / wipe everything and load the demo anew
  请先停止 serve。Stop serve before.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { yes: { type: 'boolean' }, name: { type: 'string' } })
  if (!given) return 0
  const [action] = given.positionals
  if (action !== 'leave' && action !== 'reset') throw new UsageFault(usage)
  if (given.values.yes !== true)
    throw new UsageFault(`将清空全部现有数据，确认请加 --yes / this wipes all data; add --yes\n\n${usage}`)
  const config = readConfig()
  const lock = await holdLock(await dataDirectory(config.ANLAN_DATA), config.DATABASE_URL === undefined)
  if (!lock.held) throw new UsageFault(`安澜正在运行（${lock.url}），请先停止 / Anlan is running, stop it first`)
  const { adminUrl, secret, stop } = await findServer(config)
  try {
    const client = new pg.Client({ connectionString: adminUrl })
    await client.connect()
    await wipe(client).finally(() => client.end())
    await migrate(adminUrl, secret)
    const db = openDb(adminUrl, secret)
    try {
      if (action === 'reset') await loadDemo(db, say)
      else {
        const passwords = await db.work((tx) => foundGroup(tx, given.values.name ?? '本集团'))
        say('演示已清空，空的本集团已建立。下一步：npx anlan group load group.json · The demo is gone; load your own group next.')
        tellPasswords(passwords)
      }
    } finally {
      await db.close()
    }
  } finally {
    await stop?.()
    await lock.release()
  }
  return 0
}
