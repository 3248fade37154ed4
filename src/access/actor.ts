import { sql } from 'kysely'
import type { Actor, Db, DoorTx, Scope, Tier } from '../base/db.ts'

/** What a person may do now, each right with where it is held. The database's own decision, kept for one look-up. */
export async function loadActor(tx: DoorTx, personId: number): Promise<Actor | null> {
  const { rows } = await sql<Compiled>`
    select person.epoch, now()::timestamptz(3) as "asOf", held.right, scope.tier, scope.units,
      (select min(at) from access.grant cross join lateral (values (valid_from), (valid_until)) edge (at)
        where person_id = person.id and withdrawn_at is null and at > now())::text as until
    from access.person
    left join lateral (
      select distinct role_right.right from access.grant join access.role_right using (role_id)
      where person_id = person.id and withdrawn_at is null and valid_from <= now() and (valid_until is null or valid_until > now())) held on true
    left join lateral access.scope_of(person.id, held.right) scope on held.right is not null
    where person.id = ${personId} and person.active`.execute(tx)
  const first = rows[0]
  if (!first) return null
  const scopes = new Map<string, Scope>()
  for (const { right, tier, units } of rows) if (right && tier) scopes.set(right, { tier, units: units ?? [] })
  return { personId, epoch: first.epoch, asOf: first.asOf, until: first.until, scopes }
}

interface Compiled {
  readonly epoch: number
  readonly asOf: string
  readonly until: string | null
  readonly right: string | null
  readonly tier: Tier | null
  readonly units: number[] | null
}

/** Which of these are still exactly what their people may do: nothing granted or withdrawn since, nothing begun or over. */
export async function unchangedActors(db: Db, actors: readonly Actor[]): Promise<ReadonlySet<Actor>> {
  const query = {
    name: 'unchanged_actors',
    text: `select place::int from unnest($1::int[], $2::int[], $3::timestamptz[]) with ordinality as kept (id, epoch, as_of, place)
      join access.person on person.id = kept.id and person.epoch = kept.epoch and person.active
      where not exists (select from access.grant where person_id = kept.id and withdrawn_at is null
        and ((valid_from > as_of and valid_from <= now()) or (valid_until > as_of and valid_until <= now())))`,
    values: [actors.map(({ personId }) => personId), actors.map(({ epoch }) => epoch), actors.map(({ asOf }) => asOf)],
  }
  // All news wait for it, so it does not wait for ever.
  const rows = await db.query<{ place: number }>('anlan_door', query, 10_000)
  return new Set(rows.flatMap(({ place }) => actors[place - 1] ?? []))
}

/**
 * Actors compiled once and used until something about the person changes: every change raises the person's epoch, which the session
 * look-up brings along with each ask. What only time changes (a grant that starts or ends) is looked at again after `maxAgeMs`;
 * the database refuses in the meantime, as it decides by its own clock.
 */
export function actorCache(load: (personId: number) => Promise<Actor | null>, maxAgeMs = 5_000) {
  const kept = new Map<number, { actor: Actor; until: number }>()
  return {
    async get(personId: number, epoch: number): Promise<Actor | null> {
      const found = kept.get(personId)
      if (found && found.actor.epoch === epoch && found.until > Date.now()) return found.actor
      return this.reload(personId)
    },
    async reload(personId: number): Promise<Actor | null> {
      const actor = await load(personId)
      if (!actor) {
        kept.delete(personId)
        return null
      }
      if (kept.size > 20_000) kept.clear()
      kept.set(personId, { actor, until: Date.now() + maxAgeMs })
      return actor
    },
  }
}
