import { expect, test } from 'vitest'
import { ipAddressOf } from './ip-address.ts'
import { isLoopback } from './loopback.ts'
import { networkOf } from './network-of.ts'

test.each([
  ['192.0.2.77', '192.0.2.77'],
  ['::ffff:192.0.2.77', '192.0.2.77'],
  ['::ffff:c000:24d', '192.0.2.77'],
  ['2001:DB8::0:1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['fe80::1%eth0.100', 'fe80::1'],
  ['127.1', undefined],
  ['0x7f000001', undefined],
  ['2130706433', undefined],
  ['0127.0.0.1', undefined],
  ['1.2.3', undefined],
  ['host-1.2.3.4', undefined],
  ['localhost', undefined],
  ['', undefined],
])('%s is parsed as %s', (text, address) => expect(ipAddressOf(text)?.toString()).toBe(address))

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['::1', true],
  ['0:0:0:0:0:0:0:1', true],
  ['::ffff:127.0.0.1', true],
  ['0.0.0.0', false],
  ['::', false],
  ['128.0.0.1', false],
  ['127.1', false],
  ['127.evil.example', false],
  ['::1.evil.example', false],
])('%s is a loopback address: %s', (host, alone) => expect(isLoopback(host)).toBe(alone))

test('a text that is not an address is a network of its own, also when it ends like one', () => {
  expect(networkOf('unknown 192.0.2.77')).toBe('unknown 192.0.2.77')
  expect(networkOf('127.1')).toBe('127.1')
})
