import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { CheckedBackup } from './backup-check.ts'
import { type BackupEnd, type BackupTable, listTables, markOf, plainText, readLines, textOf } from './backup-file.ts'
import type { AtStep } from './replace.ts'
import { progress, UsageFault } from './talk.ts'

/**
 * Fills a freshly migrated database from a backup, in one transaction: rows, sequences, then every foreign key is made anew over what is
 * there. Throws when a row does not fit, refers to nothing, or is missing.
 */
export async function fillFromBackup(url: string, file: string, { counts, end }: CheckedBackup, at: AtStep): Promise<number> {
  const client = new pg.Client({ connectionString: url, options: plainText })
  client.on('error', () => undefined)
  await client.connect()
  try {
    const tables = new Map((await listTables(client)).map((table) => [nameOf(table), table]))
    const strange = [...new Set([...tables.keys(), ...Object.keys(counts)])].filter(
      (name) => !(name in counts && tables.has(name)),
    )
    if (strange.length > 0) throw misfit(strange.join(', '))
    await client.query('begin')
    const keys = await takeKeys(client)
    for (const name of tables.keys()) {
      await client.query(`alter table ${quoted(tables.get(name))} disable trigger user`)
      await client.query(`delete from ${quoted(tables.get(name))}`)
    }
    await at('filling')
    const rows = await copyRows(client, file, tables)
    for (const table of tables.values()) {
      await client.query(`alter table ${quoted(table)} enable trigger user`)
      const { rows: found } = await client.query<{ n: string }>(`select count(*) as n from ${quoted(table)}`)
      if (Number(found[0]?.n) !== counts[nameOf(table)]) throw misfit(nameOf(table))
    }
    for (const { table, name, definition } of keys)
      await client.query(`alter table ${table} add constraint ${name} ${definition}`)
    await setSequences(client, end)
    await client.query('commit')
    return rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

const nameOf = ({ schema, name }: Pick<BackupTable, 'schema' | 'name'>): string => `${schema}.${name}`
const quoted = (table: Pick<BackupTable, 'schema' | 'name'> | undefined): string =>
  `${pg.escapeIdentifier(table?.schema ?? '')}.${pg.escapeIdentifier(table?.name ?? '')}`

const misfit = (where: string): UsageFault =>
  new UsageFault(
    `备份与本程序的数据结构不符（${where}），未作任何更改 / the backup does not fit this program's schema (${where}); nothing was changed`,
  )

interface ForeignKey {
  readonly table: string
  readonly name: string
  readonly definition: string
}

/** Takes the foreign keys away while rows come in any order; making them again checks every row. */
async function takeKeys(client: pg.Client): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and conparentid = 0 order by conrelid, conname`)
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint ${name}`)
  return rows
}

async function copyRows(client: pg.Client, file: string, tables: ReadonlyMap<string, BackupTable>): Promise<number> {
  const bar = progress(0, { zh: '行', en: 'rows' })
  const lines = readLines(file)
  let rows = 0
  let line: Buffer | undefined
  const next = async () => {
    const { value, done } = await lines.next()
    line = done ? undefined : value
  }
  /** The rows of one table in pieces of some size; `line` is then the first that is not one. */
  async function* pieces(): AsyncGenerator<Buffer> {
    let piece: Buffer[] = []
    let size = 0
    for (await next(); line && markOf(line) === 'R'; await next()) {
      rows += 1
      bar.at(rows)
      piece.push(line.subarray(1), lineFeed)
      size += line.length
      if (size < 65_536) continue
      yield Buffer.concat(piece)
      piece = []
      size = 0
    }
    if (size > 0) yield Buffer.concat(piece)
  }
  try {
    await next()
    while (line) {
      if (markOf(line) !== 'T') {
        await next()
        continue
      }
      const given = textOf<BackupTable>(line)
      const known = tables.get(nameOf(given))
      if (
        !known ||
        given.columns.some((column) => !known.columns.includes(column)) ||
        given.columns.length !== known.columns.length
      )
        throw misfit(nameOf(given))
      const columns = given.columns.map((column) => pg.escapeIdentifier(column)).join(', ')
      await pipeline(Readable.from(pieces()), client.query(copyFrom(`copy ${quoted(given)} (${columns}) from stdin`)))
    }
  } finally {
    await lines.return(undefined)
  }
  bar.end(rows)
  return rows
}

const lineFeed = Buffer.from('\n')

/** Numbers go on after the last that was given out, or after the highest row where the backup does not say. */
async function setSequences(client: pg.Client, { sequences = {} }: BackupEnd): Promise<void> {
  const { rows } = await client.query<{ sequence: string; table: string; column: string }>(`
    select pg_get_serial_sequence(format('%I.%I', n.nspname, c.relname), a.attname) as sequence,
      format('%I.%I', n.nspname, c.relname) as table, quote_ident(a.attname) as column
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relkind = 'r' and a.attidentity <> '' and n.nspname not in ('pg_catalog', 'information_schema')`)
  for (const { sequence, table, column } of rows)
    await client.query(`select setval($1::regclass, greatest($2::bigint, (select max(${column}) from ${table}), 0) + 1, false)`, [
      sequence,
      sequences[sequence] ?? '0',
    ])
}
