import { existsSync, readFileSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Who runs on a data folder, by the lock file that PostgreSQL keeps in it.

/** What a server's lock says, or null: there is none, or it is made at this moment and still empty. */
export async function readLock(data: string): Promise<{ pid: number; port: number; said: string } | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return lines.length < 4 ? null : { pid: Number(lines[0]), port: Number(lines[3]), said: lines[7]?.trim() ?? '' }
}

/** The port of a live server on this data, or null. A lock file left by a killed server is cleared away. */
export async function runningPort(data: string): Promise<number | null> {
  const file = join(data, 'postmaster.pid')
  let lock = await readLock(data)
  // One that a power cut left empty keeps every server from starting; one that is being made is filled at once.
  for (let looks = 0; looks < 100 && lock === null && existsSync(file); looks++) {
    await sleep(20)
    lock = await readLock(data)
  }
  if (lock && (await isPostgres(lock.pid))) return lock.port
  await rm(file, { force: true })
  return null
}

async function isPostgres(pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false
  if (process.platform !== 'linux') return true
  const [name, state] = await Promise.all([
    readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
    readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''),
  ])
  return name.trim() === 'postgres' && !/\) Z /.test(state)
}

/** Ends the server on this data, if one runs: after `patienceMs` hard. */
export async function stopServer(data: string, patienceMs = 20_000): Promise<void> {
  const pid = (await readLock(data))?.pid ?? 0
  for (const [signal, waitMs] of [
    ['SIGINT', patienceMs],
    ['SIGQUIT', 1_000],
    ['SIGKILL', 500],
  ] as const) {
    if (!(await isPostgres(pid))) return
    process.kill(pid, signal)
    const until = Date.now() + waitMs
    while (Date.now() < until && (await isPostgres(pid))) await sleep(20)
  }
}

/** For a process that ends now and may wait for nothing: the server closes by itself. */
export function tellToStop(data: string): void {
  try {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
    if (pid > 1) process.kill(pid, 'SIGINT')
  } catch {
    // It does not run.
  }
}

/** Whether a process of that number lives. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
