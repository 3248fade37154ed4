import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'
import { holdOutward, openOutward, readOutward } from '../base/outward.ts'
import { recordWord } from '../privacy/index.ts'
import { openSystem } from './open.ts'
import { readArgs, say, UsageFault } from './talk.ts'

const usage = `npx anlan outward                          查看邮件、外发接口与来源抓取是否暂停 / whether anything goes out
npx anlan outward open [--send | --drop]   放行；有积压时须选择：--send 全部发出，--drop 全部作废 / let it; what waits is sent or dropped
npx anlan outward hold                     暂停 / hold it
  从备份恢复后默认暂停：原系统可能仍在运行，积压的邮件和通知可能早已由它发出。
  Held after a restore: the original may still run and have sent long ago what waits here.`

export async function run(args: string[]): Promise<number> {
  const given = readArgs(args, usage, { send: { type: 'boolean' }, drop: { type: 'boolean' } })
  if (!given) return 0
  const [action, ...more] = given.positionals
  const { send = false, drop = false } = given.values
  if (more.length > 0 || (action !== undefined && action !== 'open' && action !== 'hold')) throw new UsageFault(usage)
  if ((send || drop) && (action !== 'open' || (send && drop))) throw new UsageFault(usage)
  const { db, close } = await openSystem('outward')
  try {
    await db.work(async (tx) => {
      if (action === 'open') await open(tx, { send, drop })
      if (action === 'hold' && !(await readOutward(tx))) {
        await holdOutward(tx, '')
        await recordWord(tx, 'outward_hold', '')
      }
    })
    const { held, waiting } = await db.work(async (tx) => ({ held: await readOutward(tx), waiting: await countWaiting(tx) }))
    say(
      held
        ? `对外收发已暂停（自 ${held.since}${held.from ? `，备份 ${held.from}` : ''}），积压 ${waiting} 封。Held; ${waiting} letters wait.`
        : `对外收发正常，待发 ${waiting} 封。Open; ${waiting} letters wait.`,
    )
  } finally {
    await close()
  }
  return 0
}

/** What waited may have been sent by the original: nobody but a person can know. */
async function open(tx: WorkTx, { send, drop }: { send: boolean; drop: boolean }): Promise<void> {
  if (!(await readOutward(tx))) return
  const waiting = await countWaiting(tx)
  if (waiting > 0 && !send && !drop)
    throw new UsageFault(
      `有 ${waiting} 封积压的邮件或通知，请选择 --send（发出）或 --drop（作废） / ${waiting} letters wait: say --send or --drop\n\n${usage}`,
    )
  if (drop)
    await sql`update delivery.outbox set state = 'dropped', problem = 'restored', ended_at = clock_timestamp() where state = 'waiting'`.execute(
      tx,
    )
  await openOutward(tx)
  await recordWord(tx, 'outward_open', `${drop ? 'dropped' : 'sent'}: ${waiting}`)
}

async function countWaiting(tx: WorkTx): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*)::int as n from delivery.outbox where state = 'waiting'`.execute(tx)
  return rows[0]?.n ?? 0
}
