import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { lockout, tidyDoor } from './attempt.ts'
import { access } from './contract.ts'
import { demoPassword } from './me.ts'
import { sessionLife } from './session.ts'

const house = await openHouse()

interface Reply {
  readonly status: number
  readonly code: string | null
  readonly zh: string | null
  readonly cookie: string | null
  readonly device: string | null
  readonly setCookie: string
}

async function ask(
  name: string,
  payload: object,
  headers: Record<string, string> = { 'x-anlan-csrf': '1' },
  remoteAddress = '127.0.0.1',
): Promise<Reply> {
  const reply = await house.app.inject({ method: 'POST', url: `/api/${name}`, headers, payload, remoteAddress })
  const { error } = reply.json() as { error?: { code: string; zh: string } }
  const cookieOf = (wanted: string) => reply.cookies.find((one) => one.name === wanted)?.value ?? null
  const cookie = cookieOf('anlan_session')
  return {
    device: cookieOf('anlan_device'),
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
  assert.equal((await withToken(token)).code, 'unauthenticated', 'opening it again brings no session back')
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

test('a session of a clock that was ahead is over once the clock is right', async () => {
  const login = 'changsha.night'
  const of = `where person_id = (select id from access.person where login = '${login}')`
  const ahead = (columns: readonly string[], by: string) =>
    house.admin(`update access.session set ${columns.map((column) => `${column} = ${column} + interval '${by}'`).join()} ${of}`)
  for (const [columns, by, status] of [
    [['opened_at', 'seen_at', 'expires_at'], '2 minutes', 200],
    [['opened_at', 'seen_at', 'expires_at'], '3 hours', 401],
    [['seen_at'], '3 hours', 401],
  ] as const) {
    await house.admin(`delete from access.session ${of}`)
    const token = await signedIn(login)
    await ahead(columns, by)
    assert.equal((await withToken(token)).status, status, `${columns.join()} ${by}`)
    const bearer = (one: string) => ({ authorization: `Bearer ${one}` })
    assert.equal((await ask('access.me', {}, { ...bearer(token), 'x-anlan-background': '1' })).status, status)
    const headers = bearer(await signedIn(login))
    const listed = await house.app.inject({ method: 'POST', url: '/api/access.list_sessions', headers, payload: {} })
    assert.equal((listed.json() as { sessions: unknown[] }).sessions.length, status === 200 ? 2 : 1)
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
  for (const weak of ['onlyletters', 'aaaaaaaaa1', '12121212ab', demoPassword])
    assert.equal((await change(demoPassword, weak)).code, 'weak_password', weak)
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

// ── Whose tries count where ──────────────────────────────────────────────────────────────────────────────────────────
const csrf = { 'x-anlan-csrf': '1' }
const from = (remoteAddress: string, login: string, password = demoPassword, headers: Record<string, string> = {}) =>
  ask('access.sign_in', { login, password }, { ...csrf, ...headers }, remoteAddress)

test('a stranger locks an account for the own address only, and each lock is longer than the one before', async () => {
  const login = 'chengdu.duty'
  for (let tries = 0; tries < lockout.limit; tries++) await from('203.0.113.1', login, 'wrong')
  assert.equal((await from('203.0.113.1', login)).code, 'account_locked')
  assert.equal((await from('203.0.113.2', login)).status, 200)
  const waits: (number | undefined)[] = []
  for (let lock = 0; lock < 3; lock++) {
    await house.admin(`update access.attempt set locked_until = now() - interval '1 second'`)
    for (let tries = 0; tries < lockout.limit; tries++) await from('203.0.113.1', login, 'wrong')
    const [row] = await house.admin<{
      minutes: number
    }>(`select round(extract(epoch from locked_until - now()) / 60)::int as minutes
      from access.attempt where place = '203.0.113.1' and locked_until > now()`)
    waits.push(row?.minutes)
  }
  assert.deepEqual(waits, [30, 60, 120])
})

test('many places that try together slow down unknown places, never a browser that is known', async () => {
  const login = 'chengdu.lead'
  const { device } = await from('198.51.100.1', login)
  assert.ok(device)
  await from('203.0.113.50', login, 'wrong')
  await house.admin(`update access.attempt set failures = ${lockout.limitInAll} + 10
    where place = '' and login_hash = sha256('${login}'::bytea)`)
  await from('203.0.113.51', login, 'wrong')
  assert.equal((await from('203.0.113.52', login)).code, 'account_locked')
  assert.equal((await from('203.0.113.52', login, demoPassword, { cookie: `anlan_device=${device}` })).status, 200)
  assert.equal((await from('203.0.113.52', 'chengdu.reader', demoPassword, { cookie: `anlan_device=${device}` })).status, 200)
  assert.equal(
    (await from('203.0.113.53', login, demoPassword, { cookie: `anlan_device=${'x'.repeat(43)}` })).code,
    'account_locked',
  )
})

test('a known browser has five tries of its own, so that it is no way around the count', async () => {
  const login = 'chengdu.night'
  const { device } = await from('198.51.100.2', login)
  const cookie = { cookie: `anlan_device=${device}` }
  for (let tries = 0; tries < lockout.limit; tries++)
    assert.equal((await from(`198.51.100.${tries}`, login, 'wrong', cookie)).code, 'wrong_credentials')
  assert.equal((await from('198.51.100.77', login, demoPassword, cookie)).code, 'account_locked')
  assert.equal((await from('198.51.100.77', login)).status, 200)
})

test('who signs in is told once how often others tried in vain, and from where', async () => {
  const login = 'kunming.duty'
  for (const address of ['203.0.113.8', '203.0.113.8', '203.0.113.9']) await from(address, login, 'wrong')
  const tried = async (cookie: string | null) => {
    const reply = await house.app.inject({
      method: 'POST',
      url: '/api/access.me',
      headers: { authorization: `Bearer ${cookie}` },
      payload: {},
    })
    return (reply.json() as { tried: { count: number; from: string[] } | null }).tried
  }
  const first = await tried((await from('198.51.100.9', login)).cookie)
  assert.deepEqual([first?.count, first?.from], [3, ['203.0.113.9', '203.0.113.8']])
  assert.equal(await tried((await from('198.51.100.9', login)).cookie), null)
})

test('invented names leave few rows, and none for long', async () => {
  await house.admin(`insert into access.attempt (login_hash, place, address, failures, at)
    select sha256(n::text::bytea), '203.0.113.1', '203.0.113.1', 1, now() - n * interval '1 second' from generate_series(1, 30000) n`)
  await house.db.door((tx) => tidyDoor(tx, sessionLife, Number.POSITIVE_INFINITY))
  const [kept] = await house.admin<{ n: number }>('select count(*)::int as n from access.attempt')
  assert.equal(kept?.n, 20_000)
  await house.admin(`update access.attempt set at = now() - interval '2 days'`)
  await house.db.door((tx) => tidyDoor(tx, sessionLife, Number.POSITIVE_INFINITY))
  const names = await house.admin(
    `select from access.attempt where login_hash not in (select sha256(login::bytea) from access.person)`,
  )
  assert.equal(names.length, 0)
})

// ── One's own sessions, and those of people one looks after ──────────────────────────────────────────────────────────
const windows = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36' }
interface Listed {
  readonly id: number
  readonly address: string
  readonly agent: string
  readonly here: boolean
}
const sessionsOf = async (token: string): Promise<Listed[]> => {
  const headers = { authorization: `Bearer ${token}` }
  const reply = await house.app.inject({ method: 'POST', url: '/api/access.list_sessions', headers, payload: {} })
  return (reply.json() as { sessions: Listed[] }).sessions
}

test('a person sees the own sessions, where and with what, and ends one or all others', async () => {
  const login = 'kunming.lead'
  const here = (await from('10.1.1.1', login, demoPassword, windows)).cookie ?? ''
  const there = (await from('10.1.1.2', login)).cookie ?? ''
  const third = (await from('10.1.1.3', login)).cookie ?? ''
  const stranger = await signedIn('kunming.reader')
  const seen = await sessionsOf(here)
  assert.deepEqual(
    seen.map(({ address, agent, here }) => [address, agent, here]),
    [
      ['10.1.1.1', 'Chrome · Windows', true],
      ['10.1.1.3', '', false],
      ['10.1.1.2', '', false],
    ],
  )
  const end = (token: string, input: object) => ask('access.end_sessions', input, { authorization: `Bearer ${token}` })
  const id = seen[2]?.id ?? 0
  await end(stranger, { id })
  assert.equal((await withToken(there)).status, 200, 'a number does not open another person’s sessions')
  await end(here, { id })
  assert.deepEqual([(await withToken(there)).status, (await withToken(third)).status], [401, 200])
  await end(here, {})
  assert.deepEqual([(await withToken(third)).status, (await withToken(here)).status], [401, 200])
})

test('a security administrator ends sessions in the own scope, and nobody’s outside', async () => {
  const person = async (login: string) =>
    (await house.admin<{ id: number }>(`select id from access.person where login = '${login}'`))[0]?.id ?? 0
  const token = await signedIn('kunming.night')
  const id = await person('kunming.night')
  const [role] = await house.admin<{ id: number }>(`select id from access.role where administrator = 'security'`)
  const [unit] = await house.admin<{ id: number }>(`select id from access.unit where code = 'hangzhou'`)
  await house.admin(`insert into access.grant (person_id, role_id, unit_id) values ($1, $2, $3)`, [
    await person('hangzhou.nurse'),
    role?.id,
    unit?.id,
  ])
  const near = house.as('hangzhou.nurse', access)
  await assert.rejects(near['access.list_person_sessions']({ id }), { code: 'not_found' })
  await assert.rejects(near['access.end_person_sessions']({ id }), { code: 'not_found' })
  await assert.rejects(house.as('hangzhou.duty', access)['access.list_person_sessions']({ id }), { code: 'forbidden' })
  assert.equal((await withToken(token)).status, 200)
  const security = house.as('hq.security', access)
  const { sessions } = await security['access.list_person_sessions']({ id })
  assert.equal(sessions.length, 1)
  assert.deepEqual(await security['access.end_person_sessions']({ id, session: sessions[0]?.id }), { ended: 1 })
  assert.equal((await withToken(token)).status, 401)
  // Somebody of the own house who holds something above it.
  const colleague = await person('hangzhou.clinic')
  const theirs = await signedIn('hangzhou.clinic')
  assert.equal((await near['access.list_person_sessions']({ id: colleague })).sessions.length, 1)
  await house.admin(
    `insert into access.grant (person_id, role_id, unit_id) select $1, role.id, unit.id from access.role, access.unit
       where role.code = 'reader' and unit.kind = 'headquarters'`,
    [colleague],
  )
  await assert.rejects(near['access.list_person_sessions']({ id: colleague }), { code: 'stands_above' })
  await assert.rejects(near['access.end_person_sessions']({ id: colleague }), { code: 'stands_above' })
  assert.equal((await withToken(theirs)).status, 200)
  assert.deepEqual(await security['access.end_person_sessions']({ id: colleague }), { ended: 1 })
})

test('signing in again in the same browser ends what was open there; elsewhere it goes on', async () => {
  const [here, elsewhere] = [await signedIn('guiyang.duty'), await signedIn('guiyang.duty')]
  const again = await ask(
    'access.sign_in',
    { login: 'guiyang.lead', password: demoPassword },
    { ...csrf, cookie: `anlan_session=${here}` },
  )
  assert.equal(again.status, 200)
  assert.deepEqual([(await withToken(here)).status, (await withToken(elsewhere)).status], [401, 200])
})

test('a person has thirty sessions and no more: the oldest ends', async () => {
  const first = await signedIn('guiyang.night')
  const second = await signedIn('guiyang.night')
  await house.admin(
    `update access.session set seen_at = now() - interval '2 minutes' where token_hash = sha256('${first}'::bytea)`,
  )
  for (let more = 2; more <= sessionLife.most; more++) await signedIn('guiyang.night')
  assert.deepEqual([(await withToken(first)).status, (await withToken(second)).status], [401, 200])
})
