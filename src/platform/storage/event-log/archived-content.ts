import type { Metadata, Original } from '#kernel'
import { ArchiveDamaged, type ArchiveReader, type ContentTexts } from '../archives/port.ts'

/** Archives of a page that are read at the same time. */
const concurrency = 4

/** Where the content of an event is. */
type Place = {
  readonly position: bigint
  /** Number of its archive; null where its row has the content itself. */
  readonly archive: number | null
}

/**
 * Passes on the content of the archived events among some, as texts. Each archive is read once, however its events are
 * interleaved with others; those of few archives are in memory at the same time.
 * @param use called with the index of an event and its content, in no order
 * @throws ArchiveDamaged when an archive does not have an event
 * @throws Error without a reader
 */
export const eachArchived = async (
  places: readonly Place[],
  reader: ArchiveReader | undefined,
  use: (index: number, texts: ContentTexts) => void,
): Promise<void> => {
  const indices = new Map<number, number[]>()
  for (const [index, { archive, position }] of places.entries()) {
    if (archive === null) continue
    if (!reader)
      throw new Error(
        `The event at position ${position} is in archive ${archive}, whose store is not open`,
      )
    const others = indices.get(archive)
    if (others) others.push(index)
    else indices.set(archive, [index])
  }
  if (!reader) return
  const waiting = indices.entries()
  const readSome = async (): Promise<void> => {
    for (const [archive, own] of waiting) {
      const content = await reader.eventsIn(archive)
      for (const index of own) {
        const { position } = places[index]!
        const texts = content.get(position)
        if (!texts)
          throw new ArchiveDamaged(
            `Archive ${archive} does not have the event at position ${position}.`,
          )
        use(index, texts)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, indices.size) }, readSome))
}

const contentOf = ({
  data,
  metadata,
  original,
}: ContentTexts): {
  readonly data: unknown
  readonly metadata: Metadata
  readonly original: Original | null
} => ({
  data: JSON.parse(data) as unknown,
  // Recorded by this log.
  metadata: JSON.parse(metadata) as Metadata,
  original: original === '' ? null : (JSON.parse(original) as Original),
})

/** Rows with the content of archived events, in place of what they have. @throws as `eachArchived` */
export const withContent = async <R extends Place>(
  rows: readonly R[],
  reader: ArchiveReader | undefined,
): Promise<R[]> => {
  const whole = [...rows]
  await eachArchived(rows, reader, (index, texts) => {
    whole[index] = { ...rows[index]!, ...contentOf(texts) }
  })
  return whole
}
