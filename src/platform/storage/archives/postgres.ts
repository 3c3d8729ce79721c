import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import type { Database, Row, Session } from '../../engines/postgres/database.ts'
import type { Blobs } from '../blobs/port.ts'
import { archiveOf, eventsOf, manifestOf, sha256Of } from './archive-file.ts'
import { archiveReader, bytesOf } from './blobs.ts'
import {
  ArchiveDamaged,
  type Archive,
  type ArchivedEvent,
  type Archives,
  type Candidate,
} from './port.ts'

/** Number of the advisory lock of those who move content: arbitrary, but the same in every process. */
const lock = 4_711_341

const columns = `number, key, manifest, streams, events, first, last, bytes, encode(sha256, 'hex') AS sha256, archived_at, restored_at`

type ArchiveRow = Row &
  Omit<Archive, 'bytes' | 'archivedAt' | 'restoredAt'> & {
    bytes: bigint
    archived_at: string
    restored_at: string | null
  }

const archiveOfRow = ({ archived_at, restored_at, bytes, ...row }: ArchiveRow): Archive => ({
  ...row,
  bytes: Number(bytes),
  archivedAt: archived_at,
  ...(restored_at !== null && { restoredAt: restored_at }),
})

/** The content of a row, as one text that is compared. */
const contentOfRow = `encode(sha256(convert_to(e.data::text || E'\\n' || e.metadata::text || E'\\n' || coalesce(e.original::text, ''), 'UTF8')), 'hex')`

const contentOf = ({ data, metadata, original }: ArchivedEvent): string =>
  sha256Of(Buffer.from(`${data}\n${metadata}\n${original}`))

const isSame = (one: ArchivedEvent, other: ArchivedEvent | undefined): boolean =>
  other !== undefined &&
  contentOf(one) === contentOf(other) &&
  one.position === other.position &&
  one.stream === other.stream &&
  one.revision === other.revision &&
  one.eventId === other.eventId &&
  one.type === other.type &&
  one.at === other.at

async function* chunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Stores bytes under a key, and reads them again. @throws ArchiveDamaged when others are read */
const writeVerified = async (blobs: Blobs, key: string, bytes: Buffer): Promise<Buffer> => {
  {
    await using staged = await blobs.stage(chunk(bytes))
    await staged.commit(key)
  }
  const stream = await blobs.read(key)
  const stored = stream && (await buffer(stream))
  if (!stored?.equals(bytes))
    throw new ArchiveDamaged(`The blob store did not return ${key} as it was written.`)
  return stored
}

