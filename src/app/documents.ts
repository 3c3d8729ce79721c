import type { Config } from '../config.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import type { MongoConnection } from '../platform/engines/mongo/connection.ts'
import type { DocumentEngine } from '../platform/storage/documents/engine.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import { postgresDocuments } from '../platform/storage/documents/postgres.ts'
import { routedDocuments, type ConfiguredEngine } from '../platform/storage/documents/routed.ts'

/** The read models, and the stores beside PostgreSQL that they are in. */
type OpenedDocuments = {
  readonly documents: DocumentStore & Search
  /** By name, how each store is asked whether it answers. */
  readonly probes: Readonly<Record<string, () => Promise<unknown>>>
}

/**
 * Opens the stores of read models that the configuration names; PostgreSQL holds those whose store is not named.
 * @param deps.onChange called when a store stops answering, and when it answers again
 * @param deps.parts closes the connections
 */
export const openDocuments = async (
  { mongoUrl, mongoUrlBefore }: Pick<Config, 'mongoUrl' | 'mongoUrlBefore'>,
  {
    database,
    onChange,
    parts,
  }: {
    readonly database: Database
    readonly onChange: (store: string, isUp: boolean, error?: unknown) => void
    readonly parts: AsyncDisposableStack
  },
): Promise<OpenedDocuments> => {
  const home = postgresDocuments(database)
  const url = mongoUrl ?? mongoUrlBefore
  if (url === undefined) return { documents: routedDocuments(home, {}), probes: {} }
  // Loaded only where it is used: the driver takes longer to load than all else of a start.
  const [{ openMongo }, { mongoEngine }] = await Promise.all([
    import('../platform/engines/mongo/connection.ts'),
    import('../platform/storage/documents/mongo.ts'),
  ])
  const connection: MongoConnection = parts.adopt(
    openMongo(url, { onChange: (isUp, error) => onChange('MongoDB', isUp, error) }),
    (it) => it.close(),
  )
  const mongo: ConfiguredEngine<DocumentEngine> = {
    engine: mongoEngine(connection),
    isCurrent: mongoUrl !== undefined,
  }
  return {
    documents: routedDocuments(home, { mongo }),
    probes: { mongodb: connection.ping },
  }
}
