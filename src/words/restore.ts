import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { readConfig } from '../base/config.ts'
import { dataDirectory } from '../base/embedded.ts'
import { migrate } from '../base/migrate.ts'
import { holdOutward } from '../base/outward.ts'
import { recordWord } from '../privacy/index.ts'
import { type CheckedBackup, checkBackup } from './backup-check.ts'
import { fillFromBackup } from './fill.ts'
import { mustFit } from './fit.ts'
import { takePlace } from './house.ts'
import { holdLock } from './lock.ts'
import { findServer } from './open.ts'
import { type AtStep, dropLeftovers, replaceDatabase } from './replace.ts'
import { readArgs, say, UsageFault } from './talk.ts'
import { onceOpen } from './upgrade.ts'

const usage = `npx anlan restore FILE --yes [--keep]
  用备份替换全部现有数据，要么全部恢复，要么原样不动：先核对文件，装入第二个数据库并核对，再与现有数据库换名。请先停止 serve 与 work。
  --keep：原有数据库改名保留。
  npx anlan restore --forget    删除此前保留的旧数据库与未完成的恢复。
  Replaces all data with a backup, whole or not at all: the file is checked, filled into a second database, checked there, and the two
  change names. Stop serve and work before. --keep keeps the old database under another name. --forget drops what was kept or unfinished.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { yes: { type: 'boolean' }, keep: { type: 'boolean' }, forget: { type: 'boolean' } })
  if (!given) return 0
  const [file, ...more] = given.positionals
  const { yes = false, keep = false, forget = false } = given.values
  if (more.length > 0 || (file === undefined) !== forget) throw new UsageFault(usage)
  const backup = file === undefined ? null : await checkBackup(await existing(file))
  if (backup && !yes) throw new UsageFault(`将替换全部现有数据，确认请加 --yes / this replaces all data; add --yes\n\n${usage}`)
  return aloneOn(
    'restore',
    async (adminUrl, secret) => {
      if (!backup || file === undefined) {
        const gone = await dropLeftovers(adminUrl, 'all')
        if (gone.length > 0) await record(adminUrl, secret, 'restore_forget', gone.join(' '))
        say(gone.length > 0 ? `已删除 dropped: ${gone.join(', ')}` : '没有可删除的旧数据库。Nothing to drop.')
        return
      }
      const { result, kept } = await restoreBackup(adminUrl, secret, file, backup, { keep })
      say(`已恢复 ${result} 行（备份时间 ${backup.head.at}）。Restored.`)
      say('邮件、外发接口与来源抓取已暂停：确认只有这一份在用后，执行 npx anlan outward open。')
      say('Nothing goes out and nothing is fetched until you say that this copy is the one in use: npx anlan outward open.')
      if (kept) say(`原有数据保留为数据库 ${kept}，确认无误后用 npx anlan restore --forget 删除。The old data stays as ${kept}.`)
    },
    { make: backup !== null },
  )
}

async function existing(file: string): Promise<string> {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) throw new UsageFault(`没有这个文件 / no such file: ${file}`)
  return file
}

/** A row in the trail of a database that may be too old to have one. */
async function record(adminUrl: string, secret: string, word: string, what: string): Promise<void> {
  await onceOpen(adminUrl, secret, (tx) => recordWord(tx, word, what)).catch((error: Error) =>
    say(`未能留痕 / no row in the trail: ${error.message}`),
  )
}

/** Does something with the database while no other program of ours is on it. */
export async function aloneOn(
  word: string,
  work: (adminUrl: string, secret: string) => Promise<void>,
  { make = false }: { readonly make?: boolean } = {},
): Promise<number> {
  const config = readConfig()
  const lock = await holdLock(await dataDirectory(config.ANLAN_DATA), config.DATABASE_URL === undefined)
  if (!lock.held) throw new UsageFault(`安澜正在运行（${lock.url}），请先停止 / Anlan is running, stop it first`)
  try {
    const { adminUrl, secret, stop } = await findServer(config, { make })
    try {
      const place = await takePlace(adminUrl, word, 'alone')
      await mustFit(adminUrl, secret)
        .then(() => work(adminUrl, secret))
        .finally(() => place.leave())
    } finally {
      await stop?.()
    }
  } finally {
    await lock.release()
  }
  return 0
}

/** The copy keeps to itself, and says in its trail what it is a copy of. */
async function markCopy(url: string, secret: string, file: string, { head, end }: CheckedBackup): Promise<void> {
  await onceOpen(url, secret, async (tx) => {
    await holdOutward(tx, head.at)
    await recordWord(tx, 'restore', `${basename(file)} ${head.at} ${end.rows} sha256:${end.sha256.slice(0, 16)}`)
  })
}

/** Restores a checked backup in place of a database. Answers with the rows restored. */
export function restoreBackup(
  adminUrl: string,
  secret: string,
  file: string,
  backup: CheckedBackup,
  { keep = false, at = () => undefined }: { readonly keep?: boolean; readonly at?: AtStep } = {},
): Promise<{ result: number; kept: string | null }> {
  const build = async (url: string): Promise<number> => {
    await migrate(url, secret, backup.migrations)
    await at('migrated')
    const rows = await fillFromBackup(url, file, backup, at)
    await at('filled')
    await migrate(url, secret)
    await markCopy(url, secret, file, backup)
    return rows
  }
  return replaceDatabase(adminUrl, build, { keep, at })
}
