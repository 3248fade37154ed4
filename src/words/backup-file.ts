import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import type pg from 'pg'
import { projectRoot } from '../base/config.ts'

/**
 * A backup is gzip over lines, each of a letter and its text: H the head, T a table, R a row as COPY writes it, E the end. A line ends
 * at a line feed and at nothing else: COPY writes those of the data as escapes, and whatever other ends of lines there are is data.
 */
export type Mark = 'H' | 'T' | 'R' | 'E'

/** First line of a backup. Format 1 says neither the program's version nor what the end says of tables and sequences. */
export interface BackupHead {
  readonly program: 'anlan'
  readonly format: 1 | 2
  readonly version?: string
  readonly at: string
  readonly migrations: readonly { readonly number: number; readonly name: string; readonly hash: string }[]
  readonly tables: number
}

export interface BackupTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
}

/** Last line: what there was, and the SHA-256 of all lines before. */
export interface BackupEnd {
  readonly rows: number
  readonly sha256: string
  readonly counts?: Readonly<Record<string, number>>
  readonly sequences?: Readonly<Record<string, string>>
}

export const programVersion = (): string =>
  (JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version

/** How values are written as text, whatever the server is set to. */
export const plainText =
  '-c timezone=UTC -c datestyle=ISO,YMD -c intervalstyle=postgres -c bytea_output=hex -c extra_float_digits=1 -c search_path=pg_catalog'

/**
 * Every table that holds state of ours: the rooms' schemas, and the queue, whose jobs are part of what was decided.
 * Left out is what belongs to one installation or one moment: the signing key, who is signed in, which workers live.
 */
export async function listTables(client: pg.Client): Promise<BackupTable[]> {
  const { rows } = await client.query<BackupTable>(`
    select n.nspname as schema, c.relname as name,
      array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind = 'r'
      and (n.nspname in ('base', 'access', 'privacy', 'delivery', 'patients', 'office', 'monitoring', 'response', 'brand')
           or (n.nspname = 'graphile_worker' and c.relname in ('_private_jobs', '_private_tasks', '_private_job_queues')))
      and (n.nspname, c.relname) not in (('access', 'context_key'), ('access', 'session'), ('base', 'worker'))
    group by 1, 2 order by 1, 2`)
  return rows
}

/** The lines of a backup as bytes, without their line feed. */
export async function* readLines(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(file)
  const gunzip = stream.pipe(createGunzip())
  stream.on('error', (error) => gunzip.destroy(error))
  let parts: Buffer[] = []
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      let from = 0
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
        parts.push(chunk.subarray(from, at))
        yield parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
        parts = []
        from = at + 1
      }
      if (from < chunk.length) parts.push(chunk.subarray(from))
    }
  } finally {
    stream.destroy()
  }
  if (parts.length > 0) yield Buffer.concat(parts)
}

export const markOf = (line: Buffer): Mark => String.fromCharCode(line[0] ?? 0) as Mark
export const textOf = <T>(line: Buffer): T => JSON.parse(line.toString('utf8', 1)) as T
