import pg from 'pg'
import { readConfig } from '../base/config.ts'
import { readMigrations } from '../base/migrate.ts'
import { mustFit } from './fit.ts'
import { takePlace } from './house.ts'
import { findServer } from './open.ts'
import { readArgs, say } from './talk.ts'
import { bringUpToDate } from './upgrade.ts'

const usage = `npx anlan migrate
  把数据库升级到本程序的版本；可重复。有升级要做时，请先停止 serve 与 work。
  Brings the database to this program's version; safe to repeat. Where there is something to do, stop serve and work before.`

export async function run(args: string[]): Promise<number> {
  if (!readArgs(args, usage, {})) return 0
  const { adminUrl, secret, stop } = await findServer(readConfig(), { make: true })
  try {
    const place = await takePlace(adminUrl, 'migrate', (await isCurrent(adminUrl)) ? 'beside' : 'alone')
    const applied = await mustFit(adminUrl, secret)
      .then(() => bringUpToDate(adminUrl, secret, 'migrate'))
      .finally(() => place.leave())
    say(applied.length > 0 ? `已应用 applied: ${applied.join(', ')}` : `已是最新版本 up to date (${readMigrations().length})`)
  } finally {
    await stop?.()
  }
  return 0
}

async function isCurrent(adminUrl: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ there: string | null }>(`select to_regclass('public.anlan_migration') as there`)
    if (!rows[0]?.there) return false
    const { rows: newest } = await client.query<{ n: number }>(
      'select coalesce(max(number), 0)::int as n from public.anlan_migration',
    )
    return newest[0]?.n === readMigrations().length
  } finally {
    await client.end()
  }
}
