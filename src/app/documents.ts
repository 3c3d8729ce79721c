import { messageOf } from '#kernel/error-message'
import { BadConfig, type Config } from '../config.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import type { OutboundClient } from '../platform/outbound/port.ts'
import type { DocumentEngine, SearchEngine } from '../platform/storage/documents/engine.ts'
import { postgresDocuments } from '../platform/storage/documents/postgres.ts'
import { routedDocuments, type ConfiguredEngine } from '../platform/storage/documents/routed.ts'

/** The document store, and pings of the stores other than PostgreSQL. */
type OpenedDocuments = {
  readonly documents: ReturnType<typeof routedDocuments>
  /** Pings of the stores, by name. */
  readonly probes: Readonly<Record<string, () => Promise<unknown>>>
  readonly clients: readonly OutboundClient[]
}

type Deps = {
  readonly onChange: (store: string, isUp: boolean, error?: unknown) => void
  /** Called once, when a new collection stays on one shard of a cluster of MongoDB. */
  readonly onUnsharded?: (collection: string, error: Error) => void
  readonly parts: AsyncDisposableStack
}

/** A store beside PostgreSQL, and its ping. */
type Opened<E extends DocumentEngine | SearchEngine> = {
  readonly configured: ConfiguredEngine<E>
  readonly ping: () => Promise<void>
  readonly client: OutboundClient
}

/** Opens what a variable configures. @throws BadConfig when its value is invalid */
const configuredBy = <Connection>(variable: string, open: () => Connection): Connection => {
  try {
    return open()
  } catch (error) {
    throw new BadConfig(`The environment is invalid: ${variable}. ${messageOf(error)}`)
  }
}

// Drivers are imported only where they are used: importing one takes longer than the rest of a start.

const openMongoEngine = async (
  {
    mongoUrl,
    mongoUrlBefore,
    mongoReads,
  }: Pick<Config, 'mongoUrl' | 'mongoUrlBefore' | 'mongoReads'>,
  { onChange, onUnsharded, parts }: Deps,
): Promise<Opened<DocumentEngine> | undefined> => {
  const url = mongoUrl ?? mongoUrlBefore
  if (url === undefined) return undefined
  const [{ openMongo }, { mongoEngine }] = await Promise.all([
    import('../platform/engines/mongo/connection.ts'),
    import('../platform/storage/documents/mongo.ts'),
  ])
  const connection = parts.adopt(
    configuredBy(mongoUrl === undefined ? 'MONGO_URL_BEFORE' : 'MONGO_URL', () =>
      openMongo(url, {
        isReadNearby: mongoReads === 'nearest',
        onChange: (isUp, error) => onChange('MongoDB', isUp, error),
      }),
    ),
    (it) => it.close(),
  )
  return {
    configured: {
      engine: mongoEngine(connection, onUnsharded && { onUnsharded }),
      isCurrent: mongoUrl !== undefined,
    },
    ping: connection.ping,
    client: connection.client,
  }
}

const openSearchEngine = async (
  {
    elasticsearchUrl,
    elasticsearchUrlBefore,
    elasticsearchSharding,
  }: Pick<Config, 'elasticsearchUrl' | 'elasticsearchUrlBefore'> &
    Partial<Pick<Config, 'elasticsearchSharding'>>,
  { onChange, parts }: Deps,
): Promise<Opened<SearchEngine> | undefined> => {
  const url = elasticsearchUrl ?? elasticsearchUrlBefore
  if (url === undefined) return undefined
  const [{ openElasticsearch }, { elasticsearchEngine }] = await Promise.all([
    import('../platform/engines/elasticsearch/connection.ts'),
    import('../platform/storage/search/elasticsearch.ts'),
  ])
  const variable = elasticsearchUrl === undefined ? 'ELASTICSEARCH_URL_BEFORE' : 'ELASTICSEARCH_URL'
  const connection = parts.adopt(
    configuredBy(variable, () =>
      openElasticsearch(url, { onChange: (isUp, error) => onChange('Elasticsearch', isUp, error) }),
    ),
    (it) => it.close(),
  )
  return {
    configured: {
      engine: elasticsearchEngine(connection, elasticsearchSharding),
      isCurrent: elasticsearchUrl !== undefined,
    },
    ping: connection.ping,
    client: connection.client,
  }
}

/**
 * Opens the configured stores of read models; PostgreSQL has the read models whose store is not configured.
 * @param deps.onChange called when a store stops answering, and when it answers again
 * @param deps.parts closes the connections
 * @throws BadConfig when the URL is invalid
 */
export const openDocuments = async (
  config: Pick<
    Config,
    'mongoUrl' | 'mongoUrlBefore' | 'mongoReads' | 'elasticsearchUrl' | 'elasticsearchUrlBefore'
  > &
    Partial<Pick<Config, 'elasticsearchSharding'>>,
  { database, ...deps }: Deps & { readonly database: Database },
): Promise<OpenedDocuments> => {
  const [mongo, elasticsearch] = await Promise.all([
    openMongoEngine(config, deps),
    openSearchEngine(config, deps),
  ])
  return {
    documents: routedDocuments(postgresDocuments(database), {
      ...(mongo && { mongo: mongo.configured }),
      ...(elasticsearch && { elasticsearch: elasticsearch.configured }),
    }),
    probes: {
      ...(mongo && { mongodb: mongo.ping }),
      ...(elasticsearch && { elasticsearch: elasticsearch.ping }),
    },
    clients: [mongo, elasticsearch].flatMap((opened) => (opened ? [opened.client] : [])),
  }
}
