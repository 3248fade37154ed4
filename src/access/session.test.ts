import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { access } from './contract.ts'
import { demoPassword } from './me.ts'
import { lockout } from './session.ts'

const house = await openHouse()

interface Reply {
  readonly status: number
  readonly code: string | null
  readonly zh: string | null
  readonly cookie: string | null
  readonly setCookie: string
}

async function ask(name: string, payload: object, headers: Record<string, string> = { 'x-anlan-csrf': '1' }): Promise<Reply> {
  const reply = await house.app.inject({ method: 'POST', url: `/api/${name}`, headers, payload })
  const { error } = reply.json() as { error?: { code: string; zh: string } }
  const cookie = reply.cookies.find((one) => one.name === 'anlan_session')?.value ?? null
  return {
    status: reply.statusCode,
    code: error?.code ?? null,
    zh: error?.zh ?? null,
    cookie,
    setCookie: String(reply.headers['set-cookie'] ?? ''),
  }
}
const signIn = (login: string, password = demoPassword) => ask('access.sign_in', { login, password })
const withToken = (token: string, name = 'access.me') => ask(name, {}, { authorization: `Bearer ${token}` })
async function signedIn(login: string): Promise<string> {
  const { cookie } = await signIn(login)
  assert.ok(cookie, `${login} is signed in`)
  return cookie
}
const answerOf = ({ status, code, zh }: Reply) => [status, code, zh]

test('a wrong password and a name that nobody has get the same answer', async () => {
  const wrong = await signIn('beijing.duty', 'not the password')
  assert.equal(wrong.code, 'wrong_credentials')
  assert.deepEqual(answerOf(wrong), answerOf(await signIn('beijing.nobody', 'not the password')))
  assert.equal(wrong.cookie, null)
})

test('five wrong tries lock a name for a quarter of an hour, whether somebody has it or not', async () => {
  for (const login of ['tianjin.duty', 'tianjin.nobody']) {
    for (let tries = 0; tries < lockout.limit; tries++) assert.equal((await signIn(login, 'wrong')).code, 'wrong_credentials')
    assert.equal((await signIn(login)).code, 'account_locked')
  }
  await house.admin(`update access.attempt set locked_until = now() - interval '1 second'`)
  await signedIn('tianjin.duty')
})

test('four wrong tries and a right one start the count anew', async () => {
  for (let round = 0; round < 2; round++) {
    for (let tries = 1; tries < lockout.limit; tries++) await signIn('taiyuan.duty', 'wrong')
    await signedIn('taiyuan.duty')
  }
})

test('twenty tries at once count as twenty, not as one', async () => {
  const tried = await Promise.all(Array.from({ length: 20 }, () => signIn('shenyang.duty', 'wrong')))
  assert.equal(tried.filter(({ code }) => code === 'wrong_credentials').length, lockout.limit)
  assert.equal(tried.filter(({ code }) => code === 'account_locked').length, 20 - lockout.limit)
})

test('a closed account cannot sign in, and its open session ends at the next ask', async () => {
  const token = await signedIn('wuhan.night')
  assert.equal((await withToken(token)).status, 200)
  const [row] = await house.admin<{ id: number }>(`select id from access.person where login = 'wuhan.night'`)
  const close = house.as('hq.security', access)['access.set_active']
  await close({ id: row?.id ?? 0, active: false })
  assert.equal((await withToken(token)).code, 'unauthenticated')
  assert.equal((await signIn('wuhan.night')).code, 'wrong_credentials')
  await close({ id: row?.id ?? 0, active: true })
  await signedIn('wuhan.night')
})

test('a session ends after an hour without an ask and after twelve in all, and lives until then', async () => {
  for (const [column, value, status] of [
    ['seen_at', `now() - interval '59 minutes'`, 200],
    ['seen_at', `now() - interval '61 minutes'`, 401],
    ['expires_at', `now() + interval '1 minute'`, 200],
    ['expires_at', `now() - interval '1 second'`, 401],
  ] as const) {
    const token = await signedIn('changsha.night')
    await house.admin(
      `update access.session set ${column} = ${value} where person_id = (select id from access.person where login = 'changsha.night')`,
    )
    assert.equal((await withToken(token)).status, status, `${column} ${value}`)
  }
})

test('an ask keeps its session awake', async () => {
  const token = await signedIn('zhengzhou.night')
  await house.admin(`update access.session set seen_at = now() - interval '30 minutes'`)
  await withToken(token)
  const rows = await house.admin(`select from access.session join access.person on id = person_id
    where login = 'zhengzhou.night' and seen_at > now() - interval '1 minute'`)
  assert.equal(rows.length, 1)
})

test('signing out ends the session for whoever holds its token', async () => {
  const token = await signedIn('wuhan.lead')
  const other = await signedIn('wuhan.lead')
  assert.equal((await withToken(token, 'access.sign_out')).status, 200)
  assert.equal((await withToken(token)).code, 'unauthenticated')
  assert.equal((await withToken(other)).status, 200)
})

test('a cookie counts only with our header, which other sites cannot send; a bearer token needs none', async () => {
  const token = await signedIn('wuhan.duty')
  const cookie = `anlan_session=${token}`
  assert.equal((await ask('access.me', {}, { cookie })).code, 'bad_origin')
  assert.equal((await ask('access.me', {}, { cookie, 'x-anlan-csrf': '1' })).status, 200)
  assert.equal((await withToken(token)).status, 200)
  assert.equal((await withToken(`${token.slice(0, -2)}xx`)).code, 'unauthenticated')
})

test('the cookie is out of reach of scripts and of other sites, and the database keeps no token', async () => {
  const { cookie, setCookie } = await signIn('wuhan.reader')
  assert.match(setCookie, /HttpOnly/i)
  assert.match(setCookie, /SameSite=Lax/i)
  const rows = await house.admin<{ kept: string }>(`select encode(token_hash, 'hex') as kept from access.session`)
  assert.ok(rows.every(({ kept }) => !kept.includes(Buffer.from(cookie ?? '').toString('hex'))))
})

test('a new password needs the old one, is not weak, and ends the person’s other sessions', async () => {
  const [here, there] = [await signedIn('yichang.lead'), await signedIn('yichang.lead')]
  const change = (current: string, next: string) =>
    ask('access.change_password', { current, next }, { authorization: `Bearer ${here}` })
  assert.equal((await change('not the password', 'calm-waters-77')).code, 'wrong_credentials')
  assert.equal((await change(demoPassword, 'yichang.lead')).code, 'weak_password')
  assert.equal((await change(demoPassword, 'onlyletters')).code, 'weak_password')
  assert.equal((await change(demoPassword, 'calm-waters-77')).status, 200)
  assert.deepEqual([(await withToken(here)).status, (await withToken(there)).status], [200, 401])
  assert.equal((await signIn('yichang.lead')).code, 'wrong_credentials')
  assert.equal((await signIn('yichang.lead', 'calm-waters-77')).status, 200)
})

test('the trail names who signed in, and whose account was tried in vain', async () => {
  await signedIn('luoyang.duty')
  await signIn('luoyang.lead', 'wrong')
  const rows = await house.admin(`
    select person.login, subject = 'person:' || (select id from access.person where login = 'luoyang.lead') as tried, outcome, trail.code
    from privacy.trail left join access.person on person.id = person_id where ask = 'access.sign_in' order by trail.id desc limit 2`)
  assert.deepEqual(rows, [
    { login: null, tried: true, outcome: 'refused', code: 'wrong_credentials' },
    { login: 'luoyang.duty', tried: false, outcome: 'allowed', code: null },
  ])
})
