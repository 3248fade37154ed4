import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { findCluster, onNewDatabase } from '../../test/harness.ts'
import { projectRoot } from '../base/config.ts'
import { type Db, openDb } from '../base/db.ts'
import { accessErrors } from './error.ts'
import { explainRefusal } from './grant.ts'
import { foundGroup, loadGroup, saveRoles } from './group.ts'
import { GroupFault } from './group-file.ts'

const cluster = await findCluster()
const demo = { file: join(projectRoot, 'demo/group.json'), people: join(projectRoot, 'demo/people.json') }

/** An empty database, looked into with `read`. */
const onEmpty = (work: (db: Db, read: (sql: string) => Promise<unknown[]>) => Promise<void>) =>
  onNewDatabase(cluster, async (url) => {
    const db = openDb(url, cluster.secret)
    const read = async (sql: string) => (await db.pool('anlan_worker').query(sql)).rows
    await work(db, read).finally(() => db.close())
  })
const everything = `select 'unit' as kind, code, name, parent_id, branch_id, region_id from access.unit
  union all select 'person', login, name, unit_id, branch_id, region_id from access.person
  union all select 'grant', reason, person_id::text, unit_id, branch_id, region_id from access.grant order by 1, 2, 3, 4`

test('a group that is loaded twice is the same, and says so', async () => {
  await onEmpty(async (db, read) => {
    await db.work((tx) => loadGroup(tx, { ...demo, demo: true }))
    const before = await read(everything)
    const again = await db.work((tx) => loadGroup(tx, { ...demo, demo: true }))
    assert.deepEqual([again.units, again.people, again.passwords], [227, 241, []])
    assert.deepEqual([again.changes.units.same, again.changes.people.same], [227, 241])
    for (const { added, changed, left } of [again.changes.units, again.changes.people, again.changes.roles, again.changes.grants])
      assert.deepEqual([added, changed, left], [[], [], []])
    assert.deepEqual(await read(everything), before)
  })
})

test('what was withdrawn is not given back by loading the file again', async () => {
  await onEmpty(async (db, read) => {
    await db.work((tx) => loadGroup(tx, { ...demo, demo: true }))
    await db.work((tx) =>
      tx.updateTable('access.grant').set({ withdrawn_at: '2026-01-01T00:00:00Z' }).where('id', '=', 40).execute(),
    )
    await db.work((tx) => loadGroup(tx, { ...demo, demo: true }))
    assert.deepEqual(await read('select count(*)::int as n from access.grant where withdrawn_at is null'), [{ n: 242 }])
    const { changes } = await db.work((tx) => loadGroup(tx, { ...demo, demo: true }))
    assert.equal(changes.notGivenBack.length, 1)
  })
})

test('a role of the group’s own that is somebody’s last audit administrator keeps that right', async () => {
  await onEmpty(async (db, read) => {
    await db.work((tx) => foundGroup(tx, '安和医疗集团'))
    const load = (rights: string[]) => {
      const file = JSON.stringify({
        name: '安和医疗集团',
        units: [{ code: 'hq', name: '总部', kind: 'headquarters', parent: null }],
      })
      const people = JSON.stringify({
        people: [{ login: 'second', name: '周谨', unit: 'hq', roles: [{ role: 'second_audit', unit: 'hq' }] }],
        roles: [{ code: 'second_audit', name: '复核审计', nameEn: 'Second auditor', rights }],
      })
      return db.work((tx) => loadGroup(tx, { file, people, demo: false }))
    }
    await load(['access.read', 'privacy.read_trail'])
    await db.work((tx) =>
      tx
        .updateTable('access.grant')
        .set({ withdrawn_at: new Date().toISOString() })
        .where('person_id', '=', (of) => of.selectFrom('access.person').where('login', '=', 'audit').select('id'))
        .execute(),
    )
    const less = { code: 'second_audit', name: '复核审计', nameEn: 'Second auditor', rights: ['access.read'] }
    const save = db.work((tx) => saveRoles(tx, [less]))
    await assert.rejects(save.catch(explainRefusal), { entry: accessErrors.last_administrator })
    assert.deepEqual(await read(`select administrator from access.role where code = 'second_audit'`), [
      { administrator: 'audit' },
    ])
    await load(['privacy.read_trail'])
  })
})

