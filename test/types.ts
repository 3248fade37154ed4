import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from '../src/base/config.ts'
import { onNewDatabase, startTestCluster } from './harness.ts'

const mapping = {
  timestamptz: 'string',
  date: 'string',
  int8: 'number',
  jsonb: 'unknown',
  tsvector: 'string',
  bytea: 'Buffer',
  inet: 'string',
}

/** Writes db/types.ts from a migrated database. With `verify`, compares instead and says whether they agree. */
export function generateTypes(databaseUrl: string, verify: boolean): boolean {
  const args = [
    '--dialect',
    'postgres',
    '--include-pattern',
    '(base|access|privacy|delivery|monitoring|response).*',
    '--type-mapping',
    JSON.stringify(mapping),
  ]
  const out = ['--out-file', join(projectRoot, 'db/types.ts'), ...(verify ? ['--verify'] : [])]
  const run = spawnSync(
    process.execPath,
    [join(projectRoot, 'node_modules/kysely-codegen/dist/cli/bin.js'), '--url', databaseUrl, ...args, ...out],
    {
      stdio: 'inherit',
    },
  )
  return run.status === 0
}

// `npm run db:types` writes the file; test/types.test.ts compares it.
if (process.argv[1] === import.meta.filename) {
  const cluster = await startTestCluster()
  const done = await onNewDatabase(cluster, async (url) => generateTypes(url, false))
  await cluster.end()
  process.exitCode = done ? 0 : 1
}
