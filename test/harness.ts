import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import pg from 'pg'
import { demoPassword, loadGroup, unchangedActors } from '../src/access/index.ts'
import { projectRoot } from '../src/base/config.ts'
import { type Client, type Contract, client } from '../src/base/contract.ts'
import { type Db, logins, openDb } from '../src/base/db.ts'
import { startEmbedded, stopLeft } from '../src/base/embedded.ts'
import { openLog } from '../src/base/log.ts'
import { type Migration, migrate } from '../src/base/migrate.ts'
import { isAlive } from '../src/base/server-lock.ts'
import { openStream } from '../src/base/stream.ts'
import { topics } from '../src/rooms.ts'
import { buildServer, type ServerOptions } from '../src/server.ts'

/** What the server answered when it refused: the HTTP status and the error of the catalogue. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly body: { code: string; zh: string; en: string; fields?: { path: string }[] }
  constructor(status: number, body: { error: Refused['body'] }) {
    super(`${status} ${body.error.code}: ${body.error.en}`)
    this.status = status
    this.code = body.error.code
    this.body = body.error
  }
}

/** Databases that are copied, which takes a tenth of making one: the migrated one that nobody has filled, and the same with the demo group. */
const [empty, template] = ['anlan_empty', 'anlan_template']

/** A cluster for the tests: the one that `npm test` started for all files, or one of this file's own. */
export async function findCluster(): Promise<{ adminUrl: string; secret: string; end: () => Promise<void> }> {
  const { ANLAN_TEST_CLUSTER: given, ANLAN_TEST_SECRET: secret } = process.env
  if (given && secret) return { adminUrl: given, secret, end: async () => undefined }
  const cluster = await startTestCluster()
  return cluster
}

/** Starts a throw-away cluster holding the databases that are copied. */
export async function startTestCluster(signal?: AbortSignal) {
  const directory = await mkdtemp(join(tmpdir(), 'anlan-test-'))
  await chmod(directory, 0o755)
  await writeFile(join(directory, owner), String(process.pid))
  const watcher = watch(directory)
  const embedded = await startEmbedded(directory, signal).catch(async (error: unknown) => {
    await rm(directory, { recursive: true, force: true })
    watcher.done()
    throw error
  })
  const adminUrl = databaseUrl(embedded.adminUrl, 'postgres')
  await onDatabase(adminUrl, async (admin) => {
    // Nobody will miss it after a power cut, and waiting for the disk is half of what tests do.
    for (const name of ['fsync', 'full_page_writes']) await admin.query(`alter system set ${name} to off`)
    await admin.query('select pg_reload_conf()')
    await admin.query(`create database ${empty}`)
  })
  const { secret } = embedded
  await migrate(databaseUrl(adminUrl, empty), secret)
  await onDatabase(adminUrl, (admin) => copyDatabase(admin, empty, template))
  const db = openDb(databaseUrl(adminUrl, template), secret)
  await db.work((tx) =>
    loadGroup(tx, { file: join(projectRoot, 'demo/group.json'), people: join(projectRoot, 'demo/people.json'), demo: true }),
  )
  await db.close()
  const end = async () => {
    await embedded.stop()
    await rm(directory, { recursive: true, force: true })
    watcher.done()
  }
  return { adminUrl, secret, end, endWithUs: watcher.add }
}

/** A process that outlives this one when it is killed, and then ends the cluster and whatever else it was told of. */
function watch(directory: string): { add(pid: number): void; done(): void } {
  const child = spawn(process.execPath, [join(projectRoot, 'test/watch-cluster.ts'), directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  child.on('error', () => undefined)
  child.unref()
  child.stdin.on('error', () => undefined)
  // Neither it nor the way to it keeps a run that is done.
  ;(child.stdin as unknown as { unref?(): void }).unref?.()
  return {
    add: (pid) => void child.stdin.write(`${pid}\n`),
    done: () => void child.stdin.end('done\n'),
  }
}

/** In a cluster's folder: the process that started it. */
const owner = 'owner.pid'

/** Ends the servers of test runs that were killed together with who watched over them, and removes their folders. */
export async function clearLeftClusters(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith('anlan-test-')) continue
    const directory = join(tmpdir(), name)
    const pid = Number(await readFile(join(directory, owner), 'utf8').catch(() => ''))
    if (!(pid > 0) || isAlive(pid)) continue
    await stopLeft(directory)
    await rm(directory, { recursive: true, force: true })
  }
}

