import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { type ClientRequest, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openHouse } from '../../test/harness.ts'
import { monitoring } from '../monitoring/contract.ts'

const house = await openHouse({ trust: { hops: 1 } })

test('strangers who send slowly from many addresses take no place of senders who signed before', async () => {
  const [hq] = await house.admin<{ id: number }>(`select id from access.unit where kind = 'headquarters'`)
  const boss = house.as('hq.publicity', monitoring)
  const { id, webhookSecret } = await boss['monitoring.save_source']({ name: '推送', kind: 'webhook', unitId: hq?.id ?? 0 })
  let second = Math.floor(Date.now() / 1000) - 60
  const push = async (address: string) => {
    const [payload, stamp] = ['[]', String(second++)]
    const signature = createHmac('sha256', webhookSecret ?? '')
      .update(`${stamp}.${payload}`)
      .digest('hex')
    const headers = {
      'content-type': 'application/json',
      'x-forwarded-for': address,
      'x-anlan-timestamp': stamp,
      'x-anlan-signature': `sha256=${signature}`,
    }
    return (await house.app.inject({ method: 'POST', url: `/intake/${id}`, headers, payload })).statusCode
  }
  assert.equal(await push('203.0.113.1'), 200)

  await house.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = house.app.server.address() as AddressInfo
  const strangers: ClientRequest[] = []
  const begin = (address: string) => {
    const asking = httpRequest({ port, method: 'POST', path: `/intake/${id}`, agent: false })
    asking.on('error', () => undefined)
    const headers = { 'x-forwarded-for': address, 'x-anlan-timestamp': String(second), 'x-anlan-signature': 'sha256=00' }
    for (const [name, value] of Object.entries({ ...headers, 'content-length': '1000000' })) asking.setHeader(name, value)
    asking.write('[')
    strangers.push(asking)
    return asking
  }
  // Twenty-four wait for a rest that never comes; the others are told so.
  await new Promise<void>((done) => {
    let told = 0
    for (let at = 0; at < 28; at++)
      begin(`198.51.100.${at % 7}`).on('response', ({ statusCode }) => {
        assert.equal(statusCode, 429)
        if (++told === 4) done()
      })
  })
  assert.equal(await push('198.51.100.9'), 429, 'from where nobody ever signed')
  assert.equal(await push('203.0.113.1'), 200)
  for (const one of strangers) one.destroy()
})
