import type { Head } from '../event-log/text-page.ts'

/** The content of an event as JSON texts, exactly as PostgreSQL stores it: personal data stay encrypted. */
export type ContentTexts = {
  readonly data: string
  readonly metadata: string
  /** Empty without an original. */
  readonly original: string
}

/** An event in an archive. */
export type ArchivedEvent = Head & ContentTexts

/** An archive: the content of events of closed streams, in the blob store. */
export type Archive = {
  readonly number: number
  /** Key of the blob with the events. */
  readonly key: string
  /** Key of the blob with the manifest. */
  readonly manifest: string
  readonly streams: number
  readonly events: number
  /** Positions of the first and of the last event. */
  readonly first: bigint
  readonly last: bigint
  /** Size of the blob with the events, in bytes. */
  readonly bytes: number
  /** SHA-256 of the blob with the events, 64 hex digits. */
  readonly sha256: string
  /** ISO 8601, UTC. */
  readonly archivedAt: string
  /** When the content was put back into the log, ISO 8601, UTC; the blobs stay until they are removed. */
  readonly restoredAt?: string
}

/** Reads what was archived. */
export type ArchiveReader = {
  /**
   * Returns the events of an archive, by position. Each call may read the archive from the blob store.
   * @throws ArchiveDamaged when the blob is missing, or is not the one that was archived; Unavailable, also where the
   *   archive was restored and removed after the row of the event was read
   */
  readonly eventsIn: (archive: number) => Promise<ReadonlyMap<bigint, ContentTexts>>
}

/** Range of streams that may be archived. */
export type ClosedRange = {
  readonly category: string
  /** Position after which the streams begin. */
  readonly after: bigint
  /** Only streams whose last event was recorded before, ISO 8601. */
  readonly before: string
  readonly limit: number
}

/** A stream that may be archived. */
export type Candidate = {
  readonly stream: string
  readonly events: number
  /** Position of its first event. */
  readonly position: bigint
}

/** Moves the content of events to the blob store, and back. Everything throws `Unavailable` in an outage. */
export type Archives = ArchiveReader & {
  /** Returns the archives, oldest first, with those that were restored and not removed. */
  readonly list: () => Promise<readonly Archive[]>
  /** Returns streams of which nothing was archived, by the position of their first event. */
  readonly candidates: (range: ClosedRange) => Promise<readonly Candidate[]>
  /**
   * Archives all events of streams that are not archived yet: writes them and their manifest to the blob store, reads both
   * again, and only then takes the content out of the rows, in one transaction.
   * @returns undefined when there was nothing to archive
   * @throws ArchiveDamaged when the blob store does not return what was written; OutOfSpace
   */
  readonly archive: (streams: readonly string[]) => Promise<Archive | undefined>
  /**
   * Puts the content of an archive back into the rows, in one transaction. Its blobs stay, for backups and copies of the
   * database in which the rows are without content.
   * @returns undefined when there is no such archive, or it was restored before
   * @throws ArchiveDamaged
   */
  readonly restore: (archive: number) => Promise<Archive | undefined>
  /**
   * Removes the blobs of archives that were restored. A backup or copy of the database from before the restore cannot be
   * read any more.
   * @returns the removed archives
   */
  readonly removeRestored: () => Promise<readonly Archive[]>
}

/** What was archived of a category, or would be. */
export type ArchivedCategory = {
  readonly category: string
  readonly streams: number
  readonly events: number
}

/** An archive is missing in the blob store, or is not the one that was written. */
export class ArchiveDamaged extends Error {
  override name = 'ArchiveDamaged'
}
