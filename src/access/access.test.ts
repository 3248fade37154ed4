import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse, Refused } from '../../test/harness.ts'
import { StaleContext } from '../base/db.ts'
import { loadActor } from './actor.ts'
import { access } from './contract.ts'
import { saveRoles } from './group.ts'
import { administratorRights } from './right.ts'

const house = await openHouse()
const security = house.as('hq.security', access)
const numberOf = async (sql: string, name: string) => (await house.admin<{ id: number }>(sql, [name]))[0]?.id ?? 0
const person = (login: string) => numberOf('select id from access.person where login = $1', login)
const unit = (code: string) => numberOf('select id from access.unit where code = $1', code)
const role = (code: string) => numberOf('select id from access.role where code = $1', code)
const give = async (
  login: string,
  roleCode: string,
  unitCode: string,
  dates: { validFrom?: string; validUntil?: string } = {},
) => ({
  personId: await person(login),
  roleId: await role(roleCode),
  unitId: await unit(unitCode),
  reason: '测试授权',
  ...dates,
})
const grantOf = async (login: string) =>
  numberOf(
    'select id from access.grant where withdrawn_at is null and person_id = (select id from access.person where login = $1)',
    login,
  )
const refusedAs = (code: string) => (error: unknown) => error instanceof Refused && error.code === code
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString()
const seen = async (login: string) => (await house.as(login, access)['access.list_people']({ limit: 1 })).total

// ── Rights ───────────────────────────────────────────────────────────────────────────────────────────────────────

test('a duty officer sees the people of the own branch, a coordinator those of the region, headquarters all', async () => {
  assert.equal(await seen('hangzhou.duty'), 7)
  assert.equal(await seen('east.coordinator'), 4 + 7 * 7)
  assert.equal(await seen('hq.reader'), 241)
  assert.equal(await seen('several.capital'), 4 + 6 * 7 + 7)
})

test('a withdrawn right is gone at the next ask of the same session', async () => {
  const officer = house.as('ningbo.night', access)
  await officer['access.list_people']({})
  await security['access.withdraw_grant']({ id: await grantOf('ningbo.night') })
  await assert.rejects(officer['access.list_people']({}), refusedAs('forbidden'))
  assert.deepEqual((await officer['access.me']({})).rights, [])
})

test('a right that is granted counts at the next ask of the same session', async () => {
  const nurse = house.as('ningbo.nurse', access)
  await assert.rejects(nurse['access.list_people']({}), refusedAs('forbidden'))
  await security['access.grant_role'](await give('ningbo.nurse', 'reader', 'ningbo'))
  assert.equal((await nurse['access.list_people']({})).total, 7)
})

test('what the program compiled before a withdrawal opens nothing after it', async () => {
  const id = await person('suzhou.night')
  const compiled = await house.db.door((tx) => loadActor(tx, id))
  assert.ok(compiled)
  const look = () => house.db.read(compiled, 'access.read', (tx) => tx.selectFrom('access.person').select('id').execute())
  assert.equal((await look()).length, 7)
  await security['access.withdraw_grant']({ id: await grantOf('suzhou.night') })
  await assert.rejects(look(), StaleContext)
})

test('a change under way sees nothing more from the moment in which the right is withdrawn', async () => {
  const actor = await house.db.door(async (tx) => loadActor(tx, await person('suzhou.lead')))
  assert.ok(actor)
  await house.db.write(actor, 'access.read', async (tx) => {
    const look = async () => (await tx.selectFrom('access.person').select('id').execute()).length
    assert.equal(await look(), 7)
    await security['access.withdraw_grant']({ id: await grantOf('suzhou.lead') })
    assert.equal(await look(), 0)
  })
})

