import { type Config, ConfigFault, readConfig } from '../base/config.ts'
import { type Db, openDb } from '../base/db.ts'
import { dataDirectory, findRunning, hasCluster, startEmbedded } from '../base/embedded.ts'
import { mustFit } from './fit.ts'
import { takePlace } from './house.ts'
import { isServed } from './lock.ts'
import { say } from './talk.ts'
import { bringUpToDate } from './upgrade.ts'

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
 * database meanwhile. Only with `make` is there a new installation where there was none.
 */
export async function openSystem(
  word: string,
  { config = readConfig(), make = false }: { readonly config?: Config; readonly make?: boolean } = {},
): Promise<Opened> {
  const { adminUrl, secret, stop } = await findServer(config, { make })
  try {
    const place = await takePlace(adminUrl, word, 'beside')
    try {
      await mustFit(adminUrl, secret)
      await bringUpToDate(adminUrl, secret, word)
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
  { make = false }: { readonly make?: boolean } = {},
): Promise<{ adminUrl: string; secret: string; stop: (() => Promise<void>) | null }> {
  if (config.DATABASE_URL) return { adminUrl: config.DATABASE_URL, secret: config.ANLAN_SECRET ?? '', stop: null }
  const directory = await dataDirectory(config.ANLAN_DATA)
  const running = await findRunning(directory)
  if (running) return { ...running, stop: null }
  if (!(await hasCluster(directory))) {
    if (!make)
      throw new ConfigFault(
        `${directory} 中没有安澜的数据，未作任何更改；请用 ANLAN_DATA（或 DATABASE_URL）指明现有安装，首次使用请先启动：npm start / ` +
          'there is no installation in this folder, and nothing was made; name the right one with ANLAN_DATA or DATABASE_URL, or start it first: npm start',
      )
    await tellNew(directory)
  }
  const embedded = await startEmbedded(directory)
  // A serve that came meanwhile has taken the server over.
  const stop = async () => ((await isServed(directory)) ? undefined : embedded.stop(4_000))
  return { adminUrl: embedded.adminUrl, secret: embedded.secret, stop }
}

/** Nobody gets a second installation without hearing of it. */
export async function tellNew(directory: string): Promise<void> {
  const usual = await dataDirectory(undefined)
  const other = directory !== usual && (await hasCluster(usual).catch(() => true))
  say(`正在 ${directory} 新建一处安装。Making a new installation in this folder.`)
  if (other)
    say(
      `注意：${usual} 中已有一处安装，其数据不在新安装中；如要使用它，请去掉 ANLAN_DATA。/ There is an installation in ${usual} already; its data is not in the new one. Leave ANLAN_DATA out to use it.`,
    )
}
