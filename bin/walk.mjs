// A random walk of kills under load: server, worker, database server and connections; `npm run walk -- --help` says more.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
let node = process.execPath
try {
  node = join(
    dirname(
      createRequire(import.meta.url).resolve(
        `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}/package.json`,
      ),
    ),
    'bin',
    'node',
  )
} catch {
  // No pinned runtime for this platform: this process's own must do.
}
const run = spawnSync(node, [join(root, 'test/walk.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exit(run.status ?? 1)
