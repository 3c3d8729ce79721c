import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../../test/support/until.ts'
import type { Announcement, Registry, Resolver } from './port.ts'

const anInstance = (services: readonly string[]): Announcement => ({
  id: randomUUID(),
  url: 'http://127.0.0.1:1',
  roles: ['api'],
  services,
})

/** URLs of the instances, by service. */
export type Served = Readonly<Record<string, readonly string[]>>

/**
 * Conformance suite of the resolvers.
 * @param make creates a resolver of these instances; `serve` replaces them
 */
export const resolverConformance = (
  name: string,
  make: (served: Served) => Promise<
    AsyncDisposable & {
      readonly resolver: Resolver
      /** Undefined for a static resolver. */
      readonly serve?: (served: Served) => Promise<void>
    }
  >,
) =>
  describe(`a resolver by ${name}`, () => {
    const [one, other] = ['http://127.0.0.1:3001', 'http://127.0.0.2:3001'] as const

    const resolvedBy = async (resolver: Resolver): Promise<Served> =>
      Object.fromEntries(
        (await resolver.services())
          .filter(({ instances }) => instances.length > 0)
          .map(({ name: service, instances }) => [
            service,
            instances.map(({ url }) => url).toSorted(),
          ]),
      )

    test('returns each service with all its instances, by name', async () => {
      const served = { cake: [one], tea: [one, other] }
      await using made = await make(served)
      expect(await resolvedBy(made.resolver)).toEqual(served)
      expect((await made.resolver.services()).map(({ name: service }) => service)).toEqual([
        'cake',
        'tea',
      ])
    })

    test('returns the same id of an instance in every service and every time', async () => {
      await using made = await make({ cake: [one], tea: [one, other] })
      const idsOf = async () =>
        (await made.resolver.services())
          .flatMap(({ instances }) => instances)
          .filter(({ url }) => url === one)
          .map(({ id }) => id)
      const ids = new Set([...(await idsOf()), ...(await idsOf())])
      expect(ids.size).toBe(1)
      const all = (await made.resolver.services()).flatMap(({ instances }) => instances)
      expect(new Set(all.map(({ id }) => id)).size).toBe(2)
      for (const { roles } of all) expect(roles).toContain('api')
    })

    test('returns no service without instances', async () => {
      await using made = await make({})
      expect(await resolvedBy(made.resolver)).toEqual({})
    })

    test('follows changes of the instances, unless it is static', async () => {
      await using made = await make({ tea: [one] })
      expect(await resolvedBy(made.resolver)).toEqual({ tea: [one] })
      const { serve } = made
      if (!serve) return
      await serve({ tea: [one, other] })
      await until(
        () => resolvedBy(made.resolver),
        ({ tea }) => tea?.length === 2,
      )
      await serve({})
      await until(
        () => resolvedBy(made.resolver),
        ({ tea }) => tea === undefined,
      )
    })
  })

/**
 * Conformance suite of the registries.
 * @param make `open` returns the registry of one more process
 */
export const registryConformance = (
  name: string,
  make: () => Promise<AsyncDisposable & { readonly open: (ttl?: number) => Registry }>,
) =>
  describe(`a registry in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    beforeAll(async () => void (made = await make()))
    afterAll(() => made[Symbol.asyncDispose]())

    /** The ids of the instances of a service. */
    const servers = async (registry: Registry, service: string) =>
      (await registry.services())
        .find(({ name: one }) => one === service)
        ?.instances.map(({ id }) => id) ?? []

    test('returns services by name, with their instances, the oldest first', async () => {
      const registry = made.open()
      const before = Date.now()
      const [one, other] = [anInstance(['b-tea', 'a-tea']), anInstance(['b-tea'])]
      await registry.register(one)
      await registry.register(other)
      expect(await servers(registry, 'b-tea')).toEqual([one.id, other.id])
      const services = await registry.services()
      const names = services.map(({ name: service }) => service)
      expect(names.filter((service) => service.endsWith('-tea'))).toEqual(['a-tea', 'b-tea'])
      const [registered] =
        services.find(({ name: service }) => service === 'a-tea')?.instances ?? []
      expect(registered).toMatchObject({ id: one.id, url: one.url, roles: ['api'] })
      for (const time of [registered?.startedAt, registered?.heardAt]) {
        expect(Date.parse(time ?? '')).toBeGreaterThanOrEqual(before - 1_000)
        expect(Date.parse(time ?? '')).toBeLessThanOrEqual(Date.now() + 1_000)
      }
    })

    test('has an instance once, however often it registers, with its latest URL', async () => {
      const registry = made.open()
      const one = anInstance(['cake'])
      await registry.register(one)
      await registry.register({ ...one, url: 'http://127.0.0.1:2' })
      expect(await servers(registry, 'cake')).toEqual([one.id])
      const cake = (await registry.services()).find(({ name: service }) => service === 'cake')
      expect(cake?.instances[0]?.url).toBe('http://127.0.0.1:2')
    })

    test('deregisters an instance from one service or from all', async () => {
      const registry = made.open()
      const one = anInstance(['milk', 'sugar', 'salt'])
      await registry.register(one)
      expect(await registry.deregister(one.id, 'milk')).toBe(true)
      expect(await servers(registry, 'milk')).toEqual([])
      expect(await servers(registry, 'salt')).toEqual([one.id])
      expect(await registry.deregister(one.id)).toBe(true)
      expect(await servers(registry, 'salt')).toEqual([])
      expect(await registry.deregister(one.id)).toBe(false)
      expect(await registry.heartbeat(one.id)).toBe(false)
    })

    test('expires an instance without heartbeats, and accepts its new registration', async () => {
      const registry = made.open(300)
      const [silent, lively] = [anInstance(['bread']), anInstance(['bread'])]
      await registry.register(lively)
      await registry.register(silent)
      await expect
        .poll(
          async () => {
            expect(await registry.heartbeat(lively.id)).toBe(true)
            return servers(registry, 'bread')
          },
          { interval: 20, timeout: 120_000 },
        )
        .toEqual([lively.id])
      expect(await registry.heartbeat(silent.id)).toBe(false)
      expect(await servers(registry, 'bread')).toEqual([lively.id])
      await registry.register(silent)
      expect(await servers(registry, 'bread')).toEqual([lively.id, silent.id])
    })

    test('serves many concurrent calls', async () => {
      const registry = made.open()
      const all = Array.from({ length: 20 }, () => anInstance(['soup', 'rice']))
      await Promise.all(all.map(registry.register))
      await Promise.all(all.map(({ id }) => registry.heartbeat(id)))
      const ids = all.map(({ id }) => id).toSorted()
      expect((await servers(registry, 'rice')).toSorted()).toEqual(ids)
      await Promise.all(all.map(({ id }) => registry.deregister(id)))
      expect(await servers(registry, 'rice')).toEqual([])
    })
  })
