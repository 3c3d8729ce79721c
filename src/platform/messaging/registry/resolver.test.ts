import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { startDns } from '../../../../test/support/dns-server.ts'
import { freshDatabase } from '../../../../test/support/postgres.ts'
import { resolverConformance, type Served } from './conformance.ts'
import { dnsUrls } from './dns.ts'
import { staticResolver } from './static-resolver.ts'
import { memoryRegistry } from './memory.ts'
import type { Registry } from './port.ts'
import { postgresRegistry } from './postgres.ts'

const failing = (error: unknown) => expect.unreachable(String(error))

/** Replaces the instances of a registry. */
const serveIn = (registry: Registry) => {
  const ids = new Map<string, string>()
  return async (served: Served): Promise<void> => {
    for (const id of ids.values()) await registry.deregister(id)
    const urls = new Set(Object.values(served).flat())
    for (const url of urls) {
      const id = ids.get(url) ?? randomUUID()
      ids.set(url, id)
      const services = Object.keys(served).filter((service) => served[service]?.includes(url))
      await registry.register({ id, url, roles: ['api'], services })
    }
  }
}

resolverConformance('a registry in memory', async (served) => {
  const resolver = memoryRegistry()
  const serve = serveIn(resolver)
  await serve(served)
  return { resolver, serve, [Symbol.asyncDispose]: async () => undefined }
})

resolverConformance('a registry in postgres', async (served) => {
  const fresh = await freshDatabase()
  const resolver = postgresRegistry(fresh.database)
  const serve = serveIn(resolver)
  await serve(served)
  return { resolver, serve, [Symbol.asyncDispose]: () => fresh[Symbol.asyncDispose]() }
})

resolverConformance('a list', async (served) => ({
  resolver: staticResolver(
    Object.entries(served).map(([service, addresses]) => ({ services: [service], addresses })),
  ),
  [Symbol.asyncDispose]: async () => undefined,
}))

resolverConformance('DNS', async (served) => {
  const dns = await startDns()
  const serve = async (now: Served): Promise<void> => {
    dns.names.clear()
    for (const [service, urls] of Object.entries(now))
      dns.names.set(`${service}.example`, { A: urls.map((url) => new URL(url).hostname) })
  }
  await serve(served)
  return {
    resolver: staticResolver(
      ['cake', 'tea'].map((name) => ({
        services: [name],
        addresses: [`dns://${name}.example:3001`],
      })),
      dnsUrls({ servers: [dns.address], onError: failing }),
    ),
    serve,
    [Symbol.asyncDispose]: () => dns[Symbol.asyncDispose](),
  }
})

describe('names', () => {
  test('resolve to IPv6 addresses if there are no IPv4 addresses, each once', async () => {
    await using dns = await startDns()
    const urlsOf = dnsUrls({ servers: [dns.address], onError: failing })
    dns.names.set('six.example', { AAAA: ['fd00::7'] })
    dns.names.set('both.example', { A: ['10.0.0.7'], AAAA: ['fd00::7'] })
    expect(await urlsOf('dns://six.example:3000')).toEqual(['http://[fd00::7]:3000'])
    expect(await urlsOf('dns://both.example:80')).toEqual(['http://10.0.0.7'])
    const both = ['dns://both.example:3000', 'http://10.0.0.7:3000']
    const [tea] = await staticResolver([{ services: ['tea'], addresses: both }], urlsOf).services()
    expect(tea?.instances).toHaveLength(1)
  })

  test('with SRV records resolve to the hosts and ports of the lowest priority', async () => {
    await using dns = await startDns()
    dns.names.set('_http._tcp.api.example', {
      SRV: [
        { priority: 1, port: 3001, name: 'a.example' },
        { priority: 1, port: 3002, name: 'b.example' },
        { priority: 1, port: 3003, name: 'gone.example' },
        { priority: 2, port: 3004, name: 'a.example' },
      ],
    })
    dns.names.set('a.example', { A: ['10.0.0.1'] })
    dns.names.set('b.example', { A: ['10.0.0.2', '10.0.0.3'] })
    const urls = await dnsUrls({ servers: [dns.address], onError: failing })(
      'dns+srv://_http._tcp.api.example',
    )
    expect(urls.toSorted()).toEqual([
      'http://10.0.0.1:3001',
      'http://10.0.0.2:3002',
      'http://10.0.0.3:3002',
    ])
  })

  test('whose lookup fails resolve to their last result, without effect on others', async () => {
    await using dns = await startDns()
    const errors: unknown[] = []
    const resolver = staticResolver(
      ['cake', 'tea'].map((name) => ({
        services: [name],
        addresses: [`dns://${name}.example:3000`],
      })),
      dnsUrls({ servers: [dns.address], onError: (error) => errors.push(error) }),
    )
    const resolved = async () =>
      (await resolver.services()).map(({ name, instances }) => [name, instances[0]?.url])
    dns.names.set('cake.example', 'failing')
    dns.names.set('tea.example', { A: ['10.0.0.1'] })
    expect(await resolved()).toEqual([
      ['cake', undefined],
      ['tea', 'http://10.0.0.1:3000'],
    ])
    expect(errors).toHaveLength(1)
    dns.names.set('cake.example', { A: ['10.0.0.2'] })
    dns.names.set('tea.example', 'failing')
    expect(await resolved()).toEqual([
      ['cake', 'http://10.0.0.2:3000'],
      ['tea', 'http://10.0.0.1:3000'],
    ])
    expect(errors).toHaveLength(2)
  })
})
