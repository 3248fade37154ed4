import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot } from '../src/base/config.ts'
import { isAlive } from '../src/base/server-lock.ts'

const folder = await mkdtemp(join(tmpdir(), 'anlan-shutdown-'))
await chmod(folder, 0o755)
after(() => rm(folder, { recursive: true, force: true }))

/** A program of ours must not outlive the tests that started it. */
const endWithTests = `process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))`

/** A launcher as an older Node makes one: it starts the program in a child. Both stand in one process group, as on a terminal. */
function launch(name: string, more: Record<string, string> = {}): ChildProcess {
  const runtime = join(projectRoot, 'bin/runtime.mjs')
  const main = join(projectRoot, 'src/main.ts')
  const code = `import(${JSON.stringify(runtime)}).then(({ runChild }) => runChild(process.execPath, [${JSON.stringify(main)}, 'serve'])); ${endWithTests}`
  return spawn(process.execPath, ['-e', code], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...environment(name), ...more },
  })
}

const environment = (name: string) => ({
  PATH: process.env.PATH ?? '',
  ANLAN_DATA: join(folder, name),
  ANLAN_PORT: '0',
  ANLAN_DEMO: '0',
  ANLAN_LOG: 'silent',
})

async function until<T>(what: string, look: () => Promise<T | null | undefined | false>, looks = 3000): Promise<T> {
  for (let tries = 0; tries < looks; tries++) {
    const found = await look().catch(() => null)
    if (found) return found
    await sleep(20)
  }
  throw new Error(`never: ${what}`)
}

const said = (child: ChildProcess, words: RegExp) => {
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return until(`${words}`, async () => words.exec(text))
}
const ended = (child: ChildProcess, looks?: number) =>
  until('the launcher ends', async () => child.exitCode !== null || child.signalCode !== null, looks)
/** The number in the first line of a file, which may be made at this moment and be empty still: number 0 would be everybody here. */
async function numberIn(file: string): Promise<number> {
  const [line = ''] = (await readFile(file, 'utf8')).split('\n')
  assert.match(line, /^\d{2,}$/)
  return Number(line)
}
const postmaster = (data: string) => numberIn(join(data, 'postgres/postmaster.pid'))
/** The process behind a `serve`, as the system lists what a process has started; null where it lists nothing. */
async function behind(pid: number): Promise<number | null> {
  if (process.platform !== 'linux') return null
  return until('a process behind', async () => {
    for (const one of (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean))
      if ((await readFile(`/proc/${one}/cmdline`, 'utf8')).includes('src/back.ts')) return Number(one)
    return null
  })
}
const isGone = (pid: number) => until('the process is gone', async () => !isAlive(pid))

// Made once: what ends is tried, not the first start.
const data = join(folder, 'served')
for (const [name, tell] of [
  // Ctrl-C reaches the whole group, and the launcher passes it on once more.
  ['terminal', (child: ChildProcess) => process.kill(-(child.pid ?? 0), 'SIGINT')],
  ['launcher', (child: ChildProcess) => child.kill('SIGTERM')],
  ['killed-launcher', (child: ChildProcess) => child.kill('SIGKILL')],
] as const)
  test(`told by way of the ${name}, it closes with a post half sent, and takes the database server along`, async () => {
    const child = launch('served')
    const [, port] = await said(child, /http:\/\/127\.0\.0\.1:(\d+)/)
    const server = await postmaster(data)
    const holder = JSON.parse(await readFile(join(data, 'serve.json'), 'utf8')) as { pid: number }
    const back = await behind(holder.pid)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      'POST /api/access.sign_in HTTP/1.1\r\nhost: a\r\nx-anlan-csrf: 1\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{',
    )
    await new Promise((done) => socket.once('connect', done))
    tell(child)
    await ended(child)
    await isGone(holder.pid)
    if (back) await isGone(back)
    await isGone(server)
    socket.destroy()
    assert.deepEqual(
      (await readdir(data)).filter((file) => /serve\.json|starting/.test(file)),
      [],
    )
  })

test('with a page open, the process behind killed once and a feed that never ends, it closes in its time', async () => {
  let asked = 0
  const feed = createServer((_, reply) => {
    asked += 1
    reply.writeHead(200, { 'content-type': 'application/rss+xml' }).write('<rss version="2.0"><channel>')
  }).listen(0, '127.0.0.1')
  await once(feed, 'listening')
  const host = `127.0.0.1:${(feed.address() as AddressInfo).port}`
  const child = launch('served', { ANLAN_FETCH_PRIVATE: host })
  const [address] = await said(child, /http:\/\/127\.0\.0\.1:\d+/)
  const server = await postmaster(data)
  const cookie = await signInAsPublicity(address)
  // What is fetched from here on is fetched by the next.
  const holder = JSON.parse(await readFile(join(data, 'serve.json'), 'utf8')) as { pid: number }
  const back = await behind(holder.pid)
  if (back) process.kill(back, 'SIGKILL')
  const ask = async (name: string, input: object) => {
    const headers = { cookie, 'x-anlan-csrf': '1', 'content-type': 'application/json' }
    const reply = await fetch(`${address}/api/${name}`, { method: 'POST', headers, body: JSON.stringify(input) })
    assert.equal(reply.status, 200, `${name}: ${await reply.clone().text()}`)
    return reply.json() as Promise<{ unit: { id: number } }>
  }
  const { unit } = await ask('access.me', {})
  await ask('monitoring.save_source', { name: '不回话的站点', kind: 'feed', url: `http://${host}/`, unitId: unit.id })
  const page = await fetch(`${address}/api/stream`, { headers: { cookie } })
  assert.equal(page.status, 200)
  const heard = page.text().catch(() => 'cut')
  await until('the feed is asked', async () => asked > 0)
  child.kill('SIGTERM')
  // Ten seconds of looks: neither the page nor the feed would ever end by itself.
  await ended(child, 500)
  await isGone(server)
  assert.match(await heard, /hello/)
  feed.closeAllConnections()
  feed.close()
})

