import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { readConfig } from '../base/config.ts'
import { dataDirectory } from '../base/embedded.ts'
import { migrate, readMigrations } from '../base/migrate.ts'
import { type BackupHead, type BackupTable, listTables } from './backup-file.ts'
import { holdLock } from './lock.ts'
import { findServer } from './open.ts'
import { progress, readArgs, say, UsageFault } from './talk.ts'
import { wipe } from './wipe.ts'

const usage = `npx anlan restore FILE --yes
  用备份替换全部现有数据。先核对文件完整，再在一个事务中替换：要么全部恢复，要么原样不动。请先停止 serve。
  Replaces all data with a backup, whole or not at all. The file is checked first. Stop serve before.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { yes: { type: 'boolean' } })
  if (!given) return 0
  const file = given.positionals[0]
  if (file === undefined || given.positionals.length !== 1) throw new UsageFault(usage)
  const head = await checkBackup(file)
  if (given.values.yes !== true)
    throw new UsageFault(`将替换全部现有数据，确认请加 --yes / this replaces all data; add --yes\n\n${usage}`)
  const config = readConfig()
  const lock = await holdLock(await dataDirectory(config.ANLAN_DATA), config.DATABASE_URL === undefined)
  if (!lock.held) throw new UsageFault(`安澜正在运行（${lock.url}），请先停止 / Anlan is running, stop it first`)
  const { adminUrl, secret, stop } = await findServer(config)
  try {
    const rows = await restoreBackup(adminUrl, secret, file, head)
    say(`已恢复 ${rows} 行（备份时间 ${head.at}）。Restored.`)
  } finally {
    await stop?.()
    await lock.release()
  }
  return 0
}

async function* readLines(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file)
  const gunzip = stream.pipe(createGunzip())
  const failed = new Promise<never>((_, reject) => {
    stream.on('error', reject)
    gunzip.on('error', reject)
  })
  failed.catch(() => undefined)
  // Rows may hold carriage returns of their own only as escapes, so a line is what a newline ends.
  const lines = createInterface({ input: gunzip, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([lines.next(), failed])
    if (next.done) return
    yield next.value
  }
}

/** Reads the whole file once. Throws a `UsageFault` when it is no backup of ours, cut short or changed. */
export async function checkBackup(file: string): Promise<BackupHead> {
  const refuse = (zh: string, en: string): never => {
    throw new UsageFault(`${file}: ${zh} / ${en}`)
  }
  const hash = createHash('sha256')
  let head: BackupHead | undefined
  let end: { rows: number; sha256: string } | undefined
  let rows = 0
  try {
    for await (const line of readLines(file)) {
      if (line.startsWith('H')) head = JSON.parse(line.slice(1)) as BackupHead
      if (line.startsWith('R')) rows += 1
      if (line.startsWith('E')) end = JSON.parse(line.slice(1)) as typeof end
      else hash.update(`${line}\n`)
    }
  } catch (error) {
    refuse('不是完整的备份文件', `not a whole backup (${error instanceof Error ? error.message : String(error)})`)
  }
  if (head?.program !== 'anlan' || head.format !== 1) return refuse('不是安澜的备份文件', 'not a backup of Anlan')
  if (!end || end.rows !== rows || end.sha256 !== hash.digest('hex'))
    return refuse('文件不完整或被改动', 'the file is cut short or was changed')
  const known = readMigrations()
  if (head.migrations.length > known.length) return refuse('备份来自更新版本的程序', 'the backup was made by a newer program')
  return head
}

/** Empties the database, rebuilds it at the backup's version, fills it, then brings it up to date. Answers with the rows restored. */
export async function restoreBackup(adminUrl: string, secret: string, file: string, head: BackupHead): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl, options: '-c timezone=UTC' })
  await client.connect()
  let rows = 0
  try {
    await wipe(client)
    await migrate(adminUrl, secret, readMigrations().slice(0, head.migrations.length))
    await client.query('begin')
    await client.query('set local session_replication_role = replica')
    const tables = await listTables(client)
    for (const { schema, name } of tables)
      await client.query(`delete from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`)
    rows = await fill(client, file)
    await resetSequences(client)
    await client.query('commit')
  } finally {
    await client.end()
  }
  await migrate(adminUrl, secret)
  return rows
}

async function fill(client: pg.Client, file: string): Promise<number> {
  const bar = progress(0, { zh: '行', en: 'rows' })
  let rows = 0
  let into: ReturnType<typeof copyFrom> | null = null
  const finish = () =>
    into
      ? new Promise<void>((done, failed) => {
          into?.on('finish', done)
          into?.on('error', failed)
          into?.end()
        })
      : Promise.resolve()
  for await (const line of readLines(file)) {
    if (line.startsWith('T')) {
      await finish()
      const { schema, name, columns } = JSON.parse(line.slice(1)) as BackupTable
      const quoted = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
      into = client.query(copyFrom(`copy ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)} (${quoted}) from stdin`))
    } else if (line.startsWith('R') && into) {
      rows += 1
      bar.at(rows)
      if (!into.write(`${line.slice(1)}\n`)) await new Promise((drained) => into?.once('drain', drained))
    }
  }
  await finish()
  bar.end(rows)
  return rows
}

async function resetSequences(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(`
    select pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) as sequence,
      format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relkind = 'r' and a.attidentity <> '' and n.nspname not in ('pg_catalog', 'information_schema')`)
  for (const { sequence, table, column } of rows) {
    if (sequence)
      await client.query(`select setval('${sequence}', coalesce((select max(${column}) from ${table}), 0) + 1, false)`)
  }
}
