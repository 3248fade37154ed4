import { type Actor, type Db, type ReadTx, StaleContext } from './db.ts'

interface Member {
  readonly actor: Actor
  readonly done: (answer: unknown) => void
  readonly failed: (error: unknown) => void
}

interface Batch {
  readonly right: string
  readonly read: (tx: ReadTx) => Promise<unknown>
  readonly members: Member[]
}

/**
 * Reads once what several ask at the same moment. Nothing is kept: an answer is begun after everybody who gets it has asked, and the
 * database says in its very snapshot who of them holds the right at the same place. The others ask again on their own.
 */
export function openShares(db: Db) {
  const boarding = new Map<string, Batch>()
  const running = new Set<string>()

  function depart(key: string): void {
    const batch = boarding.get(key)
    if (!batch || running.has(key)) return
    boarding.delete(key)
    running.add(key)
    void answer(batch).finally(() => {
      running.delete(key)
      depart(key)
    })
  }

  async function answer({ members, right, read }: Batch): Promise<void> {
    try {
      const actors = [...new Map(members.map(({ actor }) => [actor.personId, actor])).values()]
      const { result, shown } = await db.readFor(actors, right, read)
      for (const { actor, done, failed } of members)
        if (shown.has(actor.personId)) done(result)
        else failed(new StaleContext())
    } catch (error) {
      for (const { failed } of members) failed(error)
    }
  }

  return {
    /** `key` names all that the answer depends on: the ask, the scope of its right, what was asked. */
    ask<T>(key: string, actor: Actor, right: string, read: (tx: ReadTx) => Promise<T>): Promise<T> {
      return new Promise<unknown>((done, failed) => {
        let batch = boarding.get(key)
        if (!batch) {
          batch = { right, read, members: [] }
          boarding.set(key, batch)
          // Those who ask in the same turn of the loop come along; later ones wait for the next.
          setImmediate(depart, key)
        }
        batch.members.push({ actor, done, failed })
      }) as Promise<T>
    },
  }
}
