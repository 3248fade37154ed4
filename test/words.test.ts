import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { access } from '../src/access/contract.ts'
import { projectRoot } from '../src/base/config.ts'
import { privacy } from '../src/privacy/contract.ts'
import { takePlace } from '../src/words/house.ts'
import { openHouse } from './harness.ts'

const house = await openHouse()
const folder = await mkdtemp(join(tmpdir(), 'anlan-words-'))
// As root a private folder's data would lie elsewhere.
await chmod(folder, 0o755)
after(() => rm(folder, { recursive: true, force: true }))

const run = (environment: Record<string, string>, ...args: string[]) =>
  spawnSync(process.execPath, [join(projectRoot, 'src/main.ts'), ...args], {
    cwd: folder,
    timeout: 120_000,
    env: { PATH: process.env.PATH ?? '', ANLAN_LOG: 'silent', ...environment },
    encoding: 'utf8',
  })
const say = (...args: string[]) => run({ DATABASE_URL: house.adminUrl, ANLAN_SECRET: house.secret }, ...args)
const file = async (name: string, content: unknown) => {
  await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 1))
  return name
}
const words = async () =>
  (await house.as('hq.audit', privacy)['privacy.list_trail']({ limit: 100 })).rows.filter(({ ask }) => ask.startsWith('word.'))

const group = {
  name: '小集团',
  units: [
    { code: 'hq', name: '小集团总部', kind: 'headquarters', parent: null },
    { code: 'north', name: '北方区域', kind: 'region', parent: 'hq' },
  ],
}

test('a word that changes something leaves a row: which word, what, by which account', async () => {
  await file('group.json', group)
  await file('people.json', {
    people: [{ login: 'north.lead', name: '方北', unit: 'north', roles: [{ role: 'reader', unit: 'north' }] }],
  })
  const loaded = say('group', 'load', 'group.json', '--people', 'people.json')
  assert.equal(loaded.status, 0, loaded.stderr)
  await file('items.jsonl', JSON.stringify({ id: 'w1', platform: 'weibo', text: '杭州衡川医院乱收费，退费没人管' }))
  for (const expected of [1, 0]) {
    const before = (await words()).length
    assert.equal(say('intake', 'items.jsonl').status, 0)
    assert.equal((await words()).length - before, expected, 'what changed nothing leaves none')
  }
  assert.equal(say('backup', 'all.backup').status, 0)
  const rows = await words()
  assert.deepEqual(
    rows.map(({ ask, writes }) => [ask, writes]),
    [
      ['word.backup', false],
      ['word.intake', true],
      ['word.group_load', true],
    ],
  )
  for (const { address, personId } of rows) {
    assert.ok(address.endsWith(`@${hostname()}`.slice(0, 60)), address)
    assert.equal(personId, null)
  }
  assert.match(rows[2]?.subject ?? '', /^group\.json people\.json units \+0 ~2, people \+1 ~0/)
  assert.match(rows[1]?.subject ?? '', /^items\.jsonl: \+1 ~0$/)
})

test('loading a file says what it changed and what it left, and who keeps what they had', async () => {
  const again = say('group', 'load', 'group.json', '--people', 'people.json')
  assert.equal(again.status, 0, again.stderr)
  assert.match(again.stderr, /units: 新增 added 0，更改 changed 0，不变 same 2，.* left as they are 2\d\d/)
  assert.match(again.stderr, /people: 新增 added 0，更改 changed 0，不变 same 1，.* left as they are 241/)
  assert.match(again.stderr, /grants: .* same 1，.* left as they are 24\d/)
  assert.equal((await house.as('hangzhou.duty', access)['access.me']({})).person.login, 'hangzhou.duty')
  assert.doesNotMatch(again.stderr, /beside it/)
  // Somebody who moved keeps what they held where they were, and the operator is told.
  await file('moved.json', {
    people: [{ login: 'north.lead', name: '方北', unit: 'hq', roles: [{ role: 'reader', unit: 'hq' }] }],
  })
  const moved = say('group', 'load', 'group.json', '--people', 'moved.json')
  assert.match(moved.stderr, /beside it, and keep them:\n {2}= north\.lead: reader @ north\n/)
  // What only the installation knows is said with its place.
  await file('two.json', {
    people: [{ login: 'hq.security', name: '某人', unit: 'hq', roles: [{ role: 'audit_administrator', unit: 'hq' }] }],
  })
  const two = say('group', 'load', 'group.json', '--people', 'two.json')
  assert.equal(two.status, 1)
  assert.match(two.stderr, /^two\.json:\d+:\d+ .*hq\.security.*security_administrator/m)
  await house.admin(
    `update access.grant set withdrawn_at = now() where person_id = (select id from access.person where login = 'north.lead')`,
  )
  assert.match(
    say('group', 'load', 'group.json', '--people', 'people.json').stderr,
    /not given back:\n {2}- north\.lead: reader @ north/,
  )
})

