import { buffer } from 'node:stream/consumers'
import { boundedCache } from '../../bounded-cache.ts'
import type { Row, Session } from '../../engines/postgres/database.ts'
import { Unavailable } from '../../unavailable.ts'
import type { Blobs } from '../blobs/port.ts'
import { eventsOf, sha256Of } from './archive-file.ts'
import { ArchiveDamaged, type Archive, type ArchiveReader, type ContentTexts } from './port.ts'

/** Content of archives that stays in memory, in bytes: 20 archives of the usual size. */
const usualCache = 64 * 1024 * 1024

/** Memory that an event takes beside its texts, in bytes. */
const perEvent = 200

type Content = ReadonlyMap<bigint, ContentTexts>

/** About the memory of an archive, in bytes. */
const sizeOf = (content: Content): number => {
  let bytes = 1
  for (const { data, metadata, original } of content.values())
    bytes += perEvent + data.length + metadata.length + original.length
  return bytes
}

/** Reads the bytes of an archive. @throws ArchiveDamaged when they are not those that were archived */
export const bytesOf = async (
  blobs: Pick<Blobs, 'read'>,
  { key, sha256 }: Pick<Archive, 'key' | 'sha256'>,
): Promise<Buffer> => {
  const stream = await blobs.read(key)
  if (!stream) throw new ArchiveDamaged(`The archive ${key} is not in the blob store.`)
  const bytes = await buffer(stream)
  if (sha256Of(bytes) !== sha256)
    throw new ArchiveDamaged(
      `The archive ${key} in the blob store is not the one that was written.`,
    )
  return bytes
}

/**
 * Reads archives that are registered in PostgreSQL; those read last stay in memory.
 * @param blobs opens the blob store, when the first archived event is read
 * @param options.cached limit of the content that stays in memory, in bytes, default 64 MiB; a larger archive stays alone
 */
export const archiveReader = (
  database: Session,
  blobs: () => Promise<Pick<Blobs, 'read'>>,
  { cached = usualCache }: { readonly cached?: number } = {},
): ArchiveReader => {
  const cache = boundedCache<number, Content>(cached, sizeOf)
  const underWay = new Map<number, Promise<Content>>()
  const registered = async (number: number) => {
    const [row] = await database.query<Row & { key: string; sha256: string; restored: boolean }>({
      text: `SELECT key, encode(sha256, 'hex') AS sha256, restored_at IS NOT NULL AS restored
             FROM agora.archives WHERE number = $1`,
      values: [number],
    })
    return row
  }
  // The row of an event was read before its archive was restored: another reading finds the content there.
  const removed = (number: number, cause?: unknown): Unavailable =>
    new Unavailable(`Archive ${number} was restored and removed meanwhile`, { cause })
  const read = async (number: number): Promise<Content> => {
    const row = await registered(number)
    if (!row) throw removed(number)
    const bytes = await bytesOf(await blobs(), row).catch(async (error: unknown) => {
      if (!(error instanceof ArchiveDamaged)) throw error
      const now = await registered(number)
      throw !now || now.restored ? removed(number, error) : error
    })
    const content = new Map(
      (await eventsOf(bytes)).map(({ position, data, metadata, original }) => [
        position,
        { data, metadata, original },
      ]),
    )
    cache.set(number, content)
    return content
  }
  return {
    eventsIn: async (number) => {
      const known = cache.get(number) ?? underWay.get(number)
      if (known) return known
      const reading = read(number)
      underWay.set(number, reading)
      try {
        return await reading
      } finally {
        underWay.delete(number)
      }
    },
  }
}
