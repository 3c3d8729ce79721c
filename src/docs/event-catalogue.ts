import { categoriesOf, type Category, type Declared, type DeclaredEvent } from './declared.ts'
import { fieldsOf } from './fields.ts'
import { table } from './table.ts'

const named = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

/** Who is told of an event, in a line each. */
const readersOf = ({ consumers: { readModels, sagas, jobs, sockets } }: DeclaredEvent): string => {
  const readers = [
    ['read models', readModels],
    ['sagas', sagas],
    ['jobs', jobs],
    ['sockets', sockets],
  ] as const
  const told = readers
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `${kind} ${named(names)}`)
  return told.length > 0 ? `Read by ${told.join('; ')}.` : 'Read by nobody but its own decider.'
}

const eventSection = (event: DeclaredEvent, emitter: string): string => {
  const { type, schema, version } = event
  const older =
    version > 1 ? ' (those of older versions are brought up to it as they are read)' : ''
  const fields = fieldsOf(schema)
  return [
    `### \`${type}\``,
    '',
    `Version ${version}${older}. Recorded by ${emitter}. ${readersOf(event)}`,
    '',
    fields.length === 0
      ? 'It has no fields: that it happened says all.'
      : table(
          ['Field', 'Holds', 'Rules', 'Marks'],
          fields.map(({ name, holds, rules, marks }) => [`\`${name}\``, holds, rules, marks]),
        ),
  ].join('\n')
}

const categorySection = ({ name, context, commands, events }: Category): string => {
  const emitter = `the ${context === undefined ? 'saga' : 'decider'} \`${name}\``
  const asked = commands.map(({ type, about, sagas }) => [`\`${type}\``, about, named(sagas)])
  return [
    `## \`${name}-<id>\``,
    '',
    context === undefined
      ? `The runs of the saga \`${name}\`, move by move.`
      : `Streams of the decider \`${name}\`, in the context **${context}**. It is asked by these commands:`,
    '',
    ...(asked.length > 0 ? [table(['Command', 'What for', 'Sent by sagas'], asked), ''] : []),
    events.map((event) => eventSection(event, emitter)).join('\n\n'),
  ].join('\n')
}

const overview = (categories: readonly Category[]): string =>
  table(
    ['Streams', 'Context', 'Events'],
    categories.map(({ name, context, events }) => [
      `\`${name}-<id>\``,
      context ?? 'saga',
      events.map(({ type }) => `[${type}](#${type.toLowerCase()})`).join(', '),
    ]),
  )

/** The page of all events: their fields, who records them and who reads them. Markdown. */
export const eventCatalogue = (declared: Declared): string => {
  const categories = categoriesOf(declared)
  return [
    '# Events',
    '',
    'Written by `npm run docs` from the declarations. The same for programs: [events.json](events.json) (JSON Schema)',
    'and [asyncapi.json](asyncapi.json). How the contexts work together: [context-map.md](context-map.md).',
    '',
    'Fields with a question mark may be missing. Secret and personal ones hold `***` for analysts. Money is',
    '`{ amount, currency }`, the amount in minor units. A decider records an event when it takes one of its commands.',
    '',
    overview(categories),
    '',
    categories.map(categorySection).join('\n\n'),
    '',
  ].join('\n')
}
