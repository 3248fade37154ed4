import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { loadActor, loadGroup } from '../src/access/index.ts'
import { projectRoot } from '../src/base/config.ts'
import { type Actor, type Db, openDb } from '../src/base/db.ts'
import { startEmbedded } from '../src/base/embedded.ts'
import { migrate } from '../src/base/migrate.ts'

/** A throw-away database with the demo group and nothing said yet. */
export interface BenchDatabase {
  readonly db: Db
  readonly adminUrl: string
  readonly admin: pg.Client
  actor(login: string): Promise<Actor>
  close(): Promise<void>
}

export async function openBenchDatabase(): Promise<BenchDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'anlan-bench-'))
  await chmod(directory, 0o755)
  const { adminUrl, secret, stop } = await startEmbedded(directory)
  await migrate(adminUrl, secret)
  const db = openDb(adminUrl, secret)
  await db.work((tx) =>
    loadGroup(tx, { file: join(projectRoot, 'demo/group.json'), people: join(projectRoot, 'demo/people.json'), demo: true }),
  )
  const admin = new pg.Client({ connectionString: adminUrl, options: '-c timezone=UTC' })
  await admin.connect()
  return {
    db,
    adminUrl,
    admin,
    async actor(login) {
      const found = await db.door(async (tx) => {
        const { id } = await tx.selectFrom('access.person').where('login', '=', login).select('id').executeTakeFirstOrThrow()
        return loadActor(tx, id)
      })
      if (!found) throw new Error(`nobody is called ${login}`)
      return found
    },
    async close() {
      await db.close()
      await admin.end()
      await stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
