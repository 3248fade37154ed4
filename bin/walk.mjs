// A random walk of kills under load: server, worker, database server and connections; `npm run walk -- --help` says more.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findRuntime, runChild } from './runtime.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
runChild(findRuntime(), [join(root, 'test/walk.ts'), ...process.argv.slice(2)], { cwd: root })
