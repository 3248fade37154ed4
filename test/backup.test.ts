import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import { access } from '../src/access/contract.ts'
import { monitoring } from '../src/monitoring/contract.ts'
import { takeIn } from '../src/monitoring/index.ts'
import { writeBackup } from '../src/words/backup.ts'
import { checkBackup, restoreBackup } from '../src/words/restore.ts'
import { openHouse } from './harness.ts'

const house = await openHouse()
const folder = await mkdtemp(join(tmpdir(), 'anlan-backup-'))
const file = join(folder, 'a.backup')
after(() => rm(folder, { recursive: true, force: true }))

const item = (id: string, text: string) => ({ id, platform: 'weibo', kind: 'post', author: '路人', title: '', text })
const counts = () =>
  house.admin<{
    mentions: number
    people: number
    trail: number
  }>(`select (select count(*) from monitoring.mention)::int as mentions,
    (select count(*) from access.person)::int as people, (select max(id) from privacy.trail)::int as trail`)

test('a backup brings back what was there, and nothing that came after', async () => {
  await takeIn(
    house.db,
    [item('b1', '杭州衡川医院西溪院区乱收费,退费没人管,要求书面答复'), item('b2', '杭州衡川医院的护士很温柔,谢谢你们的照顾')],
    {
      sourceId: null,
    },
  )
  const before = await house.as('hangzhou.duty', monitoring)['monitoring.list_mentions']({})
  assert.equal(before.mentions.length, 2)
  await writeBackup(house.adminUrl, file)
  const then = await counts()
  await takeIn(house.db, [item('b3', '杭州衡川医院停车场太难停了,排队四十分钟')], { sourceId: null })
  await restoreBackup(house.adminUrl, house.secret, file, await checkBackup(file))
  assert.deepEqual(await counts(), then)
})

test('after a restore people sign in, new rows get new numbers, and everybody sees what they saw', async () => {
  const fresh = await house.as(null, access)['access.sign_in']({ login: 'hangzhou.duty', password: 'anlan-demo-2026' })
  assert.equal(fresh.person.login, 'hangzhou.duty')
  const taken = await takeIn(house.db, [item('b4', '杭州衡川医院门诊大厅空调坏了,太热')], { sourceId: null })
  assert.equal(taken.new, 1)
})

test('a backup that was cut short or changed is refused before anything is touched', async () => {
  const whole = gunzipSync(await readFile(file)).toString()
  const cut = join(folder, 'cut.backup')
  await writeFile(cut, gzipSync(whole.slice(0, whole.length / 2)))
  await assert.rejects(checkBackup(cut), /不完整/)
  await writeFile(cut, gzipSync(whole.replace('杭州衡川医院', '宁波衡川医院')))
  await assert.rejects(checkBackup(cut), /不完整/)
  await writeFile(cut, 'not a backup')
  await assert.rejects(checkBackup(cut), /备份/)
})
