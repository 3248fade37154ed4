import pg from 'pg'

/** The name of the database that an address means. */
export const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

export function withDatabase(url: string, name: string): string {
  const made = new URL(url)
  made.pathname = `/${encodeURIComponent(name)}`
  return made.href
}

/**
 * A connection beside the database itself, to its server's own `postgres` (or `template1` where that is missing): what makes, renames
 * and drops databases must not stand in one of them, and a lock held here outlives a database that is exchanged.
 */
export async function connectBeside(adminUrl: string, applicationName = 'anlan'): Promise<pg.Client> {
  for (const name of ['postgres', 'template1']) {
    const client = new pg.Client({
      connectionString: withDatabase(adminUrl, name),
      application_name: applicationName,
      keepAlive: true,
      connectionTimeoutMillis: 10_000,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      // No such database, or not for us: the next may do.
      if (name === 'template1' || !['3D000', '42501', '55000'].includes(String((error as { code?: string }).code))) throw error
    }
  }
  throw new Error('unreachable')
}
