import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { listenForEnd, type Told } from './words/end.ts'
// Also for what it listens to: readers of our output that had enough.
import './words/talk.ts'

/** The command line's words. Each is a file in `words/` and loads only when it is said. Exit 0: done, 1: findings, 2: bad usage. */
const words: Readonly<
  Record<
    string,
    {
      readonly zh: string
      readonly en: string
      readonly load: () => Promise<{ run(args: string[], told: Told): Promise<number> }>
    }
  >
> = {
  serve: { zh: '启动（数据库、控制台、后台任务）', en: 'run everything', load: () => import('./words/serve.ts') },
  work: { zh: '只运行后台任务', en: 'run jobs and clocks only', load: () => import('./words/work.ts') },
  migrate: { zh: '升级数据库', en: 'bring the database up to date', load: () => import('./words/migrate.ts') },
  demo: { zh: '演示：查看、重置或离开', en: 'the demo: show, reset or leave it', load: () => import('./words/demo.ts') },
  intake: { zh: '导入信息文件（JSON Lines）', en: 'take items in from a file', load: () => import('./words/intake.ts') },
  judge: { zh: '离线研判文件', en: 'judge a file without a database', load: () => import('./words/judge.ts') },
  match: { zh: '用规则匹配文件', en: 'match a file against rules', load: () => import('./words/match.ts') },
  feed: { zh: '解析订阅源文件', en: 'parse feed files', load: () => import('./words/feed.ts') },
  group: { zh: '检查或载入机构与人员文件', en: 'check or load a group file', load: () => import('./words/group.ts') },
  doctor: { zh: '体检', en: 'look for what is wrong', load: () => import('./words/doctor.ts') },
  backup: { zh: '备份到文件', en: 'back up into a file', load: () => import('./words/backup.ts') },
  restore: { zh: '从备份恢复', en: 'restore from a backup', load: () => import('./words/restore.ts') },
  outward: {
    zh: '恢复后的对外收发：查看、放行、暂停',
    en: 'what a restored copy sends: show, open, hold',
    load: () => import('./words/outward.ts'),
  },
  bench: { zh: '性能测量', en: 'measure', load: () => import('./words/bench.ts') },
  evaluate: { zh: '研判质量评测', en: 'evaluate the judgement', load: () => import('./words/evaluate.ts') },
  build: { zh: '构建控制台页面', en: 'build the console', load: () => import('./words/build.ts') },
}

function help(): string {
  const lines = Object.entries(words).map(([word, { zh, en }]) => `  ${word.padEnd(10)}${zh} · ${en}`)
  return `用法 usage: npx anlan <word> [...]\n\n${lines.join('\n')}\n\n每个词后加 --help 查看用法。Add --help to any word.\n`
}

async function main(): Promise<number> {
  const [word, ...args] = process.argv.slice(2)
  if (word === undefined || word === 'help' || word === '--help' || word === '-h') {
    process.stdout.write(help())
    return word === undefined ? 2 : 0
  }
  const found = Object.hasOwn(words, word) ? words[word] : undefined
  if (!found) {
    process.stderr.write(`没有“${word}”这个命令 / no such word: ${word}\n\n${help()}`)
    return 2
  }
  const told = listenForEnd()
  // What closes in order listens itself; any other word ends where it is, and an embedded server that it started with it.
  if (word !== 'serve' && word !== 'work') void told.happened.then(() => process.exit(130))
  const { run } = await found.load()
  const status = await run(args, told)
  // Whatever did not close in its time must not keep the program.
  if (told.signal.aborted) process.exit(status)
  return status
}

// What was translated at one start is there at the next. What we start ourselves finds it too.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '../node_modules/.cache/compiled')
enableCompileCache(process.env.NODE_COMPILE_CACHE)

try {
  process.exitCode = await main()
} catch (error) {
  const { tellFault } = await import('./words/fault.ts')
  process.exitCode = tellFault(error)
}
