import { Type, type Static } from 'typebox'
import type { Catalogue, RecordedEvent } from '#kernel'
import { knownMetadata } from './known-metadata.ts'

/** An event for analysts: personal and secret fields are masked. */
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

/** Masks the fields of an event that the catalogue declares personal or secret. */
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