test('a grant counts from its start to its end and not beside', async () => {
  const reader = house.as('nanjing.clinic', access)
  const giveUntil = (dates: { validFrom?: string; validUntil?: string }) =>
    give('nanjing.clinic', 'reader', 'nanjing', dates).then(security['access.grant_role'])
  const { id } = await giveUntil({ validFrom: hours(1) })
  await assert.rejects(reader['access.list_people']({}), refusedAs('forbidden'))
  await house.admin(`update access.grant set valid_from = now() - interval '1 hour' where id = $1`, [id])
  assert.equal((await reader['access.list_people']({})).total, 7)
  await house.admin(`update access.grant set valid_until = now() - interval '1 second' where id = $1`, [id])
  await assert.rejects(reader['access.list_people']({}), refusedAs('forbidden'))
  const { grants } = await security['access.get_person']({ id: await person('nanjing.clinic') })
  assert.equal(grants.find((grant) => grant.id === id)?.state, 'expired')
  await assert.rejects(giveUntil({ validUntil: hours(-1) }), refusedAs('invalid_input'))
  await giveUntil({ validUntil: hours(1) })
  assert.equal((await reader['access.list_people']({})).total, 7)
  const again = await security['access.get_person']({ id: await person('nanjing.clinic') })
  assert.equal(again.grants.find((grant) => grant.id === id)?.state, 'expired')
})

test('a grant that ends by the clock ends for somebody who was just let through', async () => {
  const { id } = await security['access.grant_role'](await give('hefei.clinic', 'reader', 'hefei'))
  const reader = house.as('hefei.clinic', access)
  await reader['access.list_people']({})
  // Past the triggers, as the clock changes nothing in the row and so raises no epoch.
  await house.admin(
    `set local session_replication_role = replica; update access.grant set valid_until = clock_timestamp() where id = ${id}`,
  )
  await assert.rejects(reader['access.list_people']({}), refusedAs('forbidden'))
})

