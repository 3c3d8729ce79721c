import type { Config } from '../config.ts'
import type { Endpoint } from '../edges/eventstore-protocol/endpoint.ts'
import type { Metrics } from '../platform/observability/metrics/metrics.ts'
import type { GroupFigures } from '../platform/observability/reports/port.ts'
import type { Stores } from './stores.ts'
import { advertisedAddress, figuresOfGroups, leadGroups } from './lead-groups.ts'
import { serveLog, type ServeLogDeps } from './log.ts'

/** The log as clients of EventStoreDB reach it. */
export type OpenedEndpoint = Pick<Endpoint, 'port' | 'url'> & {
  /** Reads the numbers of the persistent subscriptions that this process leads. */
  readonly figures: () => Promise<readonly GroupFigures[]>
}

/**
 * Serves the log and its persistent subscriptions over the protocol of EventStoreDB, in processes with the role `gateway`.
 * @param options.failed returns what is called with the errors of a part
 * @param options.parts closes the endpoint, after its subscriptions are handed over
 * @returns undefined where it is not served
 * @throws BadConfig when its address or certificate is invalid
 * @throws CannotListen when the endpoint is configured explicitly and cannot listen
 */
export const openEndpoint = async (
  config: Config,
  {
    leases,
    control,
    metrics,
    failed,
    parts,
    ...deps
  }: Omit<ServeLogDeps, 'onError'> &
    Pick<Stores, 'leases' | 'control'> & {
      readonly metrics: Pick<Metrics, 'gaugeGroups'>
      readonly failed: (part: string) => (error: unknown) => void
      readonly parts: AsyncDisposableStack
    },
): Promise<OpenedEndpoint | undefined> => {
  const { eventStoreEndpoint: setting, roles } = config
  if (!setting || !roles.has('gateway')) return undefined
  const endpoint = await serveLog(config, { ...deps, onError: failed('endpoint') })
  if (!endpoint) return undefined
  parts.adopt(endpoint, (it) => it.close())
  parts.use(
    leadGroups(endpoint, advertisedAddress(setting, endpoint.port), {
      leases,
      news: control.news,
      onError: failed('persistent subscriptions'),
    }),
  )
  const figures = figuresOfGroups(endpoint, deps.catalogue)
  metrics.gaugeGroups(figures)
  return { port: endpoint.port, url: endpoint.url, figures }
}
