import { GroupFault, loadGroup, readGroupFile } from '../access/index.ts'
import { openSystem } from './open.ts'
import { readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan group check group.json            检查文件，逐行指出问题 / name every fault with its line
  npx anlan group load  group.json [--people people.json]   载入机构与人员 / load units and people`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { people: { type: 'string' } })
  if (!given) return 0
  const [action, file] = given.positionals
  if (file === undefined || (action !== 'check' && action !== 'load')) throw new UsageFault(usage)
  try {
    const { units } = readGroupFile(file)
    say(`${file}:${units.length} 个机构，没有问题。${units.length} units, nothing wrong.`)
    if (action === 'check') return 0
    const { db, close } = await openSystem('group load')
    try {
      const people = given.values.people
      const loaded = await db.work((tx) => loadGroup(tx, { file, ...(people !== undefined && { people }), demo: false }))
      say(`已载入 loaded: ${loaded.units} 机构 units, ${loaded.people} 人员 people`)
      tellPasswords(loaded.passwords)
    } finally {
      await close()
    }
    return 0
  } catch (error) {
    if (!(error instanceof GroupFault)) throw error
    for (const { line, column, zh, en } of error.faults) say(`${file}:${line}:${column} ${zh} / ${en}`)
    say(`共 ${error.faults.length} 处问题，未作任何更改。${error.faults.length} faults; nothing was changed.`)
    return 1
  }
}

/** One-time passwords are shown once and kept nowhere. */
export function tellPasswords(passwords: readonly { readonly login: string; readonly password: string }[]): void {
  if (passwords.length === 0) return
  say('\n初始密码（只显示这一次，请当面交给本人并立即修改）· first passwords, shown only now:')
  for (const { login, password } of passwords) say(`  ${login.padEnd(24)}${password}`)
}
