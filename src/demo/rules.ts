import { sql } from 'kysely'
import type { Db } from '../base/db.ts'
import { served as monitoring } from '../monitoring/index.ts'
import { actAs } from './act.ts'

/** Rules as a group would keep them: those of headquarters look at every branch, that of 杭州 at its own mentions. */
const rules = [
  {
    login: 'hq.publicity',
    unit: 'hq',
    name: '收费争议',
    severityFloor: 0,
    expression: '(收费 OR 乱收费 OR 多收 OR 退费) NOT (招聘 OR 公示)',
  },
  {
    login: 'hq.publicity',
    unit: 'hq',
    name: '生命安全',
    severityFloor: 2,
    expression:
      '(死亡 OR 抢救无效 OR 人没了 OR 致死) AND (医院 OR 院区 OR 衡川) NOT (科普 OR 误区 OR 提醒 OR 最容易做错 OR 预防)',
  },
  {
    login: 'hq.publicity',
    unit: 'hq',
    name: '媒体介入',
    severityFloor: 2,
    expression: '(记者 OR 媒体 OR 曝光 OR 热搜) AND (暗访 OR 采访 OR 致电 OR 上热搜 OR 找媒体)',
  },
  { login: 'hq.publicity', unit: 'hq', name: '行风举报', severityFloor: 2, expression: '红包 OR 回扣 OR 号贩子 OR "统方"' },
  { login: 'hangzhou.lead', unit: 'hangzhou', name: '西溪停车', severityFloor: 0, expression: '停车 OR 车位 OR (西溪 排队)' },
] as const

/** Saves the demo's rules as the people who would. */
export async function saveDemoRules(db: Db): Promise<void> {
  const units = await db.door(async (tx) => {
    const { rows } = await sql<{ id: number; code: string }>`select id, code from access.unit`.execute(tx)
    return new Map(rows.map(({ code, id }) => [code, id]))
  })
  for (const { login, unit, ...rule } of rules) {
    const ask = await actAs(db, login, [monitoring])
    await ask?.('monitoring.save_rule', { ...rule, unitId: units.get(unit) })
  }
}
