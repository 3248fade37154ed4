import { basename } from 'node:path'
import { type Changes, checkGroup, explainRefusal, GroupFault, loadGroup } from '../access/index.ts'
import { recordWord } from '../privacy/index.ts'
import { openSystem } from './open.ts'
import { readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan group check group.json [--people people.json]   检查文件，逐行指出问题 / name every fault with its line
npx anlan group load  group.json [--people people.json]   载入机构与人员，说明改了什么、哪些原样保留 / load them, say what changed
  文件未提到的机构、人员、角色与授权一律保留，不会被停用或收回。What the files do not mention stays; nobody is closed and no grant withdrawn.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { people: { type: 'string' } })
  if (!given) return 0
  const [action, file, ...more] = given.positionals
  if (file === undefined || more.length > 0 || (action !== 'check' && action !== 'load')) throw new UsageFault(usage)
  const { people } = given.values
  const files = { file, ...(people !== undefined && { people }) }
  try {
    const found = checkGroup(files)
    say(`${file}: ${found.units} 个机构，没有问题。${found.units} units, nothing wrong.`)
    if (people !== undefined) say(`${people}: ${found.people} 名人员，没有问题。${found.people} people, nothing wrong.`)
    if (action === 'check') return 0
    const { db, close } = await openSystem('group load', { make: true })
    try {
      const loaded = await db
        .work(async (tx) => {
          const done = await loadGroup(tx, { ...files, demo: false })
          const names = [file, people].filter((one) => one !== undefined).map((one) => basename(one))
          await recordWord(tx, 'group_load', `${names.join(' ')} ${inShort(done.changes)}`)
          return done
        })
        .catch(explainRefusal)
      say(`已载入 loaded: ${loaded.units} 机构 units, ${loaded.people} 人员 people`)
      tellChanges(loaded.changes)
      tellPasswords(loaded.passwords)
    } finally {
      await close()
    }
    return 0
  } catch (error) {
    if (!(error instanceof GroupFault)) throw error
    for (const line of error.lines()) say(line)
    say(`共 ${error.faults.length} 处问题，未作任何更改。${error.faults.length} faults; nothing was changed.`)
    return 1
  }
}

const kinds = [
  ['units', '机构', 'units'],
  ['people', '人员', 'people'],
  ['roles', '角色', 'roles'],
  ['grants', '授权', 'grants'],
] as const

const inShort = (changes: Changes): string =>
  kinds.map(([kind, , en]) => `${en} +${changes[kind].added.length} ~${changes[kind].changed.length}`).join(', ')

/** What came in, what is other than before, and what the files do not speak of. */
function tellChanges(changes: Changes): void {
  for (const [kind, zh, en] of kinds) {
    const { added, changed, same, left } = changes[kind]
    say(
      `${zh} ${en}: 新增 added ${added.length}，更改 changed ${changed.length}，不变 same ${same}，文件未提到、原样保留 not mentioned, left as they are ${left.length}`,
    )
    tellNames('+', added)
    tellNames('~', changed)
    tellNames('=', left)
  }
  if (changes.heldBeside.length > 0)
    say('文件中的人员另持有以下授权，仍然有效 · people of the file hold these beside it, and keep them:')
  for (const name of changes.heldBeside) say(`  = ${name}`)
  if (changes.notGivenBack.length > 0) say('以下授权已被收回或到期，未重新授予 · withdrawn or run out before, not given back:')
  tellNames('-', changes.notGivenBack)
  if (changes.closed.length > 0) say('以下账号已停用，仍保持停用 · closed accounts stay closed:')
  tellNames('-', changes.closed)
}

const shownNames = 20

function tellNames(mark: string, names: readonly string[]): void {
  if (names.length === 0) return
  const more = names.length > shownNames ? ` … +${names.length - shownNames}` : ''
  say(`  ${mark} ${names.slice(0, shownNames).join(', ')}${more}`)
}

/** One-time passwords are shown once and kept nowhere. */
export function tellPasswords(passwords: readonly { readonly login: string; readonly password: string }[]): void {
  if (passwords.length === 0) return
  say('\n初始密码（只显示这一次，请当面交给本人并立即修改）· first passwords, shown only now:')
  for (const { login, password } of passwords) say(`  ${login.padEnd(24)}${password}`)
}
