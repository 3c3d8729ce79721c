import type { Metadata } from '#kernel'

/**
 * What EventStoreDB keeps beside an event of ours. Correlation and causation have the names that its own tools follow
 * (EventStoreDB server documentation, "System events and streams").
 */
export type WireMetadata = {
  readonly $correlationId: string
  readonly $causationId: string
  readonly commandId: string
  readonly actorId: string
  readonly schemaVersion: number
  /** When it was recorded first, ISO 8601: the server's own time is that of a copy, where the event was copied. */
  readonly occurredAt: string
}

/** An event's metadata as EventStoreDB is given it. @param at when it was recorded, ISO 8601 */
export const toWire = (metadata: Metadata, at: string): WireMetadata => {
  const { correlationId, causationId, ...rest } = metadata
  return { $correlationId: correlationId, $causationId: causationId, ...rest, occurredAt: at }
}

const textOf = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise

/** A version that there can be, in 32 bits as exports keep it. */
const isVersion = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value < 2 ** 31

/** A moment that there is, as all logs write and keep it: none of them knows the year 0. */
const isTime = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString() === value

/**
 * The metadata of an event that EventStoreDB gives back. Events of other programs lack some of it: they count as
 * their own cause, under version 1.
 * @param eventId whose metadata it is
 * @param wire what was read
 * @returns the metadata; where it is known, when the event was recorded first; and whether nothing had to be filled in
 */
export const fromWire = (
  eventId: string,
  wire: unknown,
): {
  readonly metadata: Metadata
  readonly at: string | undefined
  readonly complete: boolean
} => {
  const given: Partial<Record<keyof WireMetadata, unknown>> =
    typeof wire === 'object' && wire !== null && !Array.isArray(wire) ? wire : {}
  const { $correlationId, $causationId, commandId, actorId, schemaVersion, occurredAt, ...rest } =
    given
  return {
    metadata: {
      ...rest,
      correlationId: textOf($correlationId, eventId),
      causationId: textOf($causationId, eventId),
      commandId: textOf(commandId, eventId),
      actorId: textOf(actorId, 'unknown'),
      schemaVersion: isVersion(schemaVersion) ? schemaVersion : 1,
    },
    at: isTime(occurredAt) ? occurredAt : undefined,
    complete:
      [$correlationId, $causationId, commandId, actorId].every((text) => textOf(text, '') !== '') &&
      isVersion(schemaVersion) &&
      isTime(occurredAt),
  }
}
