import { randomUUID } from 'node:crypto'
import pg from 'pg'

/** An event of the raw insert. */
type Row = { readonly stream: string; readonly data: string; readonly metadata: string }

/** A hand-written append without any checks. */
export type RawInsert = AsyncDisposable & {
  /** Inserts one event of a new stream; resolves once it is durable. */
  readonly insert: () => Promise<void>
}

const connections = 2
/** Most inserts of one statement. */
const mostInserts = 256

/**
 * The fastest way to insert single events into PostgreSQL, as the reference of commands: concurrent inserts share one
 * INSERT … unnest, over two connections.
 */
export const rawInsert = async (url: string): Promise<RawInsert> => {
  const clients = Array.from(
    { length: connections },
    () => new pg.Client({ connectionString: url }),
  )
  await Promise.all(clients.map((client) => client.connect()))
  await clients[0]!.query(`CREATE TABLE raw_events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text COLLATE "C" NOT NULL, revision integer NOT NULL,
    event_id uuid NOT NULL, type text COLLATE "C" NOT NULL, data jsonb NOT NULL, metadata jsonb NOT NULL,
    at timestamptz NOT NULL, UNIQUE (stream, revision))`)

  const waiting: { row: Row; resolve: () => void; reject: (error: unknown) => void }[] = []
  const free = [...clients]
  const send = async (client: pg.Client): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, mostInserts)
      try {
        await client.query({
          name: 'insert',
          text: `INSERT INTO raw_events (stream, revision, event_id, type, data, metadata, at)
                 SELECT stream, 0, id, 'StockAdjusted', data, metadata, now()
                 FROM unnest($1::text[], $2::uuid[], $3::jsonb[], $4::jsonb[]) AS e(stream, id, data, metadata)`,
          values: [
            batch.map(({ row }) => row.stream),
            batch.map(() => randomUUID()),
            batch.map(({ row }) => row.data),
            batch.map(({ row }) => row.metadata),
          ],
        })
        batch.forEach(({ resolve }) => resolve())
      } catch (error) {
        batch.forEach(({ reject }) => reject(error))
      }
    }
    free.push(client)
  }

  return {
    insert: () =>
      new Promise((resolve, reject) => {
        const id = randomUUID()
        const row = {
          stream: `inventory-${id}`,
          data: JSON.stringify({ quantity: 1_000, delta: 1, reason: 'bench' }),
          metadata: JSON.stringify({
            correlationId: id,
            causationId: id,
            commandId: id,
            actorId: id,
            schemaVersion: 1,
          }),
        }
        waiting.push({ row, resolve, reject })
        const client = free.pop()
        // Inserts of the same turn of the event loop join the batch.
        if (client) setImmediate(() => void send(client))
      }),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client.end()))
    },
  }
}
