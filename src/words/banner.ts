import { demoPassword } from '../access/index.ts'
import type { Db } from '../base/db.ts'
import { say } from './talk.ts'

/** One of each tier, then the three administrators. */
const shown = ['hangzhou.duty', 'east.coordinator', 'hq.publicity', 'hq.system', 'hq.security', 'hq.audit']

/** Tells a newcomer where to go and as whom. Only a demo shows accounts. */
export async function greet(db: Db, { url, seconds, first }: { url: string; seconds: number; first: boolean }): Promise<void> {
  const people = await db.door((tx) =>
    tx
      .selectFrom('access.person as person')
      .innerJoin('access.unit as unit', 'unit.id', 'person.branch_id')
      .where('person.login', 'in', shown)
      .where((of) =>
        of.exists(of.selectFrom('base.setting').where('name', '=', 'demo').where('value', '=', 'true').select('name')),
      )
      .select(['person.login', 'person.name', 'person.title', 'unit.name as unit'])
      .execute(),
  )
  say()
  say(`  安澜 Anlan   ${url}`)
  say(`  ${first ? '首次启动' : '启动'}用时 ${seconds.toFixed(1)} 秒 · ready in ${seconds.toFixed(1)} s · Ctrl-C 关闭 closes`)
  if (people.length === 0) {
    const [units] = await db.door((tx) =>
      tx
        .selectFrom('access.unit')
        .select((of) => of.fn.countAll<number>().as('n'))
        .execute(),
    )
    if (Number(units?.n ?? 0) === 0)
      say('\n  尚无机构。载入本集团：npx anlan group load group.json · No units yet: load your group file.')
    say()
    return
  }
  say(`\n  演示账号 demo accounts · 密码 password: ${demoPassword}`)
  people.sort((a, b) => shown.indexOf(a.login) - shown.indexOf(b.login))
  for (const { login, title, unit } of people) say(`    ${login.padEnd(18)}${unit} · ${title}`)
  say('\n  以上人物、机构与信息均为演示虚构。All of it is invented for the demo.\n')
}
