import { Cluster, Redis, type RedisOptions } from 'ioredis'

type Options = Omit<RedisOptions, 'replyMapping'>

/** A client of one Redis, or of a cluster: both have the same commands, a transaction or pipeline of which has keys of one slot. */
export type RedisClient = Redis | Cluster

/**
 * Splits the URL of Redis into those of its nodes.
 * @param url `redis://user:password@host:port/db`; for a cluster several of them separated by commas, or one with
 *   `?cluster=true`, which stands for all nodes
 */
export const nodesIn = (
  url: string,
): { readonly nodes: readonly [string, ...string[]]; readonly isCluster: boolean } => {
  const [first = url, ...others] = url.split(/,(?=rediss?:\/\/)/)
  const isNamed = others.length === 0 && first.endsWith('?cluster=true')
  return {
    nodes: [first.replace(/\?cluster=true$/, ''), ...others],
    isCluster: isNamed || others.length > 0,
  }
}

const decoded = (text: string): string | undefined =>
  text === '' ? undefined : decodeURIComponent(text)

/** Creates a client of a cluster. The nodes share user and password, those of the first URL. */
const clusterClient = (
  nodes: readonly [string, ...string[]],
  { lazyConnect, enableOfflineQueue, retryStrategy, ...options }: Options,
): Cluster => {
  const urls = nodes.map((node) => new URL(node))
  const [{ username, password, protocol } = new URL(nodes[0])] = urls
  return new Cluster(
    urls.map(({ hostname, port }) => ({ host: hostname, port: Number(port || 6379) })),
    {
      ...(lazyConnect !== undefined && { lazyConnect }),
      ...(enableOfflineQueue !== undefined && { enableOfflineQueue }),
      clusterRetryStrategy: (times) => retryStrategy?.(times) || null,
      ...(options.connectTimeout !== undefined && { slotsRefreshTimeout: options.connectTimeout }),
      // Certificates are issued for names.
      ...(protocol === 'rediss:' && {
        dnsLookup: (address, done) => done(null, address),
      }),
      redisOptions: {
        ...options,
        username: decoded(username),
        password: decoded(password),
        ...(protocol === 'rediss:' && { tls: {} }),
      },
    },
  )
}

/**
 * Creates a client.
 * @param url as `nodesIn` takes it
 * @param options of the connections; `lazyConnect`, `enableOfflineQueue` and `retryStrategy` are those of the cluster as a
 *   whole, where it is one
 */
export const redisClient = (url: string, options: Options): RedisClient => {
  const { nodes, isCluster } = nodesIn(url)
  return isCluster ? clusterClient(nodes, options) : new Redis(url, options)
}

/** The nodes that have keys, each as a client of its own: all keys are found by scanning each. */
export const nodesOf = (redis: RedisClient): readonly Redis[] =>
  redis instanceof Cluster ? redis.nodes('master') : [redis]
