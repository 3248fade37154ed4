import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openScene } from '../../test/case-scene.ts'
import { openKill } from '../../test/kill.ts'
import { startWork } from '../base/job.ts'
import { jobs as delivery } from '../delivery/index.ts'
import { takeIn } from '../monitoring/index.ts'
import { response } from './contract.ts'
import { jobs } from './index.ts'

const scene = await openScene()
const duty = scene.as('hangzhou.duty', response)

test('killed before any statement of raising alerts, each mention raises one, and each kind one case', {
  timeout: 900_000,
}, async () => {
  const ids = await scene.say({ unit: 'wuhan' }, { unit: 'wuhan', severity: 3 }, { unit: 'changsha' })
  const count = async () => {
    const [row] = await scene.admin<{ alerts: number; cases: number; noticed: number }>(
      `select (select count(*) from response.alert)::int as alerts, (select count(*) from response.case)::int as cases,
        (select count(distinct facts->>'case') from delivery.notice)::int as noticed`,
    )
    return row
  }
  const kill = await openKill(scene)
  for (let step = 2; ; step += 2) {
    const killed = await kill(step, { MENTIONS: ids.join() })
    const now = await count()
    assert.ok(now && now.cases <= 2 && now.noticed === now.cases, JSON.stringify(now))
    assert.ok([0, 1, 2, 3].includes(now.alerts))
    if (!killed) break
  }
  assert.deepEqual(await count(), { alerts: 3, cases: 2, noticed: 2 })
})

test('what is taken in is alerted of by the workers as they run', { timeout: 150_000 }, async (t) => {
  const hq = scene.units.get('hq')
  await scene.admin(
    `insert into monitoring.rule (name, expression, branch_id, region_id, severity_floor) values ('乱收费', '乱收费', $1, $1, 3)`,
    [hq?.id],
  )
  const work = startWork({ ...scene.given, adminUrl: scene.adminUrl, secret: scene.secret, rooms: [delivery, jobs] })
  t.after(() => work.stop())
  const taken = await takeIn(
    scene.db,
    [
      {
        id: 'live-1',
        platform: 'weibo',
        kind: 'post',
        author: '路人甲',
        published_at: new Date().toISOString(),
        text: '杭州衡川医院乱收费，检查费多收了八百，投诉了三次没人管，太黑了，要曝光他们！',
        engagement: { likes: 300, comments: 120, shares: 80, followers: 20_000 },
      },
    ],
    { sourceId: null },
  )
  assert.equal(taken.new, 1)
  const [mention] = await scene.admin<{ severity: number; sentiment: string }>(
    `select severity, sentiment from monitoring.mention where title || excerpt like '%检查费%'`,
  )
  assert.ok(mention && mention.severity >= 2 && mention.sentiment === 'negative', JSON.stringify(mention))
  const cases = async () => (await duty['response.list_cases']({})).cases
  while ((await cases()).length === 0) await wait(50)
  const [found] = await cases()
  assert.equal(found?.unit.code, 'hangzhou')
  await scene.admin(`update response.case set strikes_at = now() where id = $1`, [found?.id])
  while ((await cases())[0]?.holder !== 'region') await wait(50)
  assert.equal((await cases())[0]?.holder, 'region', 'the sweep of the running workers struck it')
})
