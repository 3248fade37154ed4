import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { demoPassword, loadGroup, saveRoles } from '../../src/access/index.ts'
import { projectRoot } from '../../src/base/config.ts'
import { openDb } from '../../src/base/db.ts'
import { startEmbedded } from '../../src/base/embedded.ts'
import { migrate } from '../../src/base/migrate.ts'
import { readLock } from '../../src/base/server-lock.ts'

/** One program of the walk: started again whenever it ends, and what ended it noted. */
export interface Program {
  readonly name: string
  child(): ChildProcess | undefined
  /** Ends it on purpose. */
  end(signal: NodeJS.Signals): void
  /** How often it ended though nobody asked it to after it had once worked. */
  readonly ended: string[]
  stop(): Promise<void>
}

/** A database server of its own that comes back when killed, a `serve` and a `work` beside it, and a way past every policy to look. */
export async function openWalk(given: { feedPort: number; hookPort: number; mailPort: number }) {
  const directory = await mkdtemp(join(tmpdir(), 'anlan-walk-'))
  await chmod(directory, 0o755)
  const embedded = await startEmbedded(directory)
  const { adminUrl, secret } = embedded
  await migrate(adminUrl, secret)
  const db = openDb(adminUrl, secret)
  await db.work((tx) =>
    loadGroup(tx, { file: join(projectRoot, 'demo/group.json'), people: join(projectRoot, 'demo/people.json'), demo: true }),
  )
  await db.work((tx) => saveRoles(tx))
  await db.close()
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '/tmp',
    DATABASE_URL: adminUrl,
    ANLAN_SECRET: secret,
    ANLAN_DATA: directory,
    ANLAN_PORT: String(port),
    ANLAN_DEMO: '0',
    ANLAN_LOG: 'error',
    ANLAN_FETCH_PRIVATE: `127.0.0.1:${given.feedPort},127.0.0.1:${given.hookPort}`,
    SMTP_URL: `smtp://127.0.0.1:${given.mailPort}`,
  }
  const admin = new pg.Pool({ connectionString: adminUrl, max: 4, options: '-c timezone=UTC', connectionTimeoutMillis: 3_000 })
  admin.on('error', () => undefined)
  admin.on('connect', (client) => void client.on('error', () => undefined))
  /** SQL past every policy, again until the database is there. */
  async function ask<R extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<R[]> {
    for (let tries = 0; ; tries++) {
      try {
        return (await admin.query<R>(text, values)).rows
      } catch (error) {
        if (tries > 300 || /^(42|23|22)/.test(String((error as { code?: string }).code))) throw error
        await sleep(100)
      }
    }
  }
  const serve = keep('serve', ['serve'], environment, () => answers(`${url}/healthz`))
  const work = keep('work', ['work'], environment, async () => true)
  return {
    directory,
    adminUrl,
    secret,
    url,
    password: demoPassword,
    ask,
    programs: [serve, work],
    /** The number of the database server's first process. */
    async postmaster(): Promise<number | null> {
      return (await readLock(join(directory, 'postgres')))?.pid ?? null
    },
    async close(): Promise<void> {
      await Promise.all([serve.stop(), work.stop()])
      await admin.end().catch(() => undefined)
      await embedded.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

export type Walk = Awaited<ReturnType<typeof openWalk>>

function keep(name: string, words: string[], environment: NodeJS.ProcessEnv, isWell: () => Promise<boolean>): Program {
  let child: ChildProcess | undefined
  let stopping = false
  let asked = false
  let well = false
  const ended: string[] = []
  const start = () => {
    asked = false
    well = false
    let said = ''
    const made = spawn(process.execPath, [join(projectRoot, 'src/main.ts'), ...words], {
      env: environment,
      // The channel tells it when the walk is interrupted.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    made.channel?.unref()
    child = made
    const listen = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-1_500)
      if (name === 'work' && said.includes('Working')) well = true
    }
    made.stdout?.on('data', listen)
    made.stderr?.on('data', listen)
    const look = setInterval(async () => {
      if (name !== 'work' && child === made && !well && (await isWell())) well = true
    }, 200)
    made.on('exit', (code, signal) => {
      clearInterval(look)
      if (!asked && !stopping && well) ended.push(`${name} ended by itself (${code ?? signal}): ${said.slice(-600)}`)
      if (!stopping) setTimeout(start, 100 + Math.random() * 500)
    })
  }
  start()
  return {
    name,
    ended,
    child: () => child,
    end(signal) {
      asked = true
      child?.kill(signal)
    },
    async stop() {
      stopping = true
      const last = child
      if (!last || last.exitCode !== null || last.signalCode !== null) return
      const gone = new Promise((done) => last.once('exit', done))
      last.kill('SIGTERM')
      const timer = setTimeout(() => last.kill('SIGKILL'), 12_000)
      await gone
      clearTimeout(timer)
    },
  }
}

export const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(2_000) }).then(
    (reply) => reply.ok,
    () => false,
  )

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => done(port))
    })
  })
}

/** Numbers that a seed decides, so that a walk can be gone again. */
export function dice(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const newSecret = (): string => randomBytes(32).toString('base64url')
