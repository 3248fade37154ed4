import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Scope } from '../base/db.ts'
import { type CaseUnit, fromTier, isAbove, ownTier, tierOn } from './tier.ts'

// Headquarters is 1; region 2 has the branches 20 and 21; region 3 has 30.
const branch: CaseUnit = { branchId: 20, regionId: 2, kind: 'branch' }
const region: CaseUnit = { branchId: 2, regionId: 2, kind: 'region' }
const headquarters: CaseUnit = { branchId: 1, regionId: 1, kind: 'headquarters' }
const on = (scope: Scope, unit: CaseUnit) => tierOn({ scopes: new Map([['response.handle', scope]]) }, 'response.handle', unit)

test('where a right is held decides the tier at which its holder stands over a case', () => {
  const held: [Scope, unknown, unknown, unknown][] = [
    [{ tier: 'group', units: [] }, 'headquarters', 'headquarters', 'headquarters'],
    [{ tier: 'region', units: [2] }, 'region', 'region', null],
    [{ tier: 'region', units: [3] }, null, null, null],
    [{ tier: 'branch', units: [20] }, 'branch', null, null],
    [{ tier: 'branch', units: [21] }, null, null, null],
    [{ tier: 'several', units: [20, 30] }, 'branch', null, null],
    [{ tier: 'several', units: [2, 20, 21, 30] }, 'region', 'region', null],
    [{ tier: 'several', units: [21, 30] }, null, null, null],
  ]
  for (const [scope, ...expected] of held)
    assert.deepEqual([on(scope, branch), on(scope, region), on(scope, headquarters)], expected, JSON.stringify(scope))
  assert.equal(tierOn({ scopes: new Map() }, 'response.handle', branch), null)
})

test('a case begins at its unit’s own tier and goes up from there', () => {
  assert.deepEqual([branch, region, headquarters].map(ownTier), ['branch', 'region', 'headquarters'])
  assert.deepEqual(fromTier('region'), ['region', 'headquarters'])
  assert.equal(isAbove('region', 'branch'), true)
  assert.equal(isAbove('region', 'region'), false)
})
