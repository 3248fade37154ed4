import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { readConfig } from '../base/config.ts'
import { recordWord } from '../privacy/index.ts'
import { type BackupEnd, type BackupHead, type BackupTable, listTables, plainText, programVersion } from './backup-file.ts'
import { takePlace } from './house.ts'
import { findServer } from './open.ts'
import { progress, readArgs, say, UsageFault } from './talk.ts'
import { onceOpen } from './upgrade.ts'

const usage = `npx anlan backup [FILE]
  把全部数据备份到一个文件（默认 anlan-<日期>.backup）。可在运行中进行：所见为同一瞬间。文件含个人信息，请妥善保管。
  Backs everything up into one file, while the system runs: one snapshot. The file holds personal data. Keep the secret of the data
  folder (or ANLAN_SECRET) apart from it; a restore needs no secret, but a new installation signs with its own.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, {})
  if (!given) return 0
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')
  const file = given.positionals[0] ?? `anlan-${stamp}.backup`
  const { adminUrl, secret, stop } = await findServer(readConfig())
  const part = `${file}.part`
  try {
    const place = await takePlace(adminUrl, 'backup', 'beside')
    try {
      const rows = await writeBackup(adminUrl, part)
      await rename(part, file)
      // Everything went out of the house in one file.
      await onceOpen(adminUrl, secret, (tx) => recordWord(tx, 'backup', `${basename(file)} ${rows}`, { writes: false })).catch(
        (error: Error) => say(`未能留痕 / no row in the trail: ${error.message}`),
      )
      say(`已备份 ${rows} 行到 ${file}（${((await stat(file)).size / 1e6).toFixed(1)} MB）。Backed up.`)
    } finally {
      await place.leave()
    }
  } catch (error) {
    await rm(part, { force: true })
    throw error
  } finally {
    await stop?.()
  }
  return 0
}

/** Writes a backup and answers with its number of rows. Only the file's owner may read it. */
export async function writeBackup(adminUrl: string, file: string): Promise<number> {
  const client = new pg.Client({ connectionString: adminUrl, options: plainText })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const known = await client.query<{ there: string | null }>(`select to_regclass('public.anlan_migration') as there`)
    if (!known.rows[0]?.there)
      throw new UsageFault(
        '这个数据库里没有安澜的数据，没有可备份的内容 / this database holds nothing of Anlan; there is nothing to back up',
      )
    const { rows: migrations } = await client.query<{ number: number; name: string; hash: string }>(
      'select number, name, hash from public.anlan_migration order by number',
    )
    const tables = await listTables(client)
    const head: BackupHead = {
      program: 'anlan',
      format: 2,
      version: programVersion(),
      at: new Date().toISOString(),
      migrations,
      tables: tables.length,
    }
    const bar = progress(0, { zh: '行', en: 'rows' })
    let total = 0
    const counts: Record<string, number> = {}
    const hash = createHash('sha256')
    async function* lines(): AsyncGenerator<string> {
      yield `H${JSON.stringify(head)}\n`
      for (const table of tables) {
        yield `T${JSON.stringify(table)}\n`
        const before = total
        for await (const row of copyLines(client, table)) {
          total += 1
          bar.at(total)
          yield `R${row}\n`
        }
        counts[`${table.schema}.${table.name}`] = total - before
      }
    }
    async function* hashed(): AsyncGenerator<string> {
      for await (const line of lines()) {
        hash.update(line)
        yield line
      }
      const end: BackupEnd = { rows: total, sha256: hash.digest('hex'), counts, sequences: await readSequences(client) }
      yield `E${JSON.stringify(end)}\n`
    }
    await pipeline(Readable.from(hashed()), createGzip({ level: 6 }), createWriteStream(file, { mode: 0o600 }))
    bar.end(total)
    return total
  } finally {
    await client.end()
  }
}

async function* copyLines(client: pg.Client, { schema, name, columns }: BackupTable): AsyncGenerator<string> {
  const quoted = columns.map((column) => pg.escapeIdentifier(column)).join(', ')
  const stream = client.query(
    copyTo(`copy (select ${quoted} from ${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}) to stdout`),
  )
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream as AsyncIterable<string>) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
}

/** How far each sequence has counted: numbers of rows that are gone are not given out again. */
async function readSequences(client: pg.Client): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `select format('%I.%I', schemaname, sequencename) as name, last_value::text as value from pg_sequences
     where last_value is not null and schemaname not in ('pg_catalog', 'information_schema')`,
  )
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}
