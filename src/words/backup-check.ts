import { createHash } from 'node:crypto'
import { type Migration, readMigrations } from '../base/migrate.ts'
import { type BackupEnd, type BackupHead, type BackupTable, markOf, readLines, textOf } from './backup-file.ts'
import { UsageFault } from './talk.ts'

/** A backup that was read once from end to end: whole, unchanged and of a schema that this program knows. */
export interface CheckedBackup {
  readonly head: BackupHead
  readonly end: BackupEnd
  /** Rows by table, as they stand in the file. */
  readonly counts: Readonly<Record<string, number>>
  /** The migrations that made its schema. */
  readonly migrations: readonly Migration[]
}

/** Throws a `UsageFault` that says why a file cannot be restored; nothing was touched then. */
export async function checkBackup(file: string, known: readonly Migration[] = readMigrations()): Promise<CheckedBackup> {
  const refuse = (zh: string, en: string): UsageFault => new UsageFault(`${file}：${zh} / ${en}`)
  const changed = () => refuse('文件不完整或被改动，未作任何更改', 'the file is cut short or was changed; nothing was touched')
  const hash = createHash('sha256')
  const counts: Record<string, number> = {}
  let head: BackupHead | undefined
  let end: BackupEnd | undefined
  let rows = 0
  let table = ''
  try {
    for await (const line of readLines(file)) {
      const mark = markOf(line)
      if (end || (mark === 'H') !== (head === undefined) || (mark === 'R' && table === '')) throw changed()
      if (mark === 'E') {
        end = textOf<BackupEnd>(line)
        continue
      }
      hash.update(line).update('\n')
      if (mark === 'H') head = readHead(line)
      else if (mark === 'T') {
        const { schema, name } = textOf<BackupTable>(line)
        table = `${schema}.${name}`
        if (table in counts) throw changed()
        counts[table] = 0
      } else if (mark === 'R') {
        rows += 1
        counts[table] = (counts[table] ?? 0) + 1
      } else throw changed()
    }
  } catch (error) {
    if (error instanceof UsageFault) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw refuse(`不是完整的备份文件（${reason}），未作任何更改`, `not a whole backup (${reason}); nothing was touched`)
  }
  if (!head) throw refuse('不是安澜的备份文件', 'not a backup of Anlan')
  if (!end || end.rows !== rows || end.sha256 !== hash.digest('hex') || !sameCounts(end.counts ?? counts, counts)) throw changed()
  return { head, end, counts, migrations: findMigrations(head, known, refuse) }

  function readHead(line: Buffer): BackupHead {
    const read = textOf<BackupHead>(line)
    if (read.program !== 'anlan' || !Array.isArray(read.migrations)) throw refuse('不是安澜的备份文件', 'not a backup of Anlan')
    if (read.format !== 1 && read.format !== 2)
      throw refuse(
        '备份来自更新版本的程序，请使用新版程序恢复',
        'the backup was made by a newer program; restore it with that one',
      )
    return read
  }
}

const sameCounts = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([name, count]) => b[name] === count)

/** The backup's schema must be one that this very program went through: then its rows fit, and what came later is known. */
function findMigrations(
  head: BackupHead,
  known: readonly Migration[],
  refuse: (zh: string, en: string) => UsageFault,
): readonly Migration[] {
  const made = `${head.version ?? '0.1.0'}, ${head.migrations.length}`
  if (head.migrations.length > known.length)
    throw refuse(
      `备份来自更新版本的程序（${made}，本程序 ${known.length}），未作任何更改`,
      `the backup was made by a newer program (${made}; this one ${known.length}); nothing was touched`,
    )
  const foreign = head.migrations.find(({ number, hash }, at) => number !== at + 1 || known[at]?.hash !== hash)
  if (foreign)
    throw refuse(
      `备份的数据结构与本程序不同（${foreign.name}），可能来自另一个构建版本，未作任何更改`,
      `the backup's schema is not this program's (${foreign.name}): it was made by another build; nothing was touched`,
    )
  return known.slice(0, head.migrations.length)
}
