import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { letIn, messagesOf, socketWorld, someUser } from '../../../test/support/sockets.ts'
import { memoryRegistry } from '../../platform/messaging/registry/memory.ts'
import { Unavailable } from '../../platform/unavailable.ts'
import { opsChannel } from './channel.ts'
import { operatorsView } from './channel/operators-view.ts'
import { alert, alertIdOf } from './language.ts'

const patient = { timeout: 120_000 }

const origin = () => {
  const commandId = randomUUID()
  return { commandId, actorId: 'test', correlationId: commandId }
}
const about = {
  rule: 'store-away',
  severity: 'critical' as const,
  subject: 'redis',
  summary: 'The store redis does not answer',
}
const id = alertIdOf(about.rule, about.subject)
const raise = {
  type: 'RaiseAlert' as const,
  data: { ...about, value: 1, threshold: 0 },
}

test('admins subscribe to alerts, and nobody else', async () => {
  await using world = await socketWorld({ channels: [opsChannel] })
  for (const token of [undefined, world.tokenOf(someUser(), 'analyst', 'seller')])
    await expect(letIn(world.connect('/ops', token))).rejects.toMatchObject({
      data: { code: token === undefined ? 'unauthorized' : 'forbidden' },
    })

  const [one, other] = [1, 2].map(() => world.connect('/ops', world.tokenOf(someUser(), 'admin')))
  expect.assert(one && other)
  const [raised, resolved] = [messagesOf(one, 'alert:raised'), messagesOf(one, 'alert:resolved')]
  const unsubscribed = messagesOf(other, 'alert:raised')
  expect(await one.emitWithAck('ops:subscribe', { loud: true })).toMatchObject({ ok: false })
  expect(await one.emitWithAck('ops:subscribe', {})).toMatchObject({
    ok: true,
    alerts: [],
    services: [],
    projections: [],
  })
  await other.emitWithAck('ops:subscribe', {})
  expect(await other.emitWithAck('ops:unsubscribe', {})).toEqual({ ok: true })

  await world.execute(alert, id, raise, origin())
  await expect
    .poll(() => raised, patient)
    .toEqual([
      { ...raise.data, id, at: expect.any(String), position: expect.stringMatching(/^\d+$/) },
    ])
  await expect
    .poll(async () => (await other.emitWithAck('ops:subscribe', {})).alerts, patient)
    .toMatchObject([{ ...about, id, state: 'raised' }])
  await world.execute(alert, id, { type: 'ResolveAlert', data: {} }, origin())
  await expect.poll(() => resolved, patient).toMatchObject([{ ...about, id }])
  expect(raised).toHaveLength(1)
  expect(unsubscribed).toEqual([])
})

test('watchers receive services that come and go, and lags, and nothing is read without one', async () => {
  const registry = memoryRegistry()
  let [reads, failures] = [0, 0]
  const stop = new AbortController()
  const told: (readonly [string, object])[] = []
  const watcher = { tell: (name: string, payload: object) => void told.push([name, payload]) }
  const view = operatorsView(
    {
      registry: {
        services: async () => {
          reads += 1
          if (failures > 0 && (failures -= 1) >= 0) throw new Unavailable('PostgreSQL is away')
          return registry.services()
        },
      },
      lags: async () => [{ name: 'orders', lagEvents: 2, lagSeconds: 0.5, within: 1_000 }],
      feed: {
        head: () => 0n,
        next: (_, { signal }) =>
          new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(new Error('aborted'))),
          ),
      },
      logger: { warn: () => undefined, error: () => undefined },
    },
    stop.signal,
    { services: 2, lags: 2, failed: 4 },
  )
  const instance = { id: 'i-1', url: 'http://10.0.0.7:3000', roles: ['api'] }
  await registry.register({ ...instance, services: ['ordering'] })
  const ordering = { service: 'ordering', instance: 'i-1', url: instance.url }
  const payments = { ...ordering, service: 'payments' }
  expect(reads).toBe(0)
  expect(await view.add(watcher)).toEqual([ordering])
  await registry.register({ ...instance, services: ['payments'] })
  const of = (name: string) => told.filter(([one]) => one === name).map(([, payload]) => payload)
  await expect.poll(() => of('service:up')).toEqual([payments])
  failures = 2
  await registry.deregister('i-1', 'ordering')
  await expect.poll(() => of('service:down')).toEqual([ordering])
  await expect
    .poll(() => of('projection:lag')[0])
    .toEqual({ projections: [{ name: 'orders', lagEvents: 2, lagSeconds: 0.5, within: 1_000 }] })

  view.remove(watcher)
  const before = reads
  failures = 1
  await expect(view.add(watcher)).rejects.toThrow(Unavailable)
  expect(reads).toBe(before + 1)
  expect(await view.add(watcher)).toEqual([payments])
  stop.abort()
  await view.over
})
