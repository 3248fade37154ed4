import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { openHouse } from '../../test/harness.ts'

const house = await openHouse()
await house.app.listen({ host: '127.0.0.1', port: 0 })

const connections = promisify(house.app.server.getConnections.bind(house.app.server))

test('a request that comes in while the server closes is refused as busy, in the words of every refusal', async () => {
  const closing = once(house.app.server, 'close')
  const socket = connect((house.app.server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket, 'connect')
  // Half a request keeps the connection open.
  socket.write('POST /api/access.me HTTP/1.1\r\nhost: x\r\n')
  while ((await connections()) === 0) await new Promise((done) => setImmediate(done))
  const whole = house.app.close()
  while (house.app.server.listening) await new Promise((done) => setImmediate(done))
  socket.end('content-length: 0\r\n\r\n')
  let answer = ''
  for await (const chunk of socket) answer += String(chunk)
  assert.match(answer, /^HTTP\/1\.1 503 /)
  assert.match(answer, /connection: close/i)
  assert.equal(JSON.parse(answer.slice(answer.indexOf('{'))).error.code, 'busy')
  await Promise.all([whole, closing])
})
