import { sql } from 'kysely'
import type { ReadTx } from '../base/db.ts'
import type { Unit } from './contract.ts'

/** The whole tree. The numbers of people count those whom the person asking may see, each at the place where they work. */
export async function listUnits(tx: ReadTx): Promise<Unit[]> {
  const { rows } = await sql<Unit>`
    select unit.id, code, unit.name, kind, parent_id as "parentId", unit.branch_id as "branchId", unit.region_id as "regionId", city,
      count(person.id)::int as people
    from access.unit left join access.person on person.unit_id = unit.id and person.active
    where unit.active
    group by unit.id
    order by array_position(array['headquarters', 'region', 'branch', 'department'], kind), unit.id`.execute(tx)
  return rows
}
