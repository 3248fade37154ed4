// Types, style, fences, unit, database and page tests, on one throw-away PostgreSQL that all test files share.
// `npm test -- path` runs only the test files whose path contains one of the words.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findRuntime, runChild } from './runtime.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
runChild(findRuntime(), [join(root, 'test/run.ts'), ...process.argv.slice(2)], { cwd: root })
