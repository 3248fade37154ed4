import { loadActor } from '../access/index.ts'
import type { Actor, Db } from '../base/db.ts'
import { callerWithin, type Served, serve } from '../base/serve.ts'
import { openTrail } from '../privacy/index.ts'

export type ActAs = (name: string, input: object) => Promise<unknown>

/** Asks as one of the demo's people: by the same rights, policies and trail as anybody. Null when there is no such person. */
export async function actAs(db: Db, login: string, rooms: readonly Served[]): Promise<ActAs | null> {
  const refresh = (): Promise<Actor | null> =>
    db.door(async (tx) => {
      const person = await tx.selectFrom('access.person').where('login', '=', login).select('id').executeTakeFirst()
      return person ? loadActor(tx, person.id) : null
    })
  const actor = await refresh()
  if (!actor) return null
  const call = serve({ db, rooms, trail: openTrail(db) })
  const caller = callerWithin(actor, refresh)
  return (name, input) => call(caller, name, () => input)
}
