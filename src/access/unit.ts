import { sql } from 'kysely'
import type { ReadTx } from '../base/db.ts'
import type { Unit } from './contract.ts'

/** The whole tree. The numbers of people count a unit with all that is below it, as far as the person asking may see them. */
export async function listUnits(tx: ReadTx): Promise<Unit[]> {
  const { rows } = await sql<Unit>`
    with place as materialized (
      select unit_id, branch_id, region_id, count(*) as people from access.person where active group by 1, 2, 3)
    select unit.id, code, unit.name, kind, parent_id as "parentId", unit.branch_id as "branchId", unit.region_id as "regionId", city,
      coalesce((select sum(place.people) from place where case unit.kind
        when 'headquarters' then true when 'region' then place.region_id = unit.id
        when 'branch' then place.branch_id = unit.id else place.unit_id = unit.id end), 0)::int as people
    from access.unit
    where unit.active
    order by array_position(array['headquarters', 'region', 'branch', 'department'], kind), unit.id`.execute(tx)
  return rows
}