test('nobody is two of the three administrators, whatever the order and at the same time', async () => {
  await assert.rejects(
    give('hq.system', 'audit_administrator', 'hq').then(security['access.grant_role']),
    refusedAs('administrators_apart'),
  )
  const asked = await Promise.allSettled([
    give('hq.medical', 'system_administrator', 'hq').then(security['access.grant_role']),
    give('hq.medical', 'audit_administrator', 'east').then(security['access.grant_role']),
  ])
  assert.deepEqual(asked.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('the last administrator of each kind is neither withdrawn nor closed, and goes once there is another', async () => {
  const watched = house.as('hq.security', access)
  await house.admin(`update access.grant set withdrawn_at = now() where withdrawn_at is null
    and person_id = (select id from access.person where login = 'hq.medical')`)
  for (const kind of ['system', 'audit'] as const) {
    await assert.rejects(
      watched['access.withdraw_grant']({ id: await grantOf(`hq.${kind}`) }),
      refusedAs('last_administrator'),
      kind,
    )
    await assert.rejects(
      watched['access.set_active']({ id: await person(`hq.${kind}`), active: false }),
      refusedAs('last_administrator'),
      kind,
    )
  }
  // One who ends is no successor: the kind would be missing from that day on.
  await watched['access.grant_role'](await give('hq.reader', 'audit_administrator', 'hq', { validUntil: hours(48) }))
  await assert.rejects(watched['access.withdraw_grant']({ id: await grantOf('hq.audit') }), refusedAs('last_administrator'))
  const { id } = await watched['access.grant_role'](await give('chengdu.lead', 'audit_administrator', 'hq'))
  await watched['access.withdraw_grant']({ id: await grantOf('hq.audit') })
  await assert.rejects(watched['access.withdraw_grant']({ id }), refusedAs('last_administrator'))
  await watched['access.grant_role'](await give('hq.audit', 'audit_administrator', 'hq'))
  await watched['access.withdraw_grant']({ id })
})

test('two security administrators who withdraw each other at once leave one', async () => {
  const second = 'wuhan.lead'
  await security['access.grant_role'](await give(second, 'security_administrator', 'hq'))
  const securityGrant = async (login: string) =>
    numberOf(
      `select g.id from access.grant g join access.role r on r.id = g.role_id where g.withdrawn_at is null and r.code = 'security_administrator'
       and g.person_id = (select id from access.person where login = $1)`,
      login,
    )
  const [first, other] = [await securityGrant('hq.security'), await securityGrant(second)]
  const asked = await Promise.allSettled([
    house.as(second, access)['access.withdraw_grant']({ id: first }),
    security['access.withdraw_grant']({ id: other }),
  ])
  assert.equal(asked.filter(({ status }) => status === 'fulfilled').length, 1)
  await house.admin('update access.grant set withdrawn_at = null, withdrawn_by = null where id = any ($1)', [[first]])
})

test('a role is the administrator that its rights make it, whatever it is called', async () => {
  const custom = (code: string, held: string[]) =>
    house.db.work((tx) => saveRoles(tx, [{ code, name: code, nameEn: code, rights: held }]))
  await assert.rejects(custom('both_in_one', ['access.grant', 'privacy.read_trail']), { code: 'AN012' })
  await custom('quiet_keeper', ['access.read', 'access.grant'])
  const roles = await security['access.list_roles']({})
  assert.equal(roles.find(({ code }) => code === 'quiet_keeper')?.administrator, 'security')
  await assert.rejects(
    give('hq.system', 'quiet_keeper', 'hq').then(security['access.grant_role']),
    refusedAs('administrators_apart'),
  )
  // A role that somebody holds already cannot grow into a second administrator for them.
  await custom('quiet_helper', ['access.read'])
  await security['access.grant_role'](await give('hq.system', 'quiet_helper', 'hq'))
  await assert.rejects(custom('quiet_helper', ['access.read', 'privacy.read_trail']), { code: 'AN012' })
  await custom('quiet_helper', ['access.read', 'monitoring.read'])
  // The program's list and the database's are one.
  const listed = await house.admin<{ right: string; administrator: string }>('select * from access.administrator_right')
  assert.deepEqual(Object.fromEntries(listed.map(({ right, administrator }) => [right, administrator])), administratorRights)
})

test('administrators are appointed by headquarters', async () => {
  const wanted = await give('xiamen.clinic', 'audit_administrator', 'xiamen')
  await assert.rejects(house.as('east.security', access)['access.grant_role'](wanted), refusedAs('administrators_from_above'))
  await security['access.grant_role'](wanted)
})

test('a region’s security administrator closes its people, but not those who hold something above', async () => {
  const east = house.as('east.security', access)
  const [plain, above] = [await person('xiamen.nurse'), await person('suzhou.nurse')]
  await east['access.set_active']({ id: plain, active: false })
  assert.equal((await east['access.get_person']({ id: above })).abilities.deactivate, true)
  await security['access.grant_role'](await give('suzhou.nurse', 'reader', 'hq'))
  assert.equal((await east['access.get_person']({ id: above })).abilities.deactivate, false)
  await assert.rejects(east['access.set_active']({ id: above, active: false }), refusedAs('stands_above'))
  await security['access.set_active']({ id: above, active: false })
  // Past the program's own look, as injected SQL would.
  const keeper = await person('east.security')
  const asking = await house.db.door((tx) => loadActor(tx, keeper))
  assert.ok(asking)
  await security['access.set_active']({ id: above, active: true })
  const { numUpdatedRows } = await house.db.write(asking, 'access.grant', (tx) =>
    tx.updateTable('access.person').set({ active: false }).where('id', '=', above).executeTakeFirstOrThrow(),
  )
  assert.equal(numUpdatedRows, 0n)
  await security['access.set_active']({ id: plain, active: true })
})

test('a grant begins now or later and is not over when it begins', async () => {
  const wanted = (dates: { validFrom?: string; validUntil?: string }) => give('hefei.nurse', 'reader', 'hefei', dates)
  await assert.rejects(wanted({ validFrom: hours(-48) }).then(security['access.grant_role']), refusedAs('grant_in_the_past'))
  await assert.rejects(
    wanted({ validFrom: hours(-48), validUntil: hours(-24) }).then(security['access.grant_role']),
    refusedAs('grant_in_the_past'),
  )
  await security['access.grant_role'](await wanted({ validFrom: hours(1), validUntil: hours(2) }))
})

test('nobody grants to, withdraws from or closes themselves', async () => {
  await assert.rejects(give('hq.security', 'reader', 'hq').then(security['access.grant_role']), refusedAs('own_grant'))
  await assert.rejects(security['access.withdraw_grant']({ id: await grantOf('hq.security') }), refusedAs('own_grant'))
  await assert.rejects(
    security['access.set_active']({ id: await person('hq.security'), active: false }),
    refusedAs('own_account'),
  )
})

test('a region’s security administrator grants inside the region and nowhere else', async () => {
  const east = house.as('east.security', access)
  const { id } = await east['access.grant_role'](await give('xiamen.clinic', 'reader', 'xiamen'))
  await assert.rejects(give('xiamen.clinic', 'reader', 'guangzhou').then(east['access.grant_role']), refusedAs('forbidden'))
  await assert.rejects(give('xiamen.clinic', 'reader', 'hq').then(east['access.grant_role']), refusedAs('forbidden'))
  await assert.rejects(give('guangzhou.clinic', 'reader', 'xiamen').then(east['access.grant_role']), refusedAs('not_found'))
  await assert.rejects(east['access.withdraw_grant']({ id: await grantOf('guangzhou.duty') }), refusedAs('not_found'))
  await assert.rejects(east['access.set_active']({ id: await person('guangzhou.duty'), active: false }), refusedAs('not_found'))
  await assert.rejects(house.as('east.coordinator', access)['access.withdraw_grant']({ id }), refusedAs('forbidden'))
  await east['access.withdraw_grant']({ id })
})

test('a grant stands once, on a branch or above, and a withdrawn one is not withdrawn again', async () => {
  const wanted = await give('jinan.clinic', 'reader', 'jinan')
  const { id } = await security['access.grant_role'](wanted)
  await assert.rejects(security['access.grant_role'](wanted), refusedAs('already_granted'))
  await assert.rejects(
    give('jinan.clinic', 'reader', 'jinan.outpatient').then(security['access.grant_role']),
    refusedAs('wrong_place_in_tree'),
  )
  await security['access.withdraw_grant']({ id })
  await assert.rejects(security['access.withdraw_grant']({ id }), refusedAs('conflict'))
  await security['access.grant_role'](wanted)
})

test('a person’s page says for each right where it counts and through which grant', async () => {
  const { rights, grants } = await security['access.get_person']({ id: await person('several.capital') })
  const read = rights.find(({ right }) => right === 'monitoring.read')
  assert.equal(read?.tier, 'several')
  assert.deepEqual(read?.units.map(({ code }) => code).sort(), ['jinan', 'north'])
  assert.deepEqual(read?.because.map(({ grantId }) => grantId).sort(), grants.map(({ id }) => id).sort())
  const takeOver = rights.find(({ right }) => right === 'response.take_over')
  assert.equal(takeOver?.tier, 'region')
  assert.deepEqual(
    takeOver?.because.map(({ unit }) => unit),
    ['衡川华北区域中心'],
  )
})

test('what a person’s page says is what the database decides, for everybody', async () => {
  const ids = await house.admin<{ id: number }>('select id from access.person order by id')
  for (const { id } of ids) {
    const { rights } = await security['access.get_person']({ id })
    const decided = await house.admin<{ right: string; tier: string; units: number[] }>(
      `select "right", tier, units from (select distinct "right" from access.role_right) r, access.scope_of($1, "right") where tier is not null order by 1`,
      [id],
    )
    const inWords = (tier: string) => (tier === 'group' ? 'headquarters' : tier)
    assert.deepEqual(
      rights.map(({ right, tier }) => [right, tier]),
      decided.map(({ right, tier }) => [right, inWords(tier)]),
    )
    for (const [at, { tier, units }] of rights.entries())
      if (tier === 'branch' || tier === 'region')
        assert.deepEqual(
          units.map((one) => one.id),
          decided[at]?.units,
        )
  }
})

test('who sees a person but not all of their grants sees only those within sight, and no right that comes from elsewhere', async () => {
  await security['access.grant_role'](await give('foshan.lead', 'coordinator', 'north'))
  const id = await person('foshan.lead')
  const near = await house.as('foshan.duty', access)['access.get_person']({ id })
  assert.deepEqual(
    near.grants.map(({ unit }) => unit.code),
    ['foshan'],
  )
  assert.deepEqual(
    near.person.roles.map(({ code }) => code),
    ['branch_lead'],
  )
  assert.ok(!near.rights.some(({ right }) => right === 'response.take_over'))
  const above = await security['access.get_person']({ id })
  assert.equal(above.grants.length, 2)
  assert.deepEqual([near.abilities.grant, above.abilities.grant], [false, true])
  assert.deepEqual([near.grants[0]?.abilities.withdraw, above.grants[0]?.abilities.withdraw], [false, true])
})

test('a person out of sight and a number that nobody has are answered alike', async () => {
  const officer = house.as('hangzhou.duty', access)
  const answer = async (id: number) => {
    const error = await officer['access.get_person']({ id }).catch((refused) => refused)
    assert.ok(error instanceof Refused)
    return [error.status, error.code, error.body.zh]
  }
  assert.deepEqual(await answer(await person('guangzhou.duty')), await answer(999_999))
})

test('people are found by name, login, role and part of the tree, a page at a time', async () => {
  const reader = house.as('hq.reader', access)
  const list = reader['access.list_people']
  const duty = await list({ role: 'duty_officer', unitId: await unit('south') })
  assert.equal(duty.total, 12)
  assert.deepEqual(
    (await list({ search: 'hangzhou.du' })).people.map(({ login }) => login),
    ['hangzhou.duty'],
  )
  assert.equal((await list({ search: '%' })).total, 0)
  assert.equal((await list({ unitId: await unit('hangzhou.publicity') })).total, 3)
  const first = await list({ limit: 3 })
  const second = await list({ limit: 3, after: first.next ?? 0 })
  assert.equal(new Set([...first.people, ...second.people].map(({ id }) => id)).size, 6)
})

test('a branch that moves to another region takes its people, grants and trail along', async () => {
  const [east, south] = [await seen('east.deputy'), await seen('south.deputy')]
  await house.as('nanchang.duty', access)['access.list_people']({})
  await house.admin(`update access.unit set parent_id = (select id from access.unit where code = 'south') where code = 'hefei'`)
  assert.deepEqual([await seen('east.deputy'), await seen('south.deputy')], [east - 7, south + 7])
  const units = await house.as('hq.reader', access)['access.list_units']({})
  const [moved, ward] = ['hefei', 'hefei.emergency'].map((code) => units.find((one) => one.code === code))
  assert.equal(moved?.regionId, await unit('south'))
  assert.equal(ward?.regionId, moved?.regionId)
  const torn = await house.admin(`
    select from access.person join access.unit on unit.id = unit_id where (person.branch_id, person.region_id) <> (unit.branch_id, unit.region_id)
    union all select from access.grant join access.unit on unit.id = unit_id where ("grant".branch_id, "grant".region_id) <> (unit.branch_id, unit.region_id)
    union all select from privacy.trail join access.unit on unit.id = trail.branch_id where trail.region_id <> unit.region_id`)
  assert.equal(torn.length, 0)
  assert.equal((await house.as('hefei.duty', access)['access.list_people']({})).total, 7)
})

// ── The trail of this room ───────────────────────────────────────────────────────────────────────────────────────

test('the trail says who was granted, by whom, and who was refused', async () => {
  const id = await person('qingdao.clinic')
  await security['access.grant_role'](await give('qingdao.clinic', 'reader', 'qingdao'))
  const lead = house.as('qingdao.lead', access)
  await assert.rejects(give('qingdao.nurse', 'reader', 'qingdao').then(lead['access.grant_role']), refusedAs('forbidden'))
  const rows = await house.admin(
    `select person.login, subject, outcome, trail.code from privacy.trail join access.person on person.id = person_id
     where ask = 'access.grant_role' and login in ('hq.security', 'qingdao.lead') order by trail.id desc limit 2`,
  )
  assert.deepEqual(rows, [
    { login: 'qingdao.lead', subject: `person:${await person('qingdao.nurse')}`, outcome: 'refused', code: 'forbidden' },
    { login: 'hq.security', subject: `person:${id}`, outcome: 'allowed', code: null },
  ])
})
