import { Client, errors } from '@elastic/elasticsearch'
import { createAvailability } from '../../availability.ts'
import { policies } from '../../outbound/policies.ts'
import type { OutboundClient } from '../../outbound/port.ts'
import { Unavailable } from '../../unavailable.ts'

/** A connection to a cluster of Elasticsearch. */
export type ElasticsearchConnection = {
  /**
   * Runs requests.
   * @param options.isQuery whether a caller waits for the answer: the time limit is that of a query, 4 s
   * @throws Unavailable when Elasticsearch fails or does not answer in time; the requests may have been executed all the
   *   same. While it is away, one call a second tries; the others throw at once. Other errors of `work` pass through
   */
  readonly run: <T>(
    work: (client: Client) => Promise<T>,
    options?: { readonly isQuery?: boolean },
  ) => Promise<T>
  /** @throws Unavailable when Elasticsearch does not answer, or has lost a part of an index */
  readonly ping: () => Promise<void>
  /** Whether the last request was answered. */
  readonly isUp: () => boolean
  readonly client: OutboundClient
  /** Begins the name of each index; empty where a cluster is not shared. */
  readonly prefix: string
  readonly close: () => Promise<void>
}

const policy = policies.elasticsearch

/** Time limit of a query, in ms: less than that of a request over HTTP, so that its caller learns which store is away. */
const queryLimit = 4_000

/** Time limit of a health check, in ms. */
const pingLimit = 2_000

/**
 * Whether Elasticsearch has answered with an error, if only that it is overloaded: it takes other requests. It does not when
 * it lets nobody in, or a proxy does not reach it.
 */
const isAnswer = (error: unknown): boolean =>
  error instanceof errors.ResponseError &&
  error.statusCode !== undefined &&
  ![401, 403, 502, 504].includes(error.statusCode)

/**
 * Connects to Elasticsearch at the first request.
 * @param url `http://user:password@host:9200?prefix=shop_`; several nodes are separated by commas
 * @param options.timeoutMs limit of each request, in ms; default 10,000
 * @param options.onChange called when Elasticsearch stops answering, and when it answers again
 * @param options.now clock in ms, for tests
 */
export const openElasticsearch = (
  url: string,
  {
    timeoutMs = policy.answerMs,
    onChange,
    now,
  }: {
    readonly timeoutMs?: number
    readonly onChange?: (isUp: boolean, error?: unknown) => void
    readonly now?: () => number
  } = {},
): ElasticsearchConnection => {
  const nodes = url.split(',').map((one) => new URL(one))
  const prefix = nodes.map(({ searchParams }) => searchParams.get('prefix')).find(Boolean) ?? ''
  for (const node of nodes) node.search = ''
  const client = new Client({
    nodes: nodes.map(({ href }) => href),
    requestTimeout: timeoutMs,
    // Another node is tried at once; a single one is tried again by the caller, who learns of the failure.
    maxRetries: nodes.length - 1,
    // Documents may have any field: the parser of JSON that refuses `__proto__` would stop a projection.
    disablePrototypePoisoningProtection: true,
  })
  const querying = client.child({ requestTimeout: Math.min(queryLimit, timeoutMs) })
  const availability = createAvailability('Elasticsearch', { policy, onChange, now })

  const run: ElasticsearchConnection['run'] = (work, { isQuery = false } = {}) =>
    availability.attempt(async () => {
      try {
        return await work(isQuery ? querying : client)
      } catch (error) {
        throw error instanceof errors.ElasticsearchClientError
          ? new Unavailable('Elasticsearch cannot be reached or has failed', { cause: error })
          : error
      }
    }, isAnswer)

  return {
    run,
    // `info` and `ping` are not served by each distribution.
    ping: () =>
      run(async (to) => {
        const { status } = await to.cluster.health(
          { timeout: '1s' },
          { requestTimeout: Math.min(pingLimit, timeoutMs) },
        )
        if (status === 'red') throw new Unavailable('Elasticsearch has lost a part of an index')
      }),
    isUp: availability.isUp,
    client: { name: 'elasticsearch', policy, status: availability.status },
    prefix,
    close: () => client.close(),
  }
}
