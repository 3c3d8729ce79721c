import { Type, type TSchema } from 'typebox'
import { Fields, Timestamp, type Metadata } from '#kernel'
import type { LogEvent } from '../platform/storage/event-log/masked-event.ts'
import type { WireMetadata } from '../platform/engines/eventstoredb/wire.ts'

const correlationId = Type.String({
  description: 'Shared by everything that one request set off.',
})
const causationId = Type.String({
  description: 'What directly caused the event: an event that a saga reacted to, or the request.',
})
const rest = {
  commandId: Type.String({ description: 'The command that was decided.' }),
  actorId: Type.String({ description: "Who asked: a user's id, or the name of a part of Agora." }),
  schemaVersion: Type.Integer({
    minimum: 1,
    description: 'Which version of its schema the event was recorded under.',
  }),
}

/** How an event came to be, as HTTP and exports tell it. */
const MetadataSchema = Fields({
  correlationId,
  causationId,
  ...rest,
} satisfies Record<keyof Metadata, TSchema>)

/** How an event came to be, as EventStoreDB keeps it. */
export const WireMetadataSchema = Fields({
  $correlationId: correlationId,
  $causationId: causationId,
  ...rest,
  occurredAt: Timestamp,
} satisfies Record<keyof WireMetadata, TSchema>)

/** What is around an event's data, as HTTP and exports tell it. */
export const EnvelopeSchema = Fields({
  eventId: Type.String({ format: 'uuid' }),
  stream: Type.String({ description: '`<category>-<id>`' }),
  type: Type.String(),
  revision: Type.Integer({ minimum: 0, description: 'Its place in its stream.' }),
  position: Type.String({ pattern: '^[0-9]+$', description: 'Its place in the whole log.' }),
  at: Timestamp,
  data: Type.Unknown({ description: 'As the schema of its type says.' }),
  metadata: MetadataSchema,
} satisfies Record<keyof LogEvent, TSchema>)
