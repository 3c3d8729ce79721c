import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { roles as allRoles } from '../config/environment.ts'
import { logFiles } from '../platform/observability/logs/files.ts'
import type { LogStore } from '../platform/observability/logs/port.ts'
import type { OutboundClient } from '../platform/outbound/port.ts'
import type { LogShipper } from '../platform/observability/logs/shipping.ts'

/** Name of this process for operators, in log lines and reports. */
export const processName = (): string => `${hostname()}:${process.pid}`

/** The log store, and its client where it is a server. */
export type OpenedLogs = {
  readonly logs: LogStore
  readonly clients: readonly OutboundClient[]
}

/** Opens the log store: Elasticsearch where it is configured, otherwise files in the data folder. */
const openStore = async ({
  data,
  elasticsearchUrl,
}: Pick<Config, 'data' | 'elasticsearchUrl'>): Promise<OpenedLogs> => {
  if (elasticsearchUrl === undefined)
    return { logs: logFiles(join(data, 'logs'), { process: processName() }), clients: [] }
  const [{ openElasticsearch }, { elasticsearchLogs }] = await Promise.all([
    import('../platform/engines/elasticsearch/connection.ts'),
    import('../platform/observability/logs/elasticsearch.ts'),
  ])
  // A connection of its own: writing lines must not hold up searches.
  const connection = openElasticsearch(elasticsearchUrl)
  return {
    logs: elasticsearchLogs(connection),
    clients: [{ ...connection.client, name: 'elasticsearch logs' }],
  }
}

/**
 * Opens the log store, and writes this process's lines to it.
 * @param options.lines the lines; none are written without it
 * @param options.onError called with failed writes
 * @param options.parts closes the store once the last lines are written
 */
export const openLogs = async (
  config: Pick<Config, 'data' | 'elasticsearchUrl' | 'roles'>,
  {
    lines,
    onError,
    parts,
  }: {
    readonly lines: LogShipper | undefined
    readonly onError: (error: unknown) => void
    readonly parts: AsyncDisposableStack
  },
): Promise<OpenedLogs> => {
  const opened = await openStore(config)
  const store = parts.adopt(opened.logs, (it) => it.close())
  const { roles } = config
  const service = roles.size === allRoles.length ? 'agora' : [...roles].join('+')
  if (lines)
    parts.adopt(
      lines.shipTo(store, { source: { service, process: processName() }, onError }),
      (it) => it.close(),
    )
  return opened
}
