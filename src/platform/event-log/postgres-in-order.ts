import type { RecordedEvent } from '#kernel'
import type { Database } from '../postgres/database.ts'

/** One statement holds at most so many bytes of events, unless one alone is larger. */
const mostBytes = 8 * 1024 * 1024

/** An event, and its columns as one JSON object: a batch is a single parameter, which costs less than ten arrays. */
type Row = { readonly event: RecordedEvent; readonly json: string }

const rowOf = (event: RecordedEvent): Row => {
  const { stream, revision, eventId: id, type, data, metadata, original, at } = event
  return {
    event,
    json: JSON.stringify({ stream, revision, id, type, data, metadata, original, at }),
  }
}

/** Neighbours, together as far as one statement may hold them. */
const batchesOf = (events: readonly RecordedEvent[]): readonly (readonly Row[])[] => {
  const batches: Row[][] = []
  let bytes = 0
  for (const event of events) {
    const row = rowOf(event)
    const size = Buffer.byteLength(row.json)
    const batch = batches.at(-1)
    const fits = batch !== undefined && bytes + size <= mostBytes
    if (fits) batch.push(row)
    else batches.push([row])
    bytes = fits ? bytes + size : size
  }
  return batches
}

/** Where each stream must stand for these to follow; undefined where they do not even follow each other. */
const standsOf = (rows: readonly Row[]): ReadonlyMap<string, number> | undefined => {
  const stands = new Map<string, number>()
  const reached = new Map<string, number>()
  for (const { event } of rows) {
    const { stream, revision } = event
    const current = reached.get(stream)
    if (current === undefined) stands.set(stream, revision - 1)
    else if (revision !== current + 1) return undefined
    reached.set(stream, revision)
  }
  return stands
}

/**
 * Records copies of events, of however many streams, in exactly the order they are given, which appends that share a
 * commit do not promise. Each keeps its id, its revision and its time.
 * @param database of the log
 * @returns a function that takes events and the position after which they are to be: that of the log's last event. It
 *   gives the position of the last one then; undefined, with nothing recorded of the batch, when the log does not end
 *   there or a stream does not go on there
 */
export const recordInOrder = (database: Database) => {
  const record = async (rows: readonly Row[], after: bigint): Promise<bigint | undefined> => {
    const stands = standsOf(rows)
    if (!stands) return undefined
    const [recorded] = await database.query<{ position: bigint }>({
      name: 'record-in-order',
      // Whoever waited for the head while another recorded finds it elsewhere, and records nothing.
      text: `WITH turn AS (
               UPDATE agora.head SET position = position + $4
               WHERE position = $1 AND NOT EXISTS (
                 SELECT FROM unnest($2::text[], $3::integer[]) AS s(stream, revision)
                 WHERE s.revision <> coalesce((SELECT e.revision FROM agora.events e WHERE e.stream = s.stream
                                               ORDER BY e.revision DESC LIMIT 1), -1))
               RETURNING position, listeners
             ), recorded AS (
               INSERT INTO agora.events (position, stream, revision, event_id, type, data, metadata, original, at)
               -- The JSON null of a field is read as no value.
               SELECT $1 + e.nth, e.stream, e.revision, e.id, e.type, coalesce(e.data, 'null'), e.metadata, e.original, e.at
               FROM turn, ROWS FROM (
                 json_to_recordset($5::json) AS (stream text, revision integer, id uuid, type text, data jsonb,
                                                 metadata jsonb, original jsonb, at timestamptz)
               ) WITH ORDINALITY AS e(stream, revision, id, type, data, metadata, original, at, nth)
             )
             SELECT position, CASE WHEN listeners <> '{}' THEN pg_notify('agora_events', position::text) END FROM turn`,
      values: [
        after,
        [...stands.keys()],
        [...stands.values()],
        rows.length,
        `[${rows.map(({ json }) => json).join(',')}]`,
      ],
    })
    return recorded?.position
  }

  return async (events: readonly RecordedEvent[], after: bigint): Promise<bigint | undefined> => {
    let position: bigint | undefined = after
    for (const batch of batchesOf(events)) {
      position = await record(batch, position)
      if (position === undefined) return undefined
    }
    return position
  }
}
