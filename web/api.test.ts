import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import { call, drawFor, onOtherPerson, onSessionEnd, Refusal, worthRetrying } from './api.ts'

const realFetch = globalThis.fetch
afterEach(() => {
  globalThis.fetch = realFetch
})
const answering = (status: number, body: string) => {
  const asked: { url: string; init: RequestInit }[] = []
  globalThis.fetch = async (url, init) => {
    asked.push({ url: String(url), init: init ?? {} })
    return new Response(body, { status })
  }
  return asked
}
const said = { error: { code: 'conflict', zh: '已被修改。', en: 'Changed.', next: { zh: '刷新。', en: 'Reload.' }, trace: 't1' } }

test('an ask is a POST with JSON and the header that other sites cannot send', async () => {
  const asked = answering(200, '{"id":3}')
  assert.deepEqual(await call('monitoring.delete_rule', { id: 3 }), { id: 3 })
  assert.equal(asked[0]?.url, '/api/monitoring.delete_rule')
  assert.equal(asked[0]?.init.method, 'POST')
  assert.equal(asked[0]?.init.body, '{"id":3}')
  assert.equal(new Headers(asked[0]?.init.headers).get('x-anlan-csrf'), '1')
})

test('a refusal keeps code, words, next step and trace', async () => {
  answering(409, JSON.stringify(said))
  await assert.rejects(call('monitoring.delete_rule', { id: 3 }), (error: unknown) => {
    assert.ok(error instanceof Refusal)
    assert.deepEqual(
      [error.code, error.status, error.words.zh, error.next?.en, error.trace, error.fields],
      ['conflict', 409, '已被修改。', 'Reload.', 't1', []],
    )
    return true
  })
})

test('a server that cannot be reached or speaks nonsense is said in words', async () => {
  globalThis.fetch = async () => Promise.reject(new TypeError('failed'))
  await assert.rejects(call('monitoring.list_rules', {}), { code: 'web.unreachable', status: 0 })
  answering(502, '<html>Bad Gateway</html>')
  await assert.rejects(call('monitoring.list_rules', {}), { code: 'web.unreadable', status: 502 })
})

test('only a session that was there can end, and only lost connections are tried again', async () => {
  let ended = 0
  onSessionEnd(() => {
    ended += 1
  })
  answering(401, JSON.stringify(said))
  await assert.rejects(call('access.me', {}))
  await assert.rejects(call('access.sign_in', { login: 'a', password: 'b' }))
  assert.equal(ended, 0)
  await assert.rejects(call('monitoring.list_rules', {}))
  assert.equal(ended, 1)
  const refusal = (status: number) => new Refusal(status, said.error)
  assert.deepEqual(
    [0, 502, 503, 401, 403, 409, 500].map((status) => worthRetrying(0, refusal(status))),
    [true, true, true, false, false, false, false],
  )
  assert.equal(worthRetrying(2, refusal(0)), false)
})

test('an ask says for whom its page was drawn, but not at the door; somebody else at the browser is said once it is refused', async () => {
  const sent = async (name: 'monitoring.list_rules' | 'access.demo_people', options = {}) => {
    const asked = answering(200, '{}')
    await call(name, {}, options)
    const headers = new Headers(asked[0]?.init.headers)
    return [headers.get('x-anlan-person'), headers.get('x-anlan-background')]
  }
  assert.deepEqual(await sent('monitoring.list_rules'), [null, null])
  drawFor(7)
  assert.deepEqual(await sent('monitoring.list_rules'), ['7', null])
  assert.deepEqual(await sent('monitoring.list_rules', { background: true }), ['7', '1'])
  assert.deepEqual(await sent('access.demo_people'), [null, null])
  let others = 0
  onOtherPerson(() => {
    others += 1
  })
  answering(409, JSON.stringify(said))
  await assert.rejects(call('monitoring.list_rules', {}))
  assert.equal(others, 0)
  answering(409, JSON.stringify({ error: { ...said.error, code: 'other_person' } }))
  await assert.rejects(call('monitoring.list_rules', {}))
  assert.equal(others, 1)
  drawFor(null)
})
