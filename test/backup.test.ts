import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { access } from '../src/access/contract.ts'
import { projectRoot } from '../src/base/config.ts'
import { readMigrations } from '../src/base/migrate.ts'
import { readOutward } from '../src/base/outward.ts'
import { monitoring } from '../src/monitoring/contract.ts'
import { takeIn } from '../src/monitoring/index.ts'
import { writeBackup } from '../src/words/backup.ts'
import { checkBackup } from '../src/words/backup-check.ts'
import { takePlace } from '../src/words/house.ts'
import { findLeftovers, type Step } from '../src/words/replace.ts'
import { restoreBackup } from '../src/words/restore.ts'
import { onNewDatabase, openHouse } from './harness.ts'

const house = await openHouse()
const folder = await mkdtemp(join(tmpdir(), 'anlan-backup-'))
const file = join(folder, 'a.backup')
after(() => rm(folder, { recursive: true, force: true }))

const item = (id: string, text: string) => ({ id, platform: 'weibo', kind: 'post', author: '路人', title: '', text })
/** Over a connection of its own: those from before an exchange were ended with the old database. */
async function counts() {
  const client = new pg.Client({ connectionString: house.adminUrl })
  await client.connect()
  const { rows } = await client.query<{ mentions: number; people: number; last: number }>(`
    select (select count(*) from monitoring.mention)::int as mentions, (select count(*) from access.person)::int as people,
      (select max(id) from privacy.trail)::int as last`)
  await client.end()
  return rows
}
const takeOne = async (id: string, text: string) => (await takeIn(house.db, [item(id, text)], { sourceId: null })).new
const restore = async (from: string) => restoreBackup(house.adminUrl, house.secret, from, await checkBackup(from))

/** The same backup with its lines changed and its checksum made right again. */
async function rewrite(name: string, change: (lines: string[]) => string[]): Promise<string> {
  const lines = change(
    gunzipSync(await readFile(file))
      .toString()
      .split('\n')
      .slice(0, -2),
  )
  const tables: Record<string, number> = {}
  let table = ''
  for (const line of lines) {
    const given = line.startsWith('T') ? (JSON.parse(line.slice(1)) as { schema: string; name: string }) : null
    if (given) table = `${given.schema}.${given.name}`
    if (line.startsWith('T')) tables[table] = 0
    if (line.startsWith('R')) tables[table] = (tables[table] ?? 0) + 1
  }
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0)
  const body = lines.map((line) => `${line}\n`).join('')
  const end = { rows, sha256: createHash('sha256').update(body).digest('hex'), counts: tables }
  const made = join(folder, name)
  await writeFile(made, gzipSync(`${body}E${JSON.stringify(end)}\n`))
  return made
}

const changeTable = (table: string, change: (row: string) => string[]) => (lines: string[]) => {
  const [schema, name] = table.split('.')
  const from = lines.findIndex((line) => line.startsWith(`T{"schema":"${schema}","name":"${name}"`))
  const until = lines.findIndex((line, at) => at > from && line.startsWith('T'))
  assert.ok(from > 0 && until > from + 1, table)
  return [...lines.slice(0, from + 1), ...lines.slice(from + 1, until).flatMap(change), ...lines.slice(until)]
}

test('a backup brings back what was there, and nothing that came after', async () => {
  const bad = '杭州衡川医院西溪院区乱收费,退费没人管,要求书面答复'
  assert.equal(await takeOne('b1', bad), 1)
  await takeOne('b2', '杭州衡川医院的护士很温柔,谢谢你们的照顾')
  await writeBackup(house.adminUrl, file)
  const then = await counts()
  await takeOne('b3', '杭州衡川医院停车场太难停了,排队四十分钟')
  await restore(file)
  const [now] = await counts()
  assert.deepEqual([now?.mentions, now?.people], [then[0]?.mentions, then[0]?.people])
  assert.deepEqual(await findLeftovers(house.adminUrl), { unfinished: false, before: [] })
})

