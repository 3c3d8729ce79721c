import { Type, type Static } from 'typebox'
import type { Catalogue, RecordedEvent } from '#kernel'
import { knownMetadata } from './known-metadata.ts'

/** An event as analysts see it: secrets and persons are masked. */
export const LogEvent = Type.Object({
  eventId: Type.String(),
  stream: Type.String(),
  type: Type.String(),
  revision: Type.Integer(),
  position: Type.String(),
  at: Type.String({ format: 'date-time' }),
  data: Type.Unknown(),
  metadata: Type.Unknown(),
})
export type LogEvent = Static<typeof LogEvent>

/** An event as it is told to analysts, with what a catalogue marks masked. */
export const maskedEvent = (
  { masked, streamTold }: Pick<Catalogue, 'masked' | 'streamTold'>,
  { eventId, stream, type, revision, position, at, data, metadata }: RecordedEvent,
): LogEvent => ({
  eventId,
  stream: streamTold(stream),
  type,
  revision,
  position: String(position),
  at,
  data: masked(type, data, metadata.schemaVersion),
  metadata: knownMetadata(metadata),
})
