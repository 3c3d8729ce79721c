import type { Reachable, Resolver } from './port.ts'

/** Services with the addresses of their instances. */
export type Listed = {
  readonly services: readonly string[]
  readonly addresses: readonly string[]
}

/** Resolves an address to its present URLs. */
export type UrlsOf = (address: string) => Promise<readonly string[]>

/** The instance at a URL; the URL is its id, too. */
const instanceAt = (url: string): Reachable => ({ id: url, url, roles: ['api'] })

/**
 * Resolver of configured services. A service whose addresses resolve to no instance is returned without instances, so that no
 * other instances serve it in their place.
 * @param urlsOf resolves addresses; default: they are URLs
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