/** Takes a small group into the running installation, and signs in as somebody who looks after its sources. */
async function signInAsPublicity(address: string): Promise<string> {
  const file = async (name: string, value: object) => {
    await writeFile(join(folder, name), JSON.stringify(value))
    return join(folder, name)
  }
  const units = [{ code: 'hq', name: '总部', kind: 'headquarters', parent: null }]
  const roles = [{ role: 'publicity', unit: 'hq' }]
  const group = await file('group.json', { name: '集团', units })
  const people = await file('people.json', { people: [{ login: 'lin', name: '林舒', unit: 'hq', roles }] })
  const main = join(projectRoot, 'src/main.ts')
  const args = [main, 'group', 'load', group, '--people', people]
  const { stderr } = spawnSync(process.execPath, args, { env: environment('served'), encoding: 'utf8' })
  const password = /^ {2}lin\s+(\S+)$/m.exec(stderr)?.[1]
  assert.ok(password, stderr)
  const headers = { 'x-anlan-csrf': '1', 'content-type': 'application/json' }
  const body = JSON.stringify({ login: 'lin', password })
  const reply = await fetch(`${address}/api/access.sign_in`, { method: 'POST', headers, body })
  assert.equal(reply.status, 200, stderr)
  return reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

test('whatever ends npm ends what npm started, and the database server with it', {
  skip: process.platform !== 'linux',
}, async () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const child = spawn('npm', ['start'], {
      cwd: projectRoot,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...environment('served'), HOME: process.env.HOME ?? '/tmp' },
    })
    await said(child, /http:\/\/127\.0\.0\.1:(\d+)/)
    const server = await postmaster(data)
    const holder = JSON.parse(await readFile(join(data, 'serve.json'), 'utf8')) as { pid: number }
    child.kill(signal)
    await isGone(holder.pid)
    await isGone(server)
  }
})

test('a word that is done ends its launcher too', async () => {
  const runtime = join(projectRoot, 'bin/runtime.mjs')
  const code = `import(${JSON.stringify(runtime)}).then(({ runChild }) => runChild(process.execPath, [${JSON.stringify(join(projectRoot, 'src/main.ts'))}, 'feed', '--help']))`
  const child = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
  await ended(child)
  assert.equal(child.exitCode, 0)
})

test('told to end in the middle of its first start, it leaves no database server behind and starts well afterwards', async () => {
  const child = launch('young')
  await until('initdb is at work', async () => (await readdir(join(folder, 'young/postgres.new'))).length > 0)
  child.kill('SIGTERM')
  await ended(child)
  const left = await postmaster(join(folder, 'young')).catch(() => null)
  if (left) await isGone(left)
  const again = launch('young')
  await said(again, /http:\/\/127\.0\.0\.1:\d+/)
  const server = await postmaster(join(folder, 'young'))
  again.kill('SIGTERM')
  await ended(again)
  await isGone(server)
})

test('tests that are interrupted or killed leave neither a database server nor a folder', async () => {
  const place = await mkdtemp(join(folder, 'runs-'))
  await chmod(place, 0o755)
  const start = () =>
    spawn(process.execPath, [join(projectRoot, 'bin/test.mjs'), 'test/labels'], {
      stdio: 'ignore',
      env: { ...process.env, TMPDIR: place, ANLAN_TEST_CLUSTER: '', NODE_TEST_CONTEXT: '' },
    })
  const cluster = async () => {
    const name = (await readdir(place)).find((one) => one.startsWith('anlan-test-')) ?? ''
    const owner = await numberIn(join(place, name, 'owner.pid'))
    return { owner, server: await postmaster(join(place, name)) }
  }
  const ways: Record<string, (launcher: ChildProcess, owner: number) => void> = {
    interrupted: (launcher) => void launcher.kill('SIGINT'),
    told: (launcher) => void launcher.kill('SIGTERM'),
    'the launcher killed': (launcher) => void launcher.kill('SIGKILL'),
    'the run killed': (_launcher, owner) => void process.kill(owner, 'SIGKILL'),
  }
  for (const [way, end] of Object.entries(ways)) {
    const launcher = start()
    const { owner, server } = await until('a cluster', cluster)
    end(launcher, owner)
    await ended(launcher)
    await isGone(server)
    await until(`${way}: no folder is left`, async () => (await readdir(place)).length === 0)
  }
})
