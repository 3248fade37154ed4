import { sql } from 'kysely'
import type { WorkTx } from '../base/db.ts'

/** What one load did to one kind of thing, by the names that the files use. */
export interface Change {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly same: number
  /** Those in the database of which the files say nothing: they stay as they are. */
  readonly left: readonly string[]
}

export interface Changes {
  readonly units: Change
  readonly people: Change
  readonly roles: Change
  readonly grants: Change
  /** Grants of the file that were withdrawn or ran out, and are not given back. */
  readonly notGivenBack: readonly string[]
  /** Grants that people of the file hold and the file does not give: whoever moved still has what they had before. */
  readonly heldBeside: readonly string[]
  /** People of the file whose accounts are closed, and stay so. */
  readonly closed: readonly string[]
}

export interface Mentioned {
  readonly units: readonly string[]
  readonly people: readonly string[]
  readonly roles: readonly string[]
  /** As `login: role @ unit`. */
  readonly grants: readonly string[]
}

interface Row {
  readonly kind: 'units' | 'people' | 'roles' | 'grants'
  readonly id: number
  readonly name: string
  readonly active: boolean
  readonly says: string
}

export type Standing = readonly Row[]

/** Everything that a load may touch, as it stands. */
export async function readStanding(tx: WorkTx): Promise<Standing> {
  const { rows } = await sql<Row>`
    select 'units' as kind, id, code as name, active,
      jsonb_build_array(code, name, kind, parent_id, city, campus, aliases, doctors, active)::text as says from access.unit
    union all
    select 'people', person.id, login, person.active, jsonb_build_array(login, person.name, title, unit_id, email)::text from access.person
    union all
    select 'roles', role.id, code, true, jsonb_build_array(name, name_en,
      (select jsonb_agg("right" order by "right") from access.role_right where role_id = role.id))::text from access.role
    union all
    select 'grants', held.id, person.login || ': ' || role.code || ' @ ' || unit.code,
      held.withdrawn_at is null and (held.valid_until is null or held.valid_until > now()), ''
    from access.grant held join access.person on person.id = held.person_id join access.role on role.id = held.role_id
      join access.unit on unit.id = held.unit_id
    order by kind, id`.execute(tx)
  return rows
}

/** Things are told apart by their numbers, so that one that was renamed is one that changed. */
export function compareStanding(before: Standing, after: Standing, mentioned: Mentioned): Changes {
  const compare = (kind: Row['kind']): Change => {
    const known = new Map(before.filter((row) => row.kind === kind).map((row) => [row.id, row.says]))
    const rows = after.filter((row) => row.kind === kind)
    const spoken = new Set(mentioned[kind])
    const added = rows.filter(({ id }) => !known.has(id))
    const changed = rows.filter(({ id, says }) => known.has(id) && known.get(id) !== says)
    const touched = new Set([...added, ...changed])
    const same = rows.filter((row) => spoken.has(row.name) && row.active && !touched.has(row))
    const left = rows.filter((row) => !spoken.has(row.name) && row.active && !touched.has(row))
    return { added: names(added), changed: names(changed), same: names(same).length, left: names(left) }
  }
  const active = (kind: Row['kind'], is: boolean) => new Set(names(after.filter((row) => row.kind === kind && row.active === is)))
  const [held, ended, closed] = [active('grants', true), active('grants', false), active('people', false)]
  const grants = compare('grants')
  const people = new Set(mentioned.people)
  return {
    units: compare('units'),
    people: compare('people'),
    roles: compare('roles'),
    grants,
    heldBeside: grants.left.filter((name) => people.has(name.split(':', 1)[0] ?? '')),
    notGivenBack: mentioned.grants.filter((name) => ended.has(name) && !held.has(name)),
    closed: mentioned.people.filter((login) => closed.has(login)),
  }
}

const names = (rows: readonly Row[]): string[] => [...new Set(rows.map(({ name }) => name))]
