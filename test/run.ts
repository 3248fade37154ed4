import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../src/base/config.ts'
import { startTestCluster } from './harness.ts'

const words = process.argv.slice(2)
const files = globSync(['src/**/*.test.ts', 'web/**/*.test.ts', 'test/**/*.test.ts'], { cwd: projectRoot })
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()

const bin = (name: string) => join(projectRoot, 'node_modules', '.bin', name)
const step = (title: string, program: string, args: string[], environment: NodeJS.ProcessEnv = {}): void => {
  process.stdout.write(`\n── ${title}\n`)
  const { status } = spawnSync(program, args, { cwd: projectRoot, stdio: 'inherit', env: { ...process.env, ...environment } })
  if (status !== 0) process.exitCode = status ?? 1
}

if (words.length === 0) {
  step('类型 types', bin('tsc'), ['--noEmit'])
  step('风格 style', bin('biome'), ['check', '--diagnostic-level=error', '.'])
}
const cluster = await startTestCluster()
try {
  step(
    `测试 tests (${files.length} files)`,
    process.execPath,
    ['--test', '--test-concurrency=2', '--test-timeout=600000', ...files],
    {
      ANLAN_TEST_CLUSTER: cluster.adminUrl,
      ANLAN_TEST_SECRET: cluster.secret,
    },
  )
} finally {
  await cluster.end()
}
