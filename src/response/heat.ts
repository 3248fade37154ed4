import { sql } from 'kysely'
import { announce } from '../base/db.ts'
import type { Task } from '../base/job.ts'

/** A mention was repeated: the case that it belongs to is hotter. Heat never falls, so a late fact changes nothing. */
export const heatCase: Task = async ({ mentionId, heat }, { db }) => {
  await db.work(async (tx) => {
    const { rows } = await sql<{ branchId: number; regionId: number }>`
      with heated as (
        update response.alert set heat = ${heat as number}::int
        where mention_id = ${mentionId as number}::bigint and heat < ${heat as number}::int returning case_id, mention_id)
      update response.case as c set heat = (
        select sum(case when alert.mention_id = heated.mention_id then ${heat as number}::int else alert.heat end)
        from response.alert where alert.case_id = c.id)
      from heated where c.id = heated.case_id returning c.branch_id as "branchId", c.region_id as "regionId"`.execute(tx)
    for (const unit of rows) await announce(tx, 'response.case', unit)
  })
}
