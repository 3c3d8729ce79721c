import { categoriesOf, type Category, type Declared } from './declared.ts'
import { jsonSchemaOf } from './json-schema.ts'
import type { Parts } from './socket-channels.ts'

const channelOf = ({ name }: Category): string => `${name}Events`

/** The categories of the event log: a channel each, with every event that its streams may hold. */
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
              ? `The runs of the saga ${category.name}.`
              : `The facts of the decider ${category.name}, in the context ${category.context}.`,
          servers: [{ $ref: '#/servers/log' }],
          parameters: { id: { description: 'Whom the stream is about.' } },
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
          summary: `Tell what happens in streams of ${category.name}.`,
          channel: { $ref: `#/channels/${channelOf(category)}` },
        },
      ]),
    ),
  }
}