test('a restored copy says in its trail what it is, and keeps to itself', async () => {
  const [row] = await house.admin<{ subject: string; address: string; person: number | null; writes: boolean }>(
    `select subject, address, person_id as person, writes from privacy.trail where ask = 'word.restore' order by id desc limit 1`,
  )
  assert.match(row?.subject ?? '', /^a\.backup 20\d\d-.* sha256:[0-9a-f]{16}$/)
  assert.match(row?.address ?? '', /.+@.+/)
  assert.deepEqual([row?.person, row?.writes], [null, true])
  const held = await house.db.work((tx) => readOutward(tx))
  assert.equal(held?.from, (await checkBackup(file)).head.at)
})

test('after a restore people sign in, new rows get new numbers, and everybody sees what they saw', async () => {
  const fresh = await house.as(null, access)['access.sign_in']({ login: 'hangzhou.duty', password: 'anlan-demo-2026' })
  assert.equal(fresh.person.login, 'hangzhou.duty')
  assert.equal((await house.as('hangzhou.duty', monitoring)['monitoring.list_mentions']({})).mentions.length, 2)
  assert.equal(await takeOne('b4', '杭州衡川医院门诊大厅空调坏了,太热'), 1)
})

test('numbers of rows that were gone at the backup are not given out again', async () => {
  const [gone] = await house.admin<{ id: number }>(
    `insert into access.role (code, name, name_en) values ('passing', '临时', 'Passing') returning id`,
  )
  await house.admin(`delete from access.role where code = 'passing'`)
  const made = join(folder, 'numbers.backup')
  await writeBackup(house.adminUrl, made)
  await restore(made)
  const [next] = await house.admin<{ id: number }>(
    `insert into access.role (code, name, name_en) values ('passing', '临时', 'Passing') returning id`,
  )
  assert.ok((next?.id ?? 0) > (gone?.id ?? 0))
  await house.admin(`delete from access.role where code = 'passing'`)
})

test('a row that does not fit, refers to nothing or is missing leaves everything as it was', async () => {
  const then = await counts()
  const wrong: Record<string, [string, (lines: string[]) => string[]]> = {
    'a number that is none': [
      'access.person',
      (lines) => changeTable('access.person', (row) => [row.replace(/^R\d+/, 'Rx')])(lines),
    ],
    'a unit that is not there': ['access.unit', (lines) => changeTable('access.unit', () => [])(lines)],
    'another column': [
      'access.person',
      (lines) => lines.map((line) => (line.startsWith('T') ? line.replace('"login"', '"logon"') : line)),
    ],
    'another table': [
      'pg_catalog',
      (lines) =>
        lines.map((line) => line.replace('"schema":"base","name":"setting"', '"schema":"pg_catalog","name":"pg_authid"')),
    ],
  }
  for (const [kind, [, change]] of Object.entries(wrong)) {
    await assert.rejects(restore(await rewrite('wrong.backup', change)), Error, kind)
    assert.deepEqual(await counts(), then, kind)
    assert.deepEqual(await findLeftovers(house.adminUrl), { unfinished: false, before: [] }, kind)
  }
})

test('killed at any step, the old data or the new is there, and the next restore goes through', async () => {
  const [then] = await counts()
  const old = ['made', 'filling', 'checked'] as const satisfies Step[]
  for (const step of [...old, 'exchanged'] as const satisfies Step[]) {
    const killed = spawnSync(process.execPath, [join(projectRoot, 'test/restore-killed.ts'), house.adminUrl, file, step], {
      env: { ...process.env, ANLAN_SECRET: house.secret },
      encoding: 'utf8',
    })
    assert.equal(killed.signal, 'SIGKILL', `${step}: ${killed.stderr}`)
    const isOld = (old as readonly string[]).includes(step)
    assert.deepEqual((await counts())[0]?.mentions, isOld ? then?.mentions : 2, step)
    const left = await findLeftovers(house.adminUrl)
    assert.equal(left.unfinished, isOld, step)
    assert.equal(left.before.length, isOld ? 0 : 1, step)
  }
  await restore(file)
  assert.equal((await counts())[0]?.mentions, 2)
  assert.equal((await findLeftovers(house.adminUrl)).unfinished, false)
})

