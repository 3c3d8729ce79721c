import type { Metadata } from '#kernel'

/**
 * Metadata of Agora's events in EventStoreDB. Correlation and causation have the names that its own tools use (EventStoreDB
 * server documentation, "System events and streams").
 */
export type WireMetadata = {
  readonly $correlationId: string
  readonly $causationId: string
  readonly commandId: string
  readonly actorId: string
  readonly schemaVersion: number
  /** When the event was first recorded, ISO 8601; the server's own time is that of the copy if the event was copied. */
  readonly occurredAt: string
}

/** Converts an event's metadata for EventStoreDB. @param at when the event was recorded, ISO 8601 */
export const toWire = (metadata: Metadata, at: string): WireMetadata => {
  const { correlationId, causationId, ...rest } = metadata
  return { $correlationId: correlationId, $causationId: causationId, ...rest, occurredAt: at }
}

const textOf = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise

/** Whether a value is a valid version, in 32 bits as exports store it. */
const isVersion = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value < 2 ** 31

/** Whether a value is a time in the format of the logs, which do not support the year 0. */
const isTime = (value: unknown): value is string =>
  typeof value === 'string' &&
  /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
  !Number.isNaN(Date.parse(value)) &&
  new Date(value).toISOString() === value

/**
 * Parses the metadata of an event in EventStoreDB. Events of other programs lack parts: their own id stands in for
 * correlation, causation and command, and their version is 1.
 * @param eventId id of the event
 * @param wire the metadata as read
 * @returns the metadata; when the event was first recorded, if known; and whether no part had to be filled in
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
