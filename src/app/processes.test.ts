import { pino } from 'pino'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/support/postgres.ts'
import { openProcesses } from './processes.ts'
import { readConfig } from '../config.ts'
import {
  grpcAudience,
  internalCalls,
  registryAudience,
} from '../platform/security/internal-calls.ts'
import { memoryKeys } from '../platform/security/keys/memory.ts'

test.each([
  ['api', '127.0.0.1', true, 1],
  ['api', 'localhost', true, 1],
  ['api', '::1', true, 1],
  ['api', '0.0.0.0', false, 1],
  ['api', '127.evil.example', false, 1],
  ['api', '10.0.0.7', false, 1],
  ['gateway,api', '127.0.0.1', false, 0],
])('AGORA_DIRECT_CALLS trusts x-user-id on loopback only: %s on %s', async (...row) => {
  const [AGORA_ROLES, HOST, believes, warnings] = row
  await using fresh = await freshDatabase()
  await using parts = new AsyncDisposableStack()
  const written: string[] = []
  const config = readConfig({ AGORA_ROLES, HOST, AGORA_DIRECT_CALLS: 'true' })
  const processes = await openProcesses(config, {
    database: fresh.database,
    clock: () => new Date(),
    keys: memoryKeys(),
    logger: pino({}, { write: (line: string) => void written.push(line) }),
    failed: () => undefined,
    parts,
  })
  expect(processes.believesUserIds).toBe(believes)
  expect(processes.internalOnly).toBe(false)
  const warned = written.filter((line) => /"level":40.*AGORA_DIRECT_CALLS/.test(line))
  expect(warned).toHaveLength(warnings)
})

test.each([
  [undefined, ['api']],
  ['1s', []],
])(
  'with AGORA_LEASE=%s, a process whose last heartbeat was 5 s ago leaves the services %j',
  async (lease, services) => {
    await using fresh = await freshDatabase()
    await using parts = new AsyncDisposableStack()
    const config = readConfig({ AGORA_ROLES: 'api', ...(lease && { AGORA_LEASE: lease }) })
    const { registry } = await openProcesses(config, {
      database: fresh.database,
      clock: () => new Date(),
      keys: memoryKeys(),
      logger: pino({ level: 'silent' }),
      failed: () => undefined,
      parts,
    })
    await registry.register({ id: 'one', url: 'http://a', roles: ['api'], services: ['api'] })
    await fresh.database.query(
      `UPDATE agora.instances SET heard_at = clock_timestamp() - interval '5 s'`,
    )
    expect((await registry.services()).map(({ name }) => name)).toEqual(services)
  },
)

test.each([
  ['gateway', undefined, { identity: false, ordering: true }],
  ['gateway,api', 'identity', { ordering: true }],
  ['gateway,api', 'ordering', { identity: false }],
  ['gateway,api', undefined, {}],
  ['api', 'identity', {}],
])(
  'a process with the roles %s and the contexts %s checks those that it does not serve: %j',
  async (AGORA_ROLES, AGORA_CONTEXTS, served) => {
    await using fresh = await freshDatabase()
    await using parts = new AsyncDisposableStack()
    const { registry, checksOf } = await openProcesses(
      readConfig({ AGORA_ROLES, ...(AGORA_CONTEXTS && { AGORA_CONTEXTS }) }),
      {
        database: fresh.database,
        clock: () => new Date(),
        keys: memoryKeys(),
        logger: pino({ level: 'silent' }),
        failed: () => undefined,
        parts,
      },
    )
    await registry.register({ id: 'one', url: 'http://a', roles: ['api'], services: ['ordering'] })
    const checks = () => checksOf(new Set(['system', 'discovery', 'ordering', 'identity']))
    await expect
      .poll(() => Object.fromEntries(checks().map(({ name, ok }) => [name, ok])))
      .toEqual(served)
    // The process stays ready: requests for its own contexts are served.
    expect(checks().filter(({ optional }) => optional !== true)).toEqual([])
  },
)

test('calls of gRPC have a key of their own, which signs neither requests nor registrations', async () => {
  await using fresh = await freshDatabase()
  await using parts = new AsyncDisposableStack()
  const keys = memoryKeys()
  const processes = await openProcesses(readConfig({ AGORA_ROLES: 'api' }), {
    database: fresh.database,
    clock: () => new Date(),
    keys,
    logger: pino({ level: 'silent' }),
    failed: () => undefined,
    parts,
  })
  const signed = internalCalls(keys.secretFor('grpc-calls'))
  for (const audience of [registryAudience, grpcAudience, ...processes.audiences()]) {
    const call = { audience, method: 'POST', url: '/a', userId: '', address: '' }
    expect(processes.grpcCalls.isGood(signed.tokenFor(call), call)).toBe(true)
    expect(processes.calls.isGood(signed.tokenFor(call), call)).toBe(false)
    expect(processes.grpcCalls.isGood(processes.calls.tokenFor(call), call)).toBe(false)
  }
})