test('a backup of an older schema is brought up to date in the second database', async () => {
  const older = readMigrations().slice(0, -1)
  const made = join(folder, 'older.backup')
  await onNewDatabase(
    house,
    async (url) => {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`insert into base.setting (name, value) values ('older', '"here"')`)
      await client.end()
      await writeBackup(url, made)
    },
    older,
  )
  assert.equal((await checkBackup(made)).head.migrations.length, older.length)
  await restore(made)
  const [found] = await house.admin<{ there: boolean; n: number }>(
    `select exists (select from base.setting where name = 'older') as there, (select count(*)::int from public.anlan_migration) as n`,
  )
  assert.deepEqual(found, { there: true, n: readMigrations().length })
  await restore(file)
})

test('a backup of another build, a newer program, cut short, changed or out of order is refused before anything is touched', async () => {
  const text = gunzipSync(await readFile(file)).toString()
  const refused = async (kind: string, body: string | Buffer, reason: RegExp) => {
    const made = join(folder, 'refused.backup')
    await writeFile(made, body)
    await assert.rejects(checkBackup(made), reason, kind)
  }
  const editHead = (edit: (head: { format: number; migrations: object[] }) => object) => (lines: string[]) => [
    `H${JSON.stringify(edit(JSON.parse(lines[0]?.slice(1) ?? '{}')))}`,
    ...lines.slice(1),
  ]
  const build = await rewrite(
    'b',
    editHead((head) => ({ ...head, migrations: head.migrations.map((one) => ({ ...one, hash: '0' })) })),
  )
  await assert.rejects(checkBackup(build), /另一个构建/)
  const newer = await rewrite(
    'n',
    editHead((head) => ({ ...head, migrations: [...head.migrations, { number: 9999, name: 'later', hash: 'x' }] })),
  )
  await assert.rejects(checkBackup(newer), /更新版本/)
  await assert.rejects(
    checkBackup(
      await rewrite(
        'f',
        editHead((head) => ({ ...head, format: 3 })),
      ),
    ),
    /更新版本/,
  )
  const swapped = await rewrite('s', (lines) => [lines[1] ?? '', lines[0] ?? '', ...lines.slice(2)])
  await assert.rejects(checkBackup(swapped), /被改动/)
  await refused('half', gzipSync(text.slice(0, text.length / 2)), /不完整/)
  await refused('half a gzip', gzipSync(text).subarray(0, 2000), /不是完整/)
  await refused('one word', gzipSync(text.replace('杭州衡川医院', '宁波衡川医院')), /不完整/)
  await refused('more behind the end', gzipSync(`${text}R1\n`), /被改动/)
  await refused('no backup', 'not a backup', /备份/)
})

test('every code point and control, quotes, escapes and null come back as they were', async () => {
  const points: string[] = []
  for (let from = 1; from < 0x110000; from += 0x4000) {
    let chunk = ''
    for (let at = from; at < Math.min(from + 0x4000, 0x110000); at++)
      if (at < 0xd800 || at > 0xdfff) chunk += String.fromCodePoint(at)
    points.push(chunk)
  }
  const odd = [
    '',
    '\\',
    '\\N',
    '\\.',
    '\r',
    '\n',
    '\r\n',
    'a\tb',
    '\u2028',
    '\u2029',
    '\u0085',
    '\v\f',
    '"\'`',
    '\\\\n',
    'R\nE{}',
    '\u0001',
    '\u007f',
  ]
  for (const [at, text] of [...points, ...odd].entries())
    await house.admin(`insert into base.setting (name, value) values ($1, jsonb_build_object('text', $2::text, 'none', null))`, [
      `t${at}`,
      text,
    ])
  await house.admin(`insert into base.setting (name, value) values ($1, '1e400'), ($2, '[]'), ($3, '"\\u2028\\ud83d\\ude00"')`, [
    '\u2028\r\n\\N',
    '\\N',
    '\\.',
  ])
  // A post as people write it, with line ends that only some programs know.
  await takeOne('odd', '杭州衡川医院\u2028乱收费\u2029退费\u0085没人管\\N,"书面"答复')
  const rows = () =>
    house.admin(
      'select name, value, md5(name || value::text) as sum from base.setting where name <> $$outward_held$$ order by name',
    )
  const posts = () => house.admin('select * from monitoring.post order by id')
  const before = [await rows(), await posts()]
  const made = join(folder, 'points.backup')
  await writeBackup(house.adminUrl, made)
  await house.admin('delete from base.setting')
  await restore(made)
  assert.deepEqual([await rows(), await posts()], before)
})

