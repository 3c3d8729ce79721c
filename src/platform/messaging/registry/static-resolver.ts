import type { Reachable, Resolver } from './port.ts'

/** Some services, and where they are served. */
export type Listed = {
  readonly services: readonly string[]
  readonly addresses: readonly string[]
}

/** The URLs that an address stands for just now. */
export type UrlsOf = (address: string) => Promise<readonly string[]>

/** Of an instance that is known by its address alone, that is all there is to know. */
const instanceAt = (url: string): Reachable => ({ id: url, url, roles: ['api'] })

/**
 * Knows who serves what because it was told, once and for all. A service that nobody is found for is there without
 * instances: nobody else stands in for those who are named for it.
 * @param urlsOf looks addresses up; default: they are URLs
 */
export const staticResolver = (
  listed: readonly Listed[],
  urlsOf: UrlsOf = async (address) => [address],
): Resolver => ({
  services: async () => {
    const found = await Promise.all(
      listed.map(async ({ services, addresses }) => {
        const urls = (await Promise.all(addresses.map(urlsOf))).flat()
        const instances = [...new Set(urls)].map(instanceAt)
        return services.map((name) => ({ name, instances }))
      }),
    )
    return found.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1))
  },
})
