import { readConfig } from '../base/config.ts'
import { migrate, readMigrations } from '../base/migrate.ts'
import { findServer } from './open.ts'
import { readArgs, say } from './talk.ts'

const usage = `npx anlan migrate
  把数据库升级到本程序的版本；可重复、可多个进程同时运行。
  Brings the database to this program's version; safe to repeat and to run from several processes.`

export async function run(args: string[]): Promise<number> {
  if (!readArgs(args, usage, {})) return 0
  const { adminUrl, secret, stop } = await findServer(readConfig())
  try {
    const applied = await migrate(adminUrl, secret)
    say(applied.length > 0 ? `已应用 applied: ${applied.join(', ')}` : `已是最新版本 up to date (${readMigrations().length})`)
  } finally {
    await stop?.()
  }
  return 0
}
