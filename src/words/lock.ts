import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

type Lock =
  | { readonly held: true; tell(url: string): Promise<void>; release(): Promise<void> }
  | { readonly held: false; readonly pid: number; readonly url: string }

/**
 * Sees to it that one program serves a data folder. A lock left by a killed program counts for nothing: its process is gone.
 * With an own database server any number may serve, and nothing is locked.
 */
export async function holdLock(directory: string, needed: boolean): Promise<Lock> {
  if (!needed) return { held: true, tell: async () => undefined, release: async () => undefined }
  await mkdir(directory, { recursive: true })
  const file = join(directory, 'serve.json')
  const write = (url: string, flag: 'w' | 'wx') =>
    writeFile(file, JSON.stringify({ pid: process.pid, url }), { flag, mode: 0o600 })
  for (;;) {
    try {
      await write('', 'wx')
      return { held: true, tell: (url) => write(url, 'w'), release: () => rm(file, { force: true }) }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await readHolder(file)
    if (holder && (await isServing(holder.pid))) return { held: false, ...holder }
    await rm(file, { force: true })
  }
}

/** Whether another program serves this data folder. */
export async function isServed(directory: string): Promise<boolean> {
  const holder = await readHolder(join(directory, 'serve.json'))
  return holder !== null && isServing(holder.pid)
}

async function readHolder(file: string): Promise<{ pid: number; url: string } | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as { pid: number; url: string }
  } catch {
    return null
  }
}

/** Whether that process lives and is ours: after a restart of the machine its number may belong to somebody else. */
async function isServing(pid: number): Promise<boolean> {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)
  return command === null || /(anlan\.mjs|main\.ts)\0(.*\0)?serve/.test(command)
}
