// What the launchers share: the runtime pinned in package.json, and a child that ends with its launcher.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const needed = 24
export const isNew = (version) => Number(version.split('.')[0]) >= needed

/** The runtime pinned in package.json, else this process if it is new enough. */
export function findRuntime() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`node-${platform}-${process.arch}/package.json`))
    return join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    if (isNew(process.versions.node)) return process.execPath
    process.stderr.write(`安澜需要 Node.js ${needed} 或更高版本，当前为 ${process.version}。请安装后重试。\n`)
    process.stderr.write(`Anlan needs Node.js ${needed} or later; this is ${process.version}. Please install it and try again.\n`)
    process.exit(2)
  }
}

/** Runs a child until it ends, and passes on what this launcher is told. The channel tells the child when the launcher is killed. */
export function runChild(node, args, options = {}) {
  const child = spawn(node, args, { ...options, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}
