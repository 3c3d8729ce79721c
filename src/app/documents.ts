import { messageOf } from '#kernel/error-message'
import { BadConfig, type Config } from '../config.ts'
import type { Database } from '../platform/engines/postgres/database.ts'
import type { MongoConnection } from '../platform/engines/mongo/connection.ts'
import type { DocumentEngine } from '../platform/storage/documents/engine.ts'
import type { DocumentStore } from '../platform/storage/documents/port.ts'
import type { Search } from '../platform/storage/search/port.ts'
import { postgresDocuments } from '../platform/storage/documents/postgres.ts'
import { routedDocuments, type ConfiguredEngine } from '../platform/storage/documents/routed.ts'

/** The document store, and pings of the stores other than PostgreSQL. */
type OpenedDocuments = {
  readonly documents: DocumentStore & Search
  /** Pings of the stores, by name. */
  readonly probes: Readonly<Record<string, () => Promise<unknown>>>
}

/**
 * Opens the configured stores of read models; PostgreSQL has the read models whose store is not configured.
 * @param deps.onChange called when a store stops answering, and when it answers again
 * @param deps.parts closes the connections
 * @throws BadConfig when the URL is invalid
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
  // Imported only where it is used: importing the driver takes longer than the rest of a start.
  const [{ openMongo }, { mongoEngine }] = await Promise.all([
    import('../platform/engines/mongo/connection.ts'),
    import('../platform/storage/documents/mongo.ts'),
  ])
  const open = (): MongoConnection => {
    try {
      return openMongo(url, { onChange: (isUp, error) => onChange('MongoDB', isUp, error) })
    } catch (error) {
      const variable = mongoUrl === undefined ? 'MONGO_URL_BEFORE' : 'MONGO_URL'
      throw new BadConfig(`The environment is invalid: ${variable}. ${messageOf(error)}`)
    }
  }
  const connection = parts.adopt(open(), (it) => it.close())
  const mongo: ConfiguredEngine<DocumentEngine> = {
    engine: mongoEngine(connection),
    isCurrent: mongoUrl !== undefined,
  }
  return {
    documents: routedDocuments(home, { mongo }),
    probes: { mongodb: connection.ping },
  }
}
