import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../base/config.ts'
import { readArgs, say } from './talk.ts'

const usage = `npx anlan build
  构建控制台页面（web/dist）。Builds the console's pages.`

const built = join(projectRoot, 'web/dist/console.html')

export async function run(args: string[]): Promise<number> {
  if (!readArgs(args, usage, {})) return 0
  return buildConsole() ? 0 : 1
}

/** True when the pages are there and no source of theirs is newer. */
export function isConsoleBuilt(): boolean {
  const at = (file: string) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = globSync(['web/**/*.{ts,tsx,css,html,svg}', 'src/*/ui/**', 'src/*/contract.ts'], {
    cwd: projectRoot,
    exclude: ['web/dist/**'],
  })
  const newest = Math.max(...sources.map((file) => at(join(projectRoot, file))))
  return at(built) >= newest
}

/** Builds the pages (compressed once, see web/vite.config.ts). False when they do not build; the reason has been said. */
export function buildConsole(): boolean {
  const vite = join(projectRoot, 'node_modules/vite/bin/vite.js')
  const config = join(projectRoot, 'web/vite.config.ts')
  const { status, stderr, stdout } = spawnSync(process.execPath, [vite, 'build', '--config', config, '--logLevel', 'warn'], {
    cwd: projectRoot,
  })
  if (status !== 0) {
    say(`控制台页面构建失败 / the console did not build:\n${stdout}${stderr}`)
    return false
  }
  return true
}
