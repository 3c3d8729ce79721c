import { categoriesOf, contextByDecider, type Category, type Declared } from './declared.ts'
import { boxId, flowchart, type Arrow } from './mermaid.ts'
import { sagaSection } from './saga-section.ts'
import { table } from './table.ts'

const distinct = (names: readonly (string | undefined)[]): readonly string[] => [
  ...new Set(names.filter((name) => name !== undefined)),
]

const commas = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ')

/** The categories of streams that some event types are found in. */
const among = (categories: readonly Category[], types: readonly string[]) =>
  categories.filter(({ events }) => events.some(({ type }) => types.includes(type)))

/** Contexts, the sagas between them, and the read models that they feed. */
const overview = (declared: Declared, categories: readonly Category[]): string => {
  const { contexts, sagas, projections } = declared
  const homes = contextByDecider(declared)
  const contextOf = (context: string): string => boxId('context', context)
  const reading: readonly Arrow[] = sagas.flatMap(({ name, reads }) =>
    distinct(among(categories, reads).map(({ context }) => context)).map((context) => ({
      from: contextOf(context),
      to: boxId('saga', name),
    })),
  )
  const sending: readonly Arrow[] = sagas.flatMap(({ name, to }) =>
    distinct(to.map((decider) => homes.get(decider.name))).map((context) => ({
      from: boxId('saga', name),
      to: contextOf(context),
      style: 'thick',
    })),
  )
  const feeding: readonly Arrow[] = projections.flatMap(({ name, reads }) => {
    const sources = among(categories, reads)
    const from = [
      ...distinct(sources.map(({ context }) => context)).map(contextOf),
      ...sources.filter(({ context }) => context === undefined).map((it) => boxId('saga', it.name)),
    ]
    return from.map((source) => ({ from: source, to: boxId('model', name), style: 'dotted' }))
  })
  return flowchart({
    groups: [
      {
        id: 'contexts',
        title: 'Contexts',
        boxes: Object.keys(contexts).map((context) => ({
          id: contextOf(context),
          label: context,
          shape: 'box',
        })),
      },
      {
        id: 'sagas',
        title: 'Sagas',
        boxes: sagas.map(({ name }) => ({
          id: boxId('saga', name),
          label: name,
          shape: 'process',
        })),
      },
      {
        id: 'models',
        title: 'Read models',
        boxes: projections.map(({ name }) => ({
          id: boxId('model', name),
          label: name,
          shape: 'store',
        })),
      },
    ],
    arrows: [...reading, ...sending, ...feeding],
  })
}

/** The page of how contexts work together: who reads whose events, and who is sent which commands. Markdown. */
export const contextMap = (declared: Declared): string => {
  const { contexts, sagas, projections, jobs, sockets } = declared
  const categories = categoriesOf(declared)
  const from = (types: readonly string[]): string =>
    among(categories, types)
      .map(({ name, context }) => (context === undefined ? `${name} (saga)` : context))
      .filter((name, at, all) => all.indexOf(name) === at)
      .join(', ')
  return [
    '# Context map',
    '',
    'Written by `npm run docs` from the declarations. Contexts share ids and nothing else: they meet in sagas, which act,',
    'and in read models, which show. Each event is described in [events.md](events.md).',
    '',
    'A thin arrow is read by, a thick one sends commands to, a dotted one feeds.',
    '',
    overview(declared, categories),
    '',
    '## Contexts',
    '',
    table(
      ['Context', 'Deciders', 'Commands', 'Events'],
      Object.entries(contexts).map(([context, deciders]) => [
        context,
        commas(deciders.map(({ name }) => name)),
        String(deciders.flatMap(({ commands }) => Object.keys(commands)).length),
        String(deciders.flatMap(({ events }) => Object.keys(events)).length),
      ]),
    ),
    '',
    '## Sagas',
    '',
    sagas.map((saga) => sagaSection(saga, declared)).join('\n\n'),
    '',
    '## Read models',
    '',
    table(
      ['Read model', 'Version', 'Kept in', 'Fed by', 'Events'],
      projections.map(({ name, version, store, reads }) => [
        `\`${name}\``,
        String(version),
        store,
        from(reads),
        commas(reads),
      ]),
    ),
    '',
    '## Jobs',
    '',
    'The effects on the outside world. Each reports back by a command.',
    '',
    table(
      ['Job', 'Asked for by', 'Events'],
      jobs.map(({ name, reads }) => [`\`${name}\``, from(reads), commas(reads)]),
    ),
    '',
    '## Sockets',
    '',
    'What clients are told while it happens. Every message is described in [asyncapi.json](asyncapi.json).',
    '',
    table(
      ['Namespace', 'Message', 'Told after events of', 'Events'],
      Object.entries(sockets).flatMap(([namespace, { server }]) =>
        Object.entries(server).map(([name, { after }]) => [
          `\`${namespace}\``,
          `\`${name}\``,
          after.length === 0 ? 'whatever is asked for' : from(after),
          commas(after),
        ]),
      ),
    ),
    '',
  ].join('\n')
}
