import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after } from 'node:test'
import { build } from 'vite'
import { projectRoot } from '../src/base/config.ts'
import type { House } from './harness.ts'

/**
 * Does something of the room in a process of its own (see `crash-sweep.ts`) that kills itself before the statement of that number. Says
 * whether it was killed; one that was not has done it well.
 */
export type Kill = (step: number, what?: Record<string, string>) => Promise<boolean>

/** A process for each statement loads the program from one file, which takes a third of what its many files take. */
export async function openKill(house: Pick<House, 'adminUrl' | 'secret'>): Promise<Kill> {
  // Beneath the project, where what is not packed is found.
  const cache = join(projectRoot, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'killed-'))
  after(() => rm(folder, { recursive: true, force: true }))
  await build({
    root: projectRoot,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { 'import.meta.dirname': JSON.stringify(join(projectRoot, 'src/base')) },
    ssr: { noExternal: true, external: ['@node-rs/argon2'] },
    build: {
      ssr: 'test/crash-sweep.ts',
      outDir: folder,
      minify: false,
      rolldownOptions: { output: { codeSplitting: false } },
    },
  })
  return async (step, what = {}) => {
    const child = spawn(process.execPath, [join(folder, 'crash-sweep.js')], {
      env: { PATH: process.env.PATH ?? '', ADMIN_URL: house.adminUrl, SECRET: house.secret, DIE_BEFORE: String(step), ...what },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    if (signal === 'SIGKILL') return true
    assert.equal(code, 0)
    return false
  }
}
