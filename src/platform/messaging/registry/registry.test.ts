import { expect, test } from 'vitest'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { announce } from './announce.ts'
import { registryConformance } from './conformance.ts'
import { memoryRegistry } from './memory.ts'
import { postgresRegistry } from './postgres.ts'

registryConformance('memory', async () => ({
  open: (ttl) => memoryRegistry(ttl === undefined ? {} : { ttl }),
  [Symbol.asyncDispose]: async () => undefined,
}))

registryConformance('postgres', async () => {
  const fresh = await freshDatabase()
  return {
    open: (ttl) => postgresRegistry(fresh.database, ttl === undefined ? {} : { ttl }),
    [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose](),
  }
})

const instance = { id: 'one', url: 'http://127.0.0.1:1', roles: ['api'], services: ['tea'] }
const failing = (error: unknown) => expect.unreachable(String(error))

test('an announced instance stays registered until it is withdrawn', async () => {
  const registry = memoryRegistry({ ttl: 200 })
  const heartbeats: string[] = []
  const counting = {
    ...registry,
    heartbeat: (id: string) => {
      heartbeats.push(id)
      return registry.heartbeat(id)
    },
  }
  const announced = await announce(counting, instance, { every: 20, onError: failing })
  // Longer than the registration lasts without heartbeats.
  await expect.poll(() => heartbeats.length).toBeGreaterThan(15)
  expect(await registry.services()).toHaveLength(1)
  await announced.withdraw()
  expect(await registry.services()).toEqual([])
})

test('an instance registers when the registry becomes reachable, and again after it was removed', async () => {
  const registry = memoryRegistry()
  const errors: unknown[] = []
  let reachable = false
  const announced = await announce(
    {
      ...registry,
      register: async (one) => {
        if (!reachable) throw new Error('unavailable')
        await registry.register(one)
      },
    },
    instance,
    { every: 10, onError: (error) => errors.push(error) },
  )
  expect(await registry.services()).toEqual([])
  await expect.poll(() => errors.length).toBeGreaterThan(1)
  reachable = true
  await expect.poll(async () => (await registry.services()).length).toBe(1)
  await registry.deregister('one')
  await expect.poll(async () => (await registry.services()).length).toBe(1)
  await announced.withdraw()
})
