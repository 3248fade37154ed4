import { openDb, type WorkTx } from '../base/db.ts'
import { migrate } from '../base/migrate.ts'
import { recordWord } from '../privacy/index.ts'

/** Brings the database to this program's version, and leaves a row of it in the trail. Answers with the names applied. */
export async function bringUpToDate(adminUrl: string, secret: string, word: string): Promise<string[]> {
  const applied = await migrate(adminUrl, secret)
  if (applied.length > 0)
    await onceOpen(adminUrl, secret, (tx) =>
      recordWord(tx, wordAsk(word), `schema ${applied.at(0)} … ${applied.at(-1)} (${applied.length})`),
    )
  return applied
}

/** A word as the trail calls it. */
const wordAsk = (word: string) => word.replaceAll(' ', '_')

/** One transaction of the program's own on a database that nobody has open. */
export async function onceOpen<T>(adminUrl: string, secret: string, work: (tx: WorkTx) => Promise<T>): Promise<T> {
  const db = openDb(adminUrl, secret)
  try {
    return await db.work(work)
  } finally {
    await db.close()
  }
}
