import { join } from 'node:path'
import { sql } from 'kysely'
import { loadGroup } from '../access/index.ts'
import { projectRoot } from '../base/config.ts'
import type { Db } from '../base/db.ts'
import { setDemoClocks } from '../response/index.ts'
import { loadHistory } from './history.ts'
import { playStory } from './play.ts'
import { saveDemoRules } from './rules.ts'

/** True while no group was ever loaded into this database. */
export async function isFirstStart(db: Db): Promise<boolean> {
  const found = await db.door((tx) => tx.selectFrom('access.unit').select('id').limit(1).execute())
  return found.length === 0
}

/** Loads the demo group, its people, a few rules and two weeks of invented history. */
export async function loadDemo(db: Db, say: (line: string) => void): Promise<void> {
  say('首次启动，正在载入演示集团… First start: loading the demo group…')
  await db.work(async (tx) => {
    await loadGroup(tx, { file: join(projectRoot, 'demo/group.json'), people: join(projectRoot, 'demo/people.json'), demo: true })
    await setDemoClocks(tx)
  })
  await saveDemoRules(db)
  await loadHistory(db)
}

/** Tells the demo's story while this installation shows the demo; null once it was left. */
export async function startDemo(db: Db): Promise<{ stop(): Promise<void> } | null> {
  const demo = await db.work(async (tx) => {
    const { rows } = await sql`select from base.setting where name = 'demo' and value = 'true'`.execute(tx)
    return rows.length > 0
  })
  return demo ? playStory(db) : null
}
