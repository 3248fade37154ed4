import type pg from 'pg'

/** Takes everything of ours out of a database. Only `restore` and leaving the demo do this, after being told to. */
export async function wipe(client: pg.Client): Promise<void> {
  await client.query('begin')
  const { rows } = await client.query<{ name: string }>(`
    select quote_ident(nspname) as name from pg_namespace
    where nspname in ('base', 'access', 'privacy', 'delivery', 'patients', 'office', 'monitoring', 'response', 'brand', 'graphile_worker')`)
  for (const { name } of rows) await client.query(`drop schema ${name} cascade`)
  await client.query('drop table if exists public.anlan_migration')
  await client.query('commit')
}
