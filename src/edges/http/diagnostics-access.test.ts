import { expect, test } from 'vitest'
import { hasDiagnosticsAccess } from './diagnostics-access.ts'

/** Whether an address belongs to a private network. */
const isNear = (remoteAddress: string): boolean =>
  hasDiagnosticsAccess(
    { socket: { remoteAddress }, headers: {} } as Parameters<typeof hasDiagnosticsAccess>[0],
    {},
  )

/** The unrouted ranges of RFC 6890, each with its first and last address and the addresses just outside. */
test.each([
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['::1', '::1', '::', '::2'],
  ['fc00::', `fdff${':ffff'.repeat(7)}`, `fbff${':ffff'.repeat(7)}`, 'fe00::'],
  ['fe80::', `febf${':ffff'.repeat(7)}`, `fe7f${':ffff'.repeat(7)}`, 'fec0::'],
])(
  'addresses from %s to %s are private; the adjacent ones are not',
  (first, last, before, after) => {
    expect([first, last, before, after].map(isNear)).toEqual([true, true, false, false])
  },
)

test('an IPv4-mapped IPv6 address is private when the IPv4 address is', () =>
  expect(['::ffff:10.0.0.7', '::ffff:11.0.0.7'].map(isNear)).toEqual([true, false]))

test('a closed socket, which has no address, is not private', () =>
  expect(['', 'localhost', '10.1'].map(isNear)).toEqual([false, false, false]))
