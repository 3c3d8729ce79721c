import { categoriesOf, type Declared } from './declared.ts'
import { jsonSchemaOf } from './json-schema.ts'
import { EnvelopeSchema } from './metadata.ts'

const dialect = 'https://json-schema.org/draft/2020-12/schema'

/** Every event as a program reads it: its schema (JSON Schema), who records it, who reads it. */
export const eventSchemas = (declared: Declared): object => ({
  description:
    'Every event of Agora, written by "npm run docs" from the declarations. Fields with x-secret or x-personal ' +
    'hold *** for analysts; those with x-money are amounts in minor units with their currency.',
  envelope: { $schema: dialect, title: 'Event', ...jsonSchemaOf(EnvelopeSchema) },
  events: Object.fromEntries(
    categoriesOf(declared).flatMap(({ name, context, events }) =>
      events.map(({ type, schema, version, consumers }) => [
        type,
        {
          category: name,
          emitter: context === undefined ? { saga: name } : { context, decider: name },
          version,
          consumers,
          data: { $schema: dialect, title: type, ...jsonSchemaOf(schema) },
        },
      ]),
    ),
  ),
})
