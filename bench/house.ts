import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, request } from 'undici'
import { demoPassword } from '../src/access/index.ts'
import { projectRoot } from '../src/base/config.ts'

/** A whole system in processes of its own, as a newcomer starts it, on a throw-away data folder. */
export interface ServedHouse {
  readonly url: string
  readonly pid: number
  /** Its data folder. */
  readonly data: string
  /** Seconds until the address was printed, data created included. */
  readonly startSeconds: number
  signIn(login: string): Promise<Ask>
  stop(signal?: NodeJS.Signals): Promise<void>
  restart(): Promise<ServedHouse>
  remove(): Promise<void>
}

export type Ask = ((name: string, input?: object) => Promise<unknown>) & { readonly url: string; readonly token: string }

const agent = new Agent({ connections: 40, pipelining: 1 })

/** `split`: the jobs run in a process of their own. */
export async function serveHouse(environment: NodeJS.ProcessEnv = {}, data?: string, split = false): Promise<ServedHouse> {
  const directory = data ?? (await mkdtemp(join(tmpdir(), 'anlan-bench-')))
  // The database server's own account must reach it.
  await chmod(directory, 0o755)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const started = performance.now()
  const given = {
    ...process.env,
    ANLAN_DATA: join(directory, 'data'),
    ANLAN_PORT: String(port),
    ANLAN_LOG: 'error',
    ...environment,
  }
  const start = (...words: string[]) =>
    spawn(process.execPath, [join(projectRoot, 'bin/anlan.mjs'), ...words], { env: given, stdio: ['ignore', 'inherit', 'pipe'] })
  const child = start('serve', ...(split ? ['--no-work'] : []))
  let talk = ''
  child.stderr.on('data', (chunk: Buffer) => {
    talk += chunk.toString()
  })
  while (!talk.includes(url)) {
    if (child.exitCode !== null) throw new Error(`serve ended: ${talk}`)
    if (performance.now() - started > 180_000) {
      child.kill('SIGKILL')
      throw new Error(`serve did not get ready: ${talk}`)
    }
    await sleep(20)
  }
  const startSeconds = (performance.now() - started) / 1000
  const worker = split ? start('work') : null
  worker?.stderr.resume()
  return {
    url,
    pid: child.pid ?? 0,
    data: given.ANLAN_DATA,
    startSeconds,
    signIn: (login) => signIn(url, login),
    async stop(signal = 'SIGINT') {
      if (worker) await ended(worker, signal)
      await ended(child, signal)
    },
    restart: () => serveHouse(environment, directory, split),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

async function post(url: string, token: string | null, name: string, input: object) {
  const headers = {
    'content-type': 'application/json',
    ...(token === null ? { 'x-anlan-csrf': '1' } : { authorization: `Bearer ${token}` }),
  }
  const reply = await request(`${url}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input), dispatcher: agent })
  const body = (await reply.body.json()) as unknown
  if (reply.statusCode !== 200) throw new Error(`${name}: ${reply.statusCode} ${JSON.stringify(body)}`)
  return { body, cookie: String(reply.headers['set-cookie'] ?? '') }
}

async function signIn(url: string, login: string): Promise<Ask> {
  const { cookie } = await post(url, null, 'access.sign_in', { login, password: demoPassword })
  const token = /anlan_session=([\w-]+)/.exec(cookie)?.[1] ?? ''
  return Object.assign(async (name: string, input: object = {}) => (await post(url, token, name, input)).body, { url, token })
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null) return
  const done = new Promise((ok) => child.once('exit', ok))
  child.kill(signal)
  await done
}

export function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(address && typeof address === 'object' ? address.port : 0))
    })
  })
}
