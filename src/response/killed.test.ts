import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { openKill } from '../../test/kill.ts'
import { monitoring } from '../monitoring/contract.ts'
import { response } from './contract.ts'

const scene = await openScene()
const unit = (code: string) => scene.units.get(code)?.id ?? 0

const kill = await openKill(scene)

/** Does something in processes that kill themselves before one statement after the other, until one gets through. */
async function killThrough(what: Record<string, string>): Promise<void> {
  let step = 2
  while (await kill(step, what)) step += 3
}

const job = (name: string, payload: object) => ({ TASK: name, PAYLOAD: JSON.stringify(payload) })

test('killed before any statement, a post passed on ends at the one hospital and begins at the other, once', {
  timeout: 900_000,
}, async () => {
  const id = await scene.alone({ unit: 'hangzhou', severity: 3 })
  const [alert] = await scene.admin<{ mention: number }>('select mention_id as mention from response.alert where case_id = $1', [
    id,
  ])
  const mention = alert?.mention ?? 0
  await scene
    .as('east.coordinator', monitoring)
    ['monitoring.correct_mention']({ id: mention, unitIds: [unit('ningbo')], reason: '说的是宁波' })
  await killThrough(job('response.follow_mentions', { mentionIds: [mention], corrected: true }))
  const rows = await scene.admin<{ branch: number; stands: boolean }>(
    'select branch_id as branch, ended_at is null as stands from response.alert where mention_id = $1 order by id',
    [mention],
  )
  assert.deepEqual(rows, [
    { branch: unit('hangzhou'), stands: false },
    { branch: unit('ningbo'), stands: true },
  ])
  assert.deepEqual((await scene.kinds(id)).slice(2), ['mention_left', 'closed'])
  assert.equal((await scene.admin('select from response.case where branch_id = $1', [unit('ningbo')])).length, 1)
})

test('killed before any statement, a closed case goes on once when its words are said again', { timeout: 900_000 }, async () => {
  const id = await scene.alone({ unit: 'guangzhou' })
  const [alert] = await scene.admin<{ mention: number }>('select mention_id as mention from response.alert where case_id = $1', [
    id,
  ])
  await scene.as('guangzhou.duty', response)['response.take_case']({ id })
  await scene.as('guangzhou.duty', response)['response.close_case']({ id, outcome: 'explained', text: '已说明' })
  await scene.admin('update monitoring.mention set heat = 4 where id = $1', [alert?.mention])
  await killThrough(job('response.heat_cases', { mentionIds: [alert?.mention], before: [1] }))
  assert.equal((await scene.kinds(id)).filter((kind) => kind === 'reopened').length, 1)
  const told = await scene.admin(`select distinct person_id from delivery.notice where template = 'case_repeated'`)
  const all = await scene.admin(`select from delivery.notice where template = 'case_repeated'`)
  assert.ok(all.length > 0 && all.length === told.length, 'each of those on duty is told once')
})

test('killed before any statement, a case goes back to those on duty once', { timeout: 900_000 }, async () => {
  const id = await scene.alone({ unit: 'suzhou' })
  await scene.as('suzhou.duty', response)['response.take_case']({ id })
  await scene.admin('update access.person set active = false where id = $1', [scene.people.get('suzhou.duty')])
  await killThrough({ CLOCK: 'response.return_cases' })
  assert.equal((await scene.kinds(id)).filter((kind) => kind === 'returned').length, 1)
  assert.deepEqual([(await scene.case(id)).state, (await scene.case(id)).handler_id], ['open', null])
})
