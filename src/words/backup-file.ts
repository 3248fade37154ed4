import type pg from 'pg'

/** First line of a backup. */
export interface BackupHead {
  readonly program: 'anlan'
  readonly format: 1
  readonly at: string
  readonly migrations: readonly { readonly number: number; readonly name: string; readonly hash: string }[]
  readonly tables: number
}

export interface BackupTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
}

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
