import { hostname } from 'node:os'
import { expect, test } from 'vitest'
import { advertisedAddress } from './lead-groups.ts'

test.each([
  [{ host: '127.0.0.1' }, { host: '127.0.0.1', port: 2113 }],
  [{ host: '0.0.0.0' }, { host: hostname(), port: 2113 }],
  [{ host: '::' }, { host: hostname(), port: 2113 }],
  [
    { host: '0.0.0.0', advertised: 'log.example' },
    { host: 'log.example', port: 2113 },
  ],
  [
    { host: '::', advertised: 'log.example:443' },
    { host: 'log.example', port: 443 },
  ],
])('clients reach an endpoint at %j by %j', (configured, address) =>
  expect(advertisedAddress(configured, 2113)).toEqual(address),
)