test('whatever people can write comes through intake, backup and restore as it was taken in', async () => {
  const perPost = 0x2000
  const texts: string[] = []
  for (let from = 1; from < 0x110000; from += perPost) {
    let text = ''
    for (let at = from; at < Math.min(from + perPost, 0x110000); at++)
      if (at < 0xd800 || at > 0xdfff) text += String.fromCodePoint(at)
    if (text !== '') texts.push(`杭州衡川医院乱收费${text}退费`)
  }
  for (let at = 0; at < texts.length; at += 40)
    await takeIn(
      house.db,
      texts.slice(at, at + 40).map((text, nth) => item(`point-${at + nth}`, text)),
      { sourceId: null, alert: 'none' },
    )
  const stored = () => house.admin<{ text: string }>(`select * from monitoring.post order by id`)
  const before = await stored()
  const there = new Set(before.flatMap(({ text }) => [...text]).map((sign) => sign.codePointAt(0) ?? 0))
  const lost: string[] = []
  // Intake makes blanks of control signs that no text has; how a backup carries them is tried above.
  const cleaned = (at: number) => (at < 0x20 && at !== 0x09 && at !== 0x0a) || at === 0x7f || (at >= 0xd800 && at <= 0xdfff)
  for (let at = 1; at < 0x110000; at++) if (!cleaned(at) && !there.has(at)) lost.push(at.toString(16))
  assert.deepEqual(lost, [], 'taken in')
  const made = join(folder, 'written.backup')
  await writeBackup(house.adminUrl, made)
  await restore(made)
  const after = await stored()
  assert.equal(after.length, before.length)
  for (const [at, row] of before.entries()) assert.deepEqual(after[at], row)
})

test('restore and demo leave are refused while any program of ours is on the database, and none comes while they work', async () => {
  const say = (...args: string[]) =>
    spawnSync(process.execPath, [join(projectRoot, 'src/main.ts'), ...args], {
      env: { PATH: process.env.PATH ?? '', DATABASE_URL: house.adminUrl, ANLAN_SECRET: house.secret, ANLAN_DATA: folder },
      encoding: 'utf8',
    })
  const [then] = await counts()
  const worker = await takePlace(house.adminUrl, 'work', 'beside')
  const serving = await takePlace(house.adminUrl, 'serve', 'beside')
  for (const args of [
    ['restore', file, '--yes'],
    ['demo', 'leave', '--yes'],
  ]) {
    const told = say(...args)
    assert.equal(told.status, 2, told.stderr)
    assert.match(told.stderr, /anlan serve \d+@.*anlan work \d+@/)
  }
  await serving.leave()
  await worker.leave()
  assert.deepEqual((await counts())[0], then)
  const alone = await takePlace(house.adminUrl, 'restore', 'alone')
  await assert.rejects(takePlace(house.adminUrl, 'work', 'beside'), /restore/)
  await alone.leave()
  const done = say('restore', file, '--yes', '--keep')
  assert.equal(done.status, 0, done.stderr)
  assert.equal((await counts())[0]?.mentions, 2)
  assert.ok((await findLeftovers(house.adminUrl)).before.length > 0)
  assert.equal(say('restore', '--forget').status, 0)
  assert.deepEqual(await findLeftovers(house.adminUrl), { unfinished: false, before: [] })
})

test('a place whose connection broke is taken again, and is lost when the database was exchanged meanwhile', async () => {
  const place = await takePlace(house.adminUrl, 'serve', 'beside')
  const end = () =>
    house.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'anlan serve ${process.pid}@%'`,
    )
  // Looked at from beside: whoever tried to be alone here could take the place that is being taken again.
  const holders = () =>
    house.admin<{ pid: number }>(
      `select pid from pg_locks join pg_stat_activity using (pid)
       where locktype = 'advisory' and granted and application_name like 'anlan serve ${process.pid}@%'`,
    )
  const first = (await holders())[0]?.pid
  assert.ok(first)
  await end()
  for (let tries = 0; ; tries++) {
    const now = (await holders())[0]?.pid
    if (now !== undefined && now !== first) break
    assert.ok(tries < 3000, 'never taken again')
    await new Promise((done) => setTimeout(done, 20))
  }
  await restore(file)
  await end()
  await place.lost
  await place.leave()
})
