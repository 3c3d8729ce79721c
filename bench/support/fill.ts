import type { DocumentOf, Projection } from '#kernel'
import type { Database } from '../../src/platform/engines/postgres/database.ts'
import { postgresDocuments } from '../../src/platform/storage/documents/postgres.ts'

/** Number of documents per write. */
const batch = 2_000

/**
 * Writes documents into a read model alone, past the log, while nothing else writes it.
 * @param documents with their keys as `id`
 */
export const fill = async <P extends Projection<{ readonly id: string }>>(
  database: Database,
  projection: P,
  documents: readonly DocumentOf<P>[],
): Promise<void> => {
  const store = postgresDocuments(database)
  const generation = await store.live(projection)
  if (!generation) throw new Error(`The read model ${projection.name} is not there`)
  for (let at = 0; at < documents.length;) {
    const position = await store.position(generation)
    const part = documents.slice(at, at + batch).map((document): [string, unknown] => [
      // The constraint of the projection says so.
      (document as { readonly id: string }).id,
      document,
    ])
    const upserts = new Map(part)
    // Not written when its position was saved meanwhile.
    if (await store.write(generation, { from: position, to: position, upserts, deletes: [] }))
      at += batch
  }
}