const databaseUrl = (url: string, database: string) => {
  const made = new URL(url)
  made.pathname = `/${database}`
  return made.href
}

async function onDatabase<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url, options: '-c timezone=UTC' })
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

async function copyDatabase(admin: pg.Client, from: string, name: string): Promise<void> {
  // Two files may copy at once; each copy needs what it copies alone for a moment.
  await admin.query('select pg_advisory_lock(7)')
  await admin.query(`create database ${name} template ${from}`)
  await admin.query('select pg_advisory_unlock(7)')
  // A copy has what its template holds, but not who may do what with the database itself.
  await admin.query(`revoke all on database ${name} from public`)
  await admin.query(`grant connect on database ${name} to ${logins.join(', ')}`)
}

interface Cluster {
  readonly adminUrl: string
  readonly secret: string
}

/** Does something with an empty, migrated database; `migrations` make an older one. */
export async function onNewDatabase<T>(
  { adminUrl, secret }: Cluster,
  work: (url: string) => Promise<T>,
  migrations?: readonly Migration[],
): Promise<T> {
  const name = `t_${randomBytes(6).toString('hex')}`
  await onDatabase(adminUrl, async (admin) => {
    if (migrations) await admin.query(`create database ${name}`)
    else await copyDatabase(admin, empty, name)
  })
  try {
    if (migrations) await migrate(databaseUrl(adminUrl, name), secret, migrations)
    return await work(databaseUrl(adminUrl, name))
  } finally {
    await onDatabase(adminUrl, (admin) => admin.query(`drop database ${name} with (force)`))
  }
}

/** A whole house on a database of its own, gone when the test file ends. */
export interface House {
  readonly db: Db
  readonly adminUrl: string
  readonly secret: string
  readonly app: Awaited<ReturnType<typeof buildServer>>
  /** A typed client of a room for a person; signs the person in on first use. `null` asks without a session. */
  as<C extends Contract>(login: string | null, room: C): Client<C>
  /** SQL past every policy, to set a scene or to look at what is really there. */
  admin<R extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<R[]>
  /** A person's session token. */
  token(login: string): Promise<string>
}

/** `live`: open pages hear of changes, as they do when the system runs. The server's other options as they are. */
export async function openHouse({ live = false, ...options }: { live?: boolean } & Partial<ServerOptions> = {}): Promise<House> {
  const cluster = await findCluster()
  const name = `t_${randomBytes(6).toString('hex')}`
  await onDatabase(cluster.adminUrl, (admin) => copyDatabase(admin, template, name))
  const adminUrl = databaseUrl(cluster.adminUrl, name)
  const db = openDb(adminUrl, cluster.secret)
  const log = openLog(process.env.ANLAN_TEST_LOG ?? 'silent')
  const stream = live
    ? openStream({ adminUrl, secret: cluster.secret, log, rights: topics, unchanged: (actors) => unchangedActors(db, actors) })
    : null
  const app = await buildServer({ db, log, stream, ...options })
  const admin = new pg.Pool({ connectionString: adminUrl, max: 2, options: '-c timezone=UTC' })
  admin.on('error', () => undefined)
  const tokens = new Map<string, Promise<string>>()

  async function send(token: string | null, name: string, payload: unknown) {
    const headers = token === null ? { 'x-anlan-csrf': '1' } : { authorization: `Bearer ${token}` }
    const reply = await app.inject({ method: 'POST', url: `/api/${name}`, headers, payload: payload as object })
    if (reply.statusCode !== 200) throw new Refused(reply.statusCode, reply.json())
    return reply
  }

  const house: House = {
    db,
    adminUrl,
    secret: cluster.secret,
    app,
    as: (login, room) =>
      client(room, async (name, input) => (await send(login === null ? null : await house.token(login), name, input)).json()),
    admin: async (text, values = []) => (await admin.query(text, values)).rows,
    token(login) {
      const known = tokens.get(login)
      if (known) return known
      const made = send(null, 'access.sign_in', { login, password: demoPassword }).then((reply) => {
        const cookie = reply.cookies.find(({ name }) => name === 'anlan_session')
        if (!cookie) throw new Error('no session cookie')
        return cookie.value
      })
      tokens.set(login, made)
      return made
    },
  }
  after(async () => {
    await app.close()
    await stream?.close()
    await db.close()
    await admin.end()
    await onDatabase(cluster.adminUrl, (client) => client.query(`drop database ${name} with (force)`))
    await cluster.end()
  })
  return house
}
