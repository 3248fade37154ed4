import { hostname, userInfo } from 'node:os'
import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'

/**
 * A word of the command line leaves its row in the transaction of its change: which word, by which account of which machine, and what.
 * A database without a group yet has no trail to add to.
 */
export async function recordWord(tx: WorkTx, word: string, what: string, { writes = true } = {}): Promise<void> {
  await sql`
    insert into privacy.trail (person_id, address, ask, subject, outcome, writes, duration_ms)
    select null, ${whoSays()}::text, ${`word.${word}`}::text, ${what.slice(0, 200)}::text, 'allowed', ${writes}::bool, ${performance.now()}::real
    where exists (select from access.unit where kind = 'headquarters')`.execute(tx)
}

/** The account of the operating system, and who became it. */
function whoSays(): string {
  const { SUDO_USER: before } = process.env
  let account: string
  try {
    account = userInfo().username
  } catch {
    // A container may run under a number that no account has.
    account = `uid ${process.getuid?.() ?? '?'}`
  }
  return `${before && before !== account ? `${before} → ` : ''}${account}@${hostname()}`.slice(0, 120)
}
