import { categoriesOf, type Category, type Declared } from './declared.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { Parts } from './socket-channels.ts'

const channelOf = ({ name }: Category): string => `${name}Events`

/** Channels of the event log: one for each category of streams, with every event type that its streams may hold. */
export const logChannels = (declared: Declared): Parts => {
  const categories = categoriesOf(declared)
  return {
    channels: Object.fromEntries(
      categories.map((category) => [
        channelOf(category),
        {
          address: `${category.name}-{id}`,
          title: `Streams of ${category.name}`,
          description:
            category.context === undefined
              ? `Runs of the saga ${category.name}.`
              : `Events of the decider ${category.name}, in the context ${category.context}.`,
          servers: [{ $ref: '#/servers/log' }],
          parameters: { id: { description: 'Id of the subject of the stream.' } },
          messages: Object.fromEntries(
            category.events.map(({ type, schema, version, consumers }) => [
              type,
              {
                name: type,
                title: type,
                headers: { $ref: '#/components/schemas/EventMetadata' },
                payload: jsonSchemaOf(schema),
                correlationId: { location: '$message.header#/$correlationId' },
                'x-schema-version': version,
                'x-consumers': consumers,
              },
            ]),
          ),
        },
      ]),
    ),
    operations: Object.fromEntries(
      categories.map((category) => [
        `${channelOf(category)}.tell`,
        {
          action: 'send',
          summary: `Events of the streams of ${category.name}.`,
          channel: { $ref: `#/channels/${channelOf(category)}` },
        },
      ]),
    ),
  }
}
