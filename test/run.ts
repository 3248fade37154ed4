import { type ChildProcess, spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/base/config.ts'
import { listenForEnd } from '../src/words/end.ts'
import { clearLeftClusters, startTestCluster } from './harness.ts'

const words = process.argv.slice(2)
const files = globSync(['src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts'], { cwd: projectRoot })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()

if (files.length === 0) {
  process.stdout.write(`没有这样的测试文件 no test file has this in its path: ${words.join(' ')}\n`)
  process.exit(2)
}

const told = listenForEnd()
const bin = (name: string) => join(projectRoot, 'node_modules', '.bin', name)

/** Runs a program to its end, or until these tests are told to end: it is told too then, and ended when it does not. */
async function step(
  title: string,
  program: string,
  args: string[],
  environment: NodeJS.ProcessEnv = {},
  started: (pid: number) => void = () => undefined,
): Promise<void> {
  if (told.signal.aborted) return
  process.stdout.write(`\n── ${title}\n`)
  const child: ChildProcess = spawn(program, args, {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  if (child.pid !== undefined) started(child.pid)
  let hard: NodeJS.Timeout | undefined
  const end = () => {
    child.kill('SIGTERM')
    hard = setTimeout(() => child.kill('SIGKILL'), 3_000)
  }
  told.signal.addEventListener('abort', end)
  const status = await new Promise<number>((done) => {
    child.on('error', () => done(1))
    child.on('exit', (code) => done(code ?? 1))
  })
  clearTimeout(hard)
  told.signal.removeEventListener('abort', end)
  if (status !== 0) process.exitCode = status
}

await clearLeftClusters()
// Beside the first tests, which wait for servers to start.
const checks =
  words.length > 0
    ? []
    : [step('类型 types', bin('tsc'), ['--noEmit']), step('风格 style', bin('biome'), ['check', '--diagnostic-level=error', '.'])]
const cluster = await startTestCluster(told.signal)
try {
  await step(
    `测试 tests (${files.length} files)`,
    process.execPath,
    ['--test', '--test-concurrency=2', '--test-timeout=600000', ...files],
    {
      // Each file is a process, and each would translate the whole program anew.
      NODE_COMPILE_CACHE: join(projectRoot, 'node_modules/.cache/compiled'),
      ANLAN_TEST_CLUSTER: cluster.adminUrl,
      ANLAN_TEST_SECRET: cluster.secret,
    },
    cluster.endWithUs,
  )
  await Promise.all(checks)
} finally {
  await cluster.end()
}
process.exit(told.signal.aborted ? 130 : process.exitCode)
