import { idOf, type Metadata, type Original, type RecordedEvent } from '#kernel'
import { isoOf } from '../../engines/postgres/database.ts'

/** What of an event is not JSON. `at` is a text that PostgreSQL reads. */
export type Head = {
  readonly position: bigint
  readonly stream: string
  readonly revision: number
  readonly eventId: string
  readonly type: string
  readonly at: string
}

/** Neighbours in a log, with their JSON as text, one line an event: JSON without blanks has no line feed, jsonb neither. */
export type TextPage = {
  /** One an event, in order; not empty. */
  readonly heads: readonly Head[]
  readonly data: string
  readonly metadata: string
  /** Lines without text for events without an original. */
  readonly original: string
}

/** Values of JSON, one a line. */
const valuesOf = (lines: string): readonly unknown[] =>
  JSON.parse(`[${lines.replaceAll('\n', ',')}]`) as readonly unknown[]

/** The events of a page, parsed. */
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
 * Whether two pages that were read hold the same events, wherever those are in their logs. PostgreSQL writes a value of
 * jsonb that it was given as its own text in the same way again, so copies have equal texts.
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
