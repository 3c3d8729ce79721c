import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { idOf, type RecordedEvent } from '#kernel/message'
import type { MaskedEvent } from './answers.ts'

const text = Type.Optional(Type.String())
const KnownMetadata = Type.Object({
  correlationId: text,
  causationId: text,
  commandId: text,
  actorId: text,
  schemaVersion: Type.Optional(Type.Integer()),
})

/** Metadata of an event; empty where another program than Agora appended it. */
export const metadataOf = ({ metadata }: MaskedEvent): Static<typeof KnownMetadata> =>
  Check(KnownMetadata, metadata) ? metadata : {}

/** Converts a masked event to the form that projections take. Its data stays masked. */
export const recordedOf = (event: MaskedEvent): RecordedEvent => ({
  eventId: event.eventId,
  stream: event.stream,
  id: idOf(event.stream),
  type: event.type,
  revision: event.revision,
  position: BigInt(event.position),
  at: event.at,
  data: event.data,
  metadata: {
    correlationId: '',
    causationId: '',
    commandId: '',
    actorId: '',
    schemaVersion: 1,
    ...metadataOf(event),
  },
})
