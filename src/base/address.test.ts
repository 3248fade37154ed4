import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, isLoopback, neighbourhoodOf, readTrust, type Trust } from './address.ts'

const trust = (text: string): Trust => {
  const read = readTrust(text)
  assert.ok(read, text)
  return read
}

test('without trust the header of a client counts for nothing', () => {
  assert.equal(addressOf('203.0.113.9', '127.0.0.1', trust('0')), '203.0.113.9')
})

test('one hop means the last address of the header, however much the client wrote before it', () => {
  for (const written of ['', '127.0.0.1, ', '10.20.30.40, 8.8.8.8, ', `${'A'.repeat(7000)}, `])
    assert.equal(addressOf('127.0.0.1', `${written}203.0.113.9`, trust('1')), '203.0.113.9', written.slice(0, 40))
})

test('each further hop goes one address back, and no further than there are addresses', () => {
  assert.equal(addressOf('10.0.0.1', '6.6.6.6, 203.0.113.9, 10.0.0.2', trust('2')), '203.0.113.9')
  assert.equal(addressOf('10.0.0.1', '203.0.113.9', trust('2')), '203.0.113.9')
  assert.equal(addressOf('10.0.0.1', undefined, trust('2')), '10.0.0.1')
})

test('named proxies are believed, and a client that goes around them is not', () => {
  const named = trust('10.0.0.0/8, 2001:db8::7')
  assert.equal(addressOf('10.1.2.3', '6.6.6.6, 203.0.113.9', named), '203.0.113.9')
  assert.equal(addressOf('10.1.2.3', '203.0.113.9, 10.9.9.9', named), '203.0.113.9')
  assert.equal(addressOf('::ffff:10.1.2.3', '203.0.113.9', named), '203.0.113.9')
  assert.equal(addressOf('2001:db8::7', '203.0.113.9', named), '203.0.113.9')
  assert.equal(addressOf('198.51.100.1', '203.0.113.9', named), '198.51.100.1')
})

test('what is no address is not believed', () => {
  for (const wrong of ['unknown', '', 'A'.repeat(7000), '127.1', '0x7f.0.0.1', '1.2.3.4.5', "'; drop"])
    assert.equal(addressOf('10.0.0.1', wrong, trust('1')), '10.0.0.1', wrong.slice(0, 20))
  assert.equal(addressOf('10.0.0.1', '203.0.113.9:51234', trust('1')), '203.0.113.9')
  assert.equal(addressOf('10.0.0.1', '[2001:DB8::1]:51234', trust('1')), '2001:db8::1')
  assert.equal(addressOf(undefined, '203.0.113.9', trust('1')), 'gone')
})

test('a setting that is neither a number of hops nor addresses is refused', () => {
  for (const wrong of ['10', '-1', 'loopback', '10.0.0.0/33', '10.0.0.1, proxy.example', '1,', '::/129'])
    assert.equal(readTrust(wrong), null, wrong)
  assert.deepEqual([readTrust('true'), readTrust('no')], [{ hops: 1 }, { hops: 0 }])
})

test('the addresses that one house can change at will count as one', () => {
  assert.equal(neighbourhoodOf('2001:db8:1:2:3::4'), neighbourhoodOf('2001:db8:1:2:ffff::1'))
  assert.notEqual(neighbourhoodOf('2001:db8:1:2::1'), neighbourhoodOf('2001:db8:1:3::1'))
  assert.equal(neighbourhoodOf('203.0.113.9'), '203.0.113.9')
  assert.deepEqual(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '10.0.0.1', 'x', ''].map(isLoopback), [
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ])
})
