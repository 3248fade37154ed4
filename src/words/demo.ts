import { foundGroup } from '../access/index.ts'
import { openDb } from '../base/db.ts'
import { migrate } from '../base/migrate.ts'
import { loadDemo } from '../demo/index.ts'
import { recordWord } from '../privacy/index.ts'
import { tellPasswords } from './group.ts'
import { replaceDatabase } from './replace.ts'
import { aloneOn } from './restore.ts'
import { readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan demo leave --yes [--name 本集团名称]   清空演示，建立空的本集团和三员账号 / leave the demo for an empty group of your own
  npx anlan demo reset --yes                       清空全部数据，重新载入演示 / wipe everything and load the demo anew
  中途中断则原样不动。请先停止 serve 与 work。Interrupted, nothing has changed. Stop serve and work before.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { yes: { type: 'boolean' }, name: { type: 'string' } })
  if (!given) return 0
  const [action] = given.positionals
  if (action !== 'leave' && action !== 'reset') throw new UsageFault(usage)
  if (given.values.yes !== true)
    throw new UsageFault(`将清空全部现有数据，确认请加 --yes / this wipes all data; add --yes\n\n${usage}`)
  const name = given.values.name?.trim() ?? '本集团'
  if (!/^\P{Cc}{1,120}$/u.test(name))
    throw new UsageFault(`集团名称应为 1–120 个字 / the name of the group has 1 to 120 characters\n\n${usage}`)
  return aloneOn(`demo ${action}`, async (adminUrl, secret) => {
    const { result: passwords } = await replaceDatabase(adminUrl, async (url) => {
      await migrate(url, secret)
      const db = openDb(url, secret)
      try {
        if (action === 'leave')
          return await db.work(async (tx) => {
            const passwords = await foundGroup(tx, name)
            await recordWord(tx, 'demo_leave', name)
            return passwords
          })
        await loadDemo(db, say)
        await db.work((tx) => recordWord(tx, 'demo_reset', ''))
        return []
      } finally {
        await db.close()
      }
    })
    if (action === 'reset') return
    say('演示已清空，空的本集团已建立。下一步：npx anlan group load group.json · The demo is gone; load your own group next.')
    tellPasswords(passwords)
  })
}
