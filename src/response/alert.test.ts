import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openScene } from '../../test/case-scene.ts'
import { response } from './contract.ts'

const scene = await openScene()
const hangzhou = scene.as('hangzhou.duty', response)
const ningbo = scene.as('ningbo.duty', response)
const east = scene.as('east.coordinator', response)
const south = scene.as('south.coordinator', response)
const hq = scene.as('hq.publicity', response)

test('an alert goes to the branch that it concerns, and to the tiers above it', async () => {
  const id = await scene.alert({ unit: 'hangzhou', severity: 3 })
  const seen = async (who: typeof hq) => (await who['response.list_cases']({})).cases.map((one) => one.id)
  assert.deepEqual([await seen(hangzhou), await seen(east), await seen(hq)], [[id], [id], [id]])
  assert.deepEqual([await seen(ningbo), await seen(south)], [[], []])
  await assert.rejects(ningbo['response.get_case']({ id }), { code: 'not_found' })
  await assert.rejects(ningbo['response.acknowledge_case']({ id }), { code: 'not_found' })
  const { case: found, events } = await hangzhou['response.get_case']({ id })
  assert.equal(found.holder, 'branch')
  assert.equal(found.unit.code, 'hangzhou')
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['opened', 'notified'],
  )
  const duty = await scene.admin('select delivery.holders($1, $2)', ['response.handle', found.unit.id])
  assert.equal(events[1]?.facts.count, duty.length)
  const acknowledged = await hangzhou['response.acknowledge_case']({ id, seen: found.updatedAt })
  assert.equal(acknowledged.state, 'acknowledged')
})
