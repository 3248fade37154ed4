#!/usr/bin/env node
// Starts src/main.ts on a Node that can run TypeScript. Plain JavaScript, so that an old Node can read it.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const needed = 24

/** The runtime pinned in package.json, else this process if it is new enough. */
function runtime() {
  const require = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const home = dirname(require.resolve(`node-${platform}-${process.arch}/package.json`))
    return join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    if (Number(process.versions.node.split('.')[0]) >= needed) return process.execPath
    process.stderr.write(`安澜需要 Node.js ${needed} 或更高版本，当前为 ${process.version}。请安装后重试。\n`)
    process.stderr.write(`Anlan needs Node.js ${needed} or later; this is ${process.version}. Please install it and try again.\n`)
    process.exit(2)
  }
}

const main = join(root, 'src', 'main.ts')
const node = runtime()
if (node === process.execPath || Number(process.versions.node.split('.')[0]) >= needed) {
  await import(main)
} else {
  // The channel tells the child when this launcher is killed, so that it never outlives it unseen.
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