/** Archives of the log in PostgreSQL (`infra/postgres/341-archives.sql`). */
export const postgresArchives = (database: Database, blobs: Blobs): Archives => {
  /** Runs a transaction that moves content, one at a time over all processes. */
  const moving = <T>(work: (session: Session) => Promise<T>): Promise<T> =>
    database.transaction(async (session) => {
      await session.query(`SELECT pg_advisory_xact_lock(${lock})`)
      return work(session)
    })

  return {
    ...archiveReader(database, async () => blobs),

    list: async () =>
      (
        await database.query<ArchiveRow>(`SELECT ${columns} FROM agora.archives ORDER BY number`)
      ).map(archiveOfRow),

    candidates: async ({ category, after, before, limit }) => {
      const rows = await database.query<Row & Candidate>({
        text: `SELECT e.stream, e.position, last.revision + 1 AS events
               FROM agora.events e
               CROSS JOIN LATERAL (
                 SELECT revision, at FROM agora.events l WHERE l.stream = e.stream
                 ORDER BY revision DESC LIMIT 1
               ) last
               WHERE e.revision = 0 AND split_part(e.stream, '-', 1) = $1 AND e.position > $2
                 AND e.archive IS NULL AND last.at < $3::timestamptz
               ORDER BY e.position LIMIT $4`,
        values: [category, after, before, limit],
      })
      return rows.map(({ stream, events, position }) => ({ stream, events, position }))
    },

    archive: async (streams) => {
      const rows = await database.query<
        Row & Omit<ArchivedEvent, 'eventId'> & { event_id: string }
      >({
        text: `SELECT position, stream, revision, event_id, type, at::text AS at, data::text AS data,
                 metadata::text AS metadata, coalesce(original::text, '') AS original
               FROM agora.events WHERE stream = ANY ($1) AND archive IS NULL ORDER BY position`,
        values: [streams],
      })
      const events = rows.map(({ event_id, ...row }): ArchivedEvent => ({
        ...row,
        eventId: event_id,
      }))
      const [first, last] = [events[0], events.at(-1)]
      if (!first || !last) return undefined
      const [drawn] = await database.query<{ number: number }>(
        `SELECT nextval('agora.archive_numbers')::integer AS number`,
      )
      const bytes = await archiveOf(events)
      // Several Agoras may share a blob store.
      const key = `archive-${drawn!.number}-${randomUUID()}.ndjson.gz`
      const archive = { number: drawn!.number, key, bytes: bytes.length, sha256: sha256Of(bytes) }
      const manifest = key.replace('.ndjson.gz', '.manifest.json')
      const stored = await eventsOf(await writeVerified(blobs, key, bytes))
      if (stored.length !== events.length || !events.every((one, at) => isSame(one, stored[at])))
        throw new ArchiveDamaged(`The archive ${key} does not have the events as they are stored.`)
      await writeVerified(blobs, manifest, manifestOf(archive, events))
      // Whatever ends before this leaves two blobs that nothing names; nothing is missing in the log.
      return moving(async (session) => {
        const moved = await session.query({
          text: `UPDATE agora.events e SET data = '{}', metadata = '{}', original = NULL, archive = $1
                 FROM unnest($2::bigint[], $3::text[]) AS a(position, content)
                 WHERE e.position = a.position AND e.archive IS NULL AND ${contentOfRow} = a.content
                 RETURNING 1`,
          values: [archive.number, events.map(({ position }) => position), events.map(contentOf)],
        })
        if (moved.length !== events.length)
          throw new ArchiveDamaged('The events were changed meanwhile; nothing was archived.')
        const [row] = await session.query<ArchiveRow>({
          text: `INSERT INTO agora.archives (number, key, manifest, streams, events, first, last, bytes, sha256)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, decode($9, 'hex')) RETURNING ${columns}`,
          values: [
            archive.number,
            key,
            manifest,
            new Set(events.map(({ stream }) => stream)).size,
            events.length,
            first.position,
            last.position,
            archive.bytes,
            archive.sha256,
          ],
        })
        return archiveOfRow(row!)
      })
    },

    restore: async (number) => {
      const [row] = await database.query<ArchiveRow>({
        text: `SELECT ${columns} FROM agora.archives WHERE number = $1 AND restored_at IS NULL`,
        values: [number],
      })
      if (!row) return undefined
      const archive = archiveOfRow(row)
      const events = await eventsOf(await bytesOf(blobs, archive))
      return moving(async (session) => {
        const moved = await session.query({
          text: `UPDATE agora.events e SET data = a.data::jsonb, metadata = a.metadata::jsonb,
                   original = nullif(a.original, '')::jsonb, archive = NULL
                 FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) AS a(position, data, metadata, original)
                 WHERE e.position = a.position AND e.archive = $1 RETURNING 1`,
          values: [
            number,
            events.map(({ position }) => position),
            events.map(({ data }) => data),
            events.map(({ metadata }) => metadata),
            events.map(({ original }) => original),
          ],
        })
        if (moved.length !== archive.events)
          throw new ArchiveDamaged(
            `Archive ${number} does not have the events that it was registered with; nothing was restored.`,
          )
        const [restored] = await session.query<ArchiveRow>({
          text: `UPDATE agora.archives SET restored_at = clock_timestamp() WHERE number = $1 RETURNING ${columns}`,
          values: [number],
        })
        return archiveOfRow(restored!)
      })
    },

    removeRestored: async () => {
      const rows = await database.query<ArchiveRow>(
        `SELECT ${columns} FROM agora.archives WHERE restored_at IS NOT NULL ORDER BY number`,
      )
      const removed = rows.map(archiveOfRow)
      for (const { number, key, manifest } of removed) {
        // The row goes last, so that an interrupted removal is found again.
        await blobs.remove(key)
        await blobs.remove(manifest)
        await database.query({
          text: 'DELETE FROM agora.archives WHERE number = $1',
          values: [number],
        })
      }
      return removed
    },
  }
}
