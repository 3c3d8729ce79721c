import { sagaEventTypes, type AnySaga, type Declaration } from '#kernel'
import { contextByDecider, type Declared } from './declared.ts'
import { boxId, flowchart, type Arrow } from './mermaid.ts'

const titled = ({ name }: Declaration, contexts: ReadonlyMap<string, string>): string => {
  const context = contexts.get(name)
  return context === undefined || context === name ? name : `${context}: ${name}`
}

/** Commands of a decider whose refusal the saga compensates. */
const compensated = (saga: AnySaga, { commands }: Declaration): readonly string[] =>
  saga.compensates.filter((type) => type in commands)

/** A saga as a section of Markdown: a diagram of the events it reads and the commands it sends. */
export const sagaSection = (saga: AnySaga, declared: Declared): string => {
  const { name, from, to, reads, subject } = saga
  const contexts = contextByDecider(declared)
  const sources = from.filter(({ events }) => reads.some((type) => type in events))
  const events: readonly Arrow[] = sources.map((source) => ({
    from: boxId('from', source.name),
    to: boxId('saga', name),
    lines: reads.filter((type) => type in source.events),
  }))
  const commands: readonly Arrow[] = to.map((target) => ({
    from: boxId('saga', name),
    to: boxId('to', target.name),
    lines: Object.keys(target.commands),
    style: 'thick',
  }))
  const refusals: readonly Arrow[] = to
    .filter((target) => compensated(saga, target).length > 0)
    .map((target) => ({
      from: boxId('to', target.name),
      to: boxId('saga', name),
      lines: compensated(saga, target).map((type) => `${type} refused`),
      style: 'dotted',
    }))
  const boxes = (side: string, deciders: readonly Declaration[]) =>
    deciders.map((decider) => ({
      id: boxId(side, decider.name),
      label: titled(decider, contexts),
      shape: 'box' as const,
    }))
  return [
    `### \`${name}\``,
    '',
    `Its own streams are \`${name}-<id>\`, with ${Object.values(sagaEventTypes({ subject }))
      .map((type) => `\`${type}\``)
      .join(', ')}. A dotted arrow is a refusal that it compensates.`,
    '',
    flowchart({
      groups: [
        { id: 'reads', title: 'Reads events of', boxes: boxes('from', sources) },
        {
          id: 'between',
          title: 'Saga',
          boxes: [{ id: boxId('saga', name), label: name, shape: 'process' }],
        },
        { id: 'sends', title: 'Sends commands to', boxes: boxes('to', to) },
      ],
      arrows: [...events, ...commands, ...refusals],
    }),
  ].join('\n')
}