test('a group of one’s own starts with three administrators, grows by its file, and every newcomer gets a password once', async () => {
  await onEmpty(async (db, read) => {
    const founders = await db.work((tx) => foundGroup(tx, '安和医疗集团'))
    assert.deepEqual(
      founders.map(({ login }) => login),
      ['system', 'security', 'audit'],
    )
    assert.equal(new Set(founders.map(({ password }) => password)).size, 3)
    const file = JSON.stringify({
      name: '安和医疗集团',
      units: [
        { code: 'anhe', name: '安和医疗集团总部', kind: 'headquarters', parent: null },
        { code: 'west', name: '西区', kind: 'region', parent: 'anhe' },
      ],
    })
    const people = JSON.stringify({
      people: [{ login: 'west.lead', name: '柳青', unit: 'west', roles: [{ role: 'reader', unit: 'west' }] }],
    })
    const first = await db.work((tx) => loadGroup(tx, { file, people, demo: false }))
    assert.deepEqual(
      first.passwords.map(({ login }) => login),
      ['west.lead'],
    )
    const { units, people: staff, grants } = first.changes
    assert.deepEqual([units.added, units.changed, units.left], [['west'], ['anhe'], []])
    assert.deepEqual([staff.added, staff.changed, staff.left], [['west.lead'], [], ['system', 'security', 'audit']])
    assert.deepEqual([grants.added, grants.left.length], [['west.lead: reader @ west'], 3])
    assert.deepEqual((await db.work((tx) => loadGroup(tx, { file, people, demo: false }))).passwords, [])
    assert.deepEqual(await read('select code, name from access.unit order by id'), [
      { code: 'anhe', name: '安和医疗集团总部' },
      { code: 'west', name: '西区' },
    ])
    assert.deepEqual(await read(`select value from base.setting where name = 'demo'`), [{ value: false }])
  })
})

test('what the files cannot know by themselves is named with its line too, and nothing is changed', async () => {
  await onEmpty(async (db, read) => {
    await db.work((tx) => foundGroup(tx, '安和医疗集团'))
    const units = (...more: string[]) =>
      `{ "name": "安和", "departments": [{ "code": "yb", "name": "医保", "in": ["hq"] }], "units": [\n${[
        '{ "code": "hq", "name": "总部", "kind": "headquarters", "parent": null }',
        '{ "code": "west", "name": "西区", "kind": "region", "parent": "hq" }',
        ...more,
      ].join(',\n')}\n] }`
    const staff = (people: string[], rights = 'access.read') =>
      `{ "roles": [{ "code": "own", "name": "自设", "nameEn": "Own",\n "rights": ["${rights}"] }], "people": [\n${people.join(',\n')}\n] }`
    const person = (login: string, ...held: string[]) =>
      `{ "login": "${login}", "name": "柳青", "unit": "hq", "roles": [${held.map((role) => `{ "role": "${role}", "unit": "hq" }`).join()}] }`
    const load = (file: string, people: string) => db.work((tx) => loadGroup(tx, { file, people, demo: false }))
    const branch = '{ "code": "yibin", "name": "宜宾", "kind": "branch", "parent": "west" }'
    await load(units(branch), staff([person('second', 'own')]))
    const before = await read(everything)
    const refused = async (file: string, people: string, ...expected: string[]) => {
      const found: unknown = await load(file, people).catch((error) => error)
      assert.ok(found instanceof GroupFault, String(found))
      assert.deepEqual(
        found.faults.map(({ line, code }) => `${line} ${code}`),
        expected,
      )
      assert.deepEqual(await read(everything), before)
    }
    const plain = staff([])
    await refused(units(branch.replace('branch', 'region').replace('west', 'hq')), plain, '4 other_kind')
    await refused(units('{ "code": "hq.yb", "name": "医保院区", "kind": "branch", "parent": "west" }'), plain, '1 repeated_code')
    await refused(units(branch), staff([person('security', 'own', 'audit_administrator')]), '3 administrators_apart')
    await refused(
      units(branch),
      staff([person('second', 'own'), person('audit', 'own')], 'access.grant'),
      '4 administrators_apart',
    )
    await refused(units(branch), staff([person('x', 'own', 'own')]), '3 repeated_role')
    // A role that makes somebody an administrator takes nobody’s last one away.
    await load(units(branch), staff([person('second', 'own')], 'privacy.read_trail'))
    await db.work((tx) =>
      tx
        .updateTable('access.grant')
        .set({ withdrawn_at: new Date().toISOString() })
        .where('person_id', '=', (of) => of.selectFrom('access.person').where('login', '=', 'audit').select('id'))
        .execute(),
    )
    await refused(units(branch), staff([person('second', 'own')]), '2 last_administrator')
  })
})

test('a file with a fault changes nothing', async () => {
  await onEmpty(async (db, read) => {
    const people = '{ "people": [{ "login": "a", "name": "甲", "unit": "nowhere" }] }'
    await assert.rejects(
      db.work((tx) => loadGroup(tx, { file: demo.file, people, demo: true })),
      GroupFault,
    )
    assert.deepEqual(await read('select from access.unit'), [])
  })
})

test.after(() => cluster.end())
