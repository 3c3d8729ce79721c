import { idOf, type Metadata, type Original, type RecordedEvent } from '#kernel'
import { isoOf } from '../../engines/postgres/database.ts'

/** The fields of an event that are not JSON. `at` is a time in PostgreSQL's format. */
export type Head = {
  readonly position: bigint
  readonly stream: string
  readonly revision: number
  readonly eventId: string
  readonly type: string
  readonly at: string
}

/** Consecutive events of a log, with their JSON as text, one line for each event: the JSON contains no line feeds. */
export type TextPage = {
  /** One for each event, in order; not empty. */
  readonly heads: readonly Head[]
  readonly data: string
  readonly metadata: string
  /** Empty lines for events without an original. */
  readonly original: string
}

/** Parses JSON values, one in each line. */
const valuesOf = (lines: string): readonly unknown[] =>
  JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as readonly unknown[]

/** Parses the events of a page. */
export const eventsOfTexts = (page: TextPage): readonly RecordedEvent[] => {
  const data = valuesOf(page.data)
  const metadata = valuesOf(page.metadata) as readonly Metadata[]
  const hasOriginals = page.original.length >= page.heads.length
  const originals = hasOriginals ? page.original.split('\n') : []
  return page.heads.map(({ at, ...head }, index) => {
    const original = originals[index]
    return {
      ...head,
      id: idOf(head.stream),
      at: isoOf(at),
      data: data[index],
      metadata: metadata[index]!,
      ...(original && { original: JSON.parse(original) as Original }),
    }
  })
}

/**
 * Whether two pages have the same events, at whatever positions. The text of a jsonb value of PostgreSQL is unchanged when it is
 * parsed and written again, so copies have equal texts.
 */
export const areSameTexts = (one: TextPage, other: TextPage): boolean =>
  one.heads.length === other.heads.length &&
  one.data === other.data &&
  one.metadata === other.metadata &&
  one.original === other.original &&
  one.heads.every((head, index) => {
    const there = other.heads[index]!
    return (
      head.eventId === there.eventId &&
      head.stream === there.stream &&
      head.revision === there.revision &&
      head.type === there.type &&
      head.at === there.at
    )
  })
