import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findCluster, onNewDatabase } from './harness.ts'
import { generateTypes } from './types.ts'

test('db/types.ts is what the migrated database says', async () => {
  const cluster = await findCluster()
  try {
    assert.ok(await onNewDatabase(cluster, async (url) => generateTypes(url, true)), 'run npm run db:types and commit')
  } finally {
    await cluster.end()
  }
})
