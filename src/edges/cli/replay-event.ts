import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { idOf, type RecordedEvent } from '#kernel/message'
import type { MaskedEvent } from './answers.ts'

const text = Type.Optional(Type.String())
const Known = Type.Object({
  correlationId: text,
  causationId: text,
  commandId: text,
  actorId: text,
  schemaVersion: Type.Optional(Type.Integer()),
})

/** What is known of how an event came to be; nothing, where the log has it from somebody else than Agora. */
export const metadataOf = ({ metadata }: MaskedEvent): Static<typeof Known> =>
  Check(Known, metadata) ? metadata : {}

/** An event that was read for analysts, as rules take it. Its data stays masked. */
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