test('a fault is named in its own file with its place, and nothing is loaded', async () => {
  await file(
    'wrong.json',
    '{\n "people": [\n  { "login": "new.one", "name": "新", "unit": "north" },\n  { "login": "b", "name": "乙", "unit": "nowhere" }\n ]\n}',
  )
  await file('larger.json', {
    ...group,
    units: [...group.units, { code: 'south2', name: '南二区', kind: 'region', parent: 'hq' }],
  })
  for (const action of ['check', 'load']) {
    const told = say('group', action, 'larger.json', '--people', 'wrong.json')
    assert.equal(told.status, 1)
    assert.match(told.stderr, /^wrong\.json:4:40 .*nowhere/m)
  }
  assert.deepEqual(await house.admin(`select from access.unit where code = 'south2'`), [])
  assert.deepEqual(await house.admin(`select from access.person where login = 'new.one'`), [])
})

test('a faulty group file is told in the same way by whichever word reads it, and a name that is none is refused at once', async () => {
  await file('broken.json', '{\n "name": "集团",\n "units": [{ "code": "hq" }]\n}')
  await file('said.jsonl', JSON.stringify({ id: 1, text: '停车太贵' }))
  const told = say('judge', '--group', 'broken.json', 'said.jsonl')
  assert.equal(told.status, 1)
  assert.match(told.stderr, /^broken\.json:3:\d+ .*缺少“name”/m)
  assert.doesNotMatch(told.stderr, /something went wrong/)
  for (const name of ['', ' ', '甲'.repeat(121), '甲\n乙']) {
    const refused = say('demo', 'leave', '--yes', '--name', name)
    assert.equal(refused.status, 2, refused.stderr)
    assert.match(refused.stderr, /^集团名称/)
  }
})

test('nobody gets a second installation silently', async () => {
  const place = async (name: string, files: readonly string[]) => {
    const directory = join(folder, name)
    await mkdir(join(directory, 'postgres'), { recursive: true })
    for (const one of files) await writeFile(join(directory, one), '1')
    return directory
  }
  const tree = async (directory: string) => (await readdir(directory, { recursive: true }).catch(() => [])).sort()
  const cases = [
    ['the secret is gone', await place('no-secret', ['postgres/PG_VERSION', 'postgres.log']), 'serve', /secret/],
    ['the database is gone', await place('no-data', ['secret', 'postgres.log']), 'serve', /postgres/],
    ['the database is not whole', await place('half', ['secret', 'postgres/pg_hba.conf']), 'serve', /postgres/],
    ['there is none', await place('none', []), 'backup', /没有安澜的数据/],
    ['there is none', await place('none', []), 'intake', /没有安澜的数据/],
  ] as const
  for (const [kind, directory, word, reason] of cases) {
    const before = await tree(directory)
    const told = run({ ANLAN_DATA: directory, ANLAN_PORT: '0' }, word, ...(word === 'intake' ? ['items.jsonl'] : []))
    assert.equal(told.status, 1, `${kind}: ${told.stderr}`)
    assert.match(told.stderr, reason, kind)
    assert.deepEqual(await tree(directory), before, kind)
  }
})

test('another secret on the same database server is refused, and nobody is shut out', async () => {
  const serving = await takePlace(house.adminUrl, 'serve', 'beside')
  const other = { DATABASE_URL: house.adminUrl, ANLAN_SECRET: 'another secret of thirty-two signs' }
  for (const args of [['serve'], ['work'], ['migrate'], ['group', 'load', 'group.json'], ['restore', 'all.backup', '--yes']]) {
    const told = run({ ...other, ANLAN_PORT: '0', ANLAN_DATA: folder }, ...args)
    assert.equal(told.status, 2, `${args[0]}: ${told.stderr}`)
  }
  await serving.leave()
  assert.equal(say('outward').status, 0)
  assert.equal(await house.db.work(async () => 1), 1)
})
