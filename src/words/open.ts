import { type Config, readConfig } from '../base/config.ts'
import { type Db, openDb } from '../base/db.ts'
import { dataDirectory, findRunning, startEmbedded } from '../base/embedded.ts'
import { migrate } from '../base/migrate.ts'
import { takePlace } from './house.ts'
import { isServed } from './lock.ts'

/** The database that a command word works on. */
export interface Opened {
  readonly config: Config
  readonly adminUrl: string
  readonly secret: string
  readonly db: Db
  /** Settles when the database was exchanged under this program. */
  readonly lost: Promise<void>
  close(): Promise<void>
}

/**
 * Joins the running system: the own server of DATABASE_URL, else the embedded one if it runs, else starts it for as long as the
 * command lasts. The database is brought up to date first. `word` takes its place among the programs there: nobody exchanges the
 * database meanwhile.
 */
export async function openSystem(word: string, config: Config = readConfig()): Promise<Opened> {
  const { adminUrl, secret, stop } = await findServer(config)
  try {
    const place = await takePlace(adminUrl, word, 'beside')
    try {
      await migrate(adminUrl, secret)
    } catch (error) {
      await place.leave()
      throw error
    }
    const db = openDb(adminUrl, secret)
    return {
      config,
      adminUrl,
      secret,
      db,
      lost: place.lost,
      async close() {
        await db.close()
        await place.leave()
        await stop?.()
      },
    }
  } catch (error) {
    await stop?.()
    throw error
  }
}

/** Where the database is, without touching what is in it. */
export async function findServer(
  config: Config,
): Promise<{ adminUrl: string; secret: string; stop: (() => Promise<void>) | null }> {
  if (config.DATABASE_URL) return { adminUrl: config.DATABASE_URL, secret: config.ANLAN_SECRET ?? '', stop: null }
  const directory = await dataDirectory(config.ANLAN_DATA)
  const running = await findRunning(directory)
  if (running) return { ...running, stop: null }
  const embedded = await startEmbedded(directory)
  // A serve that came meanwhile has taken the server over.
  const stop = async () => ((await isServed(directory)) ? undefined : embedded.stop(4_000))
  return { adminUrl: embedded.adminUrl, secret: embedded.secret, stop }
}
