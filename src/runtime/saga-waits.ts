import { idOf, type AnySaga, type RecordedEvent, type SagaMoved } from '#kernel'
import type { DeadLetter } from '../platform/storage/dead-letters/port.ts'
import type { EventLog } from '../platform/storage/event-log/port.ts'
import type { SagaCommand, SagaMoveReport, SagaWait } from './saga-reports.ts'

/** Number of events in a page, and most pages that are searched for an answer. */
const pageSize = 500
const mostPages = 10

/** Returns what is after the delay of a command, ISO 8601 in UTC. */
const dueAtOf = (at: string, { wait }: Pick<SagaCommand, 'wait'>): string =>
  new Date(Date.parse(at) + wait).toISOString()

/** Time of the last move that resumed a run which rested; undefined for one that never did. */
const resumedAt = (moves: readonly SagaMoveReport[]): string | undefined =>
  moves.findLast(({ ended }, at) => !ended && moves[at - 1]?.ended)?.at

/** Timers that are set and will fire: those that came due by the end of a rest were ignored. */
const timersOf = (moves: readonly SagaMoveReport[]): readonly SagaWait[] => {
  const resumed = resumedAt(moves) ?? ''
  const fired = new Set(
    moves.flatMap(({ input }) => (input.kind === 'timer' ? [input.commandId] : [])),
  )
  return moves.flatMap(({ at, commands }) =>
    commands
      .filter(({ id, wait }) => wait > 0 && !fired.has(id) && dueAtOf(at, { wait }) > resumed)
      .map(({ id, type, to, target, wait }) => ({
        kind: 'timer' as const,
        type,
        commandId: id,
        to,
        target,
        since: at,
        dueAt: dueAtOf(at, { wait }),
      })),
  )
}

/**
 * Returns what a run that has not ended waits for: the operator where it is parked, else its timers and the answers to
 * its commands. An answer is an event for the run in the command's stream, of a type that the saga reads.
 * @param events of the run's stream
 * @param moves the same, as operators see them
 */
export const waitsOf = async (
  saga: AnySaga,
  {
    events,
    moves,
    letter,
  }: {
    readonly events: readonly RecordedEvent[]
    readonly moves: readonly SagaMoveReport[]
    readonly letter: DeadLetter | undefined
  },
  { read }: Pick<EventLog, 'read'>,
): Promise<readonly SagaWait[]> => {
  if (letter)
    return [{ kind: 'operator', type: letter.type, since: letter.at, error: letter.error }]
  if (moves.length === 0 || moves.at(-1)?.ended) return []

  const refused = new Set(
    moves.flatMap(({ input }) => (input.kind === 'refusal' ? [input.commandId] : [])),
  )
  const answersOf = (decider: string): readonly string[] =>
    saga.from.flatMap(({ name, events: declared }) =>
      name === decider ? Object.keys(declared).filter((type) => saga.reads.includes(type)) : [],
    )

  const isAnswered = async (stream: string, types: readonly string[], after: bigint) => {
    const key = idOf(events[0]?.stream ?? '')
    let from: number | undefined
    for (let page = 0; page < mostPages; page++) {
      const range = { direction: 'backwards' as const, limit: pageSize }
      const found = await read(stream, { ...range, ...(from !== undefined && { from }) })
      for (const event of found) {
        if (event.position <= after) return false
        if (types.includes(event.type) && saga.keyOf(event) === key) return true
      }
      const last = found.at(-1)
      if (!last || last.revision === 0) return false
      from = last.revision - 1
    }
    return false
  }

  /** The last command of each stream: an answer to it answers those before. */
  const asked = new Map<string, { readonly event: RecordedEvent; readonly step: SagaCommand }>()
  for (const event of events) {
    const { steps } = event.data as SagaMoved
    for (const step of steps)
      if (step.wait === 0 && !refused.has(step.id) && answersOf(step.to).length > 0)
        asked.set(`${step.to}-${step.target}`, { event, step })
  }
  const shown = new Map(moves.flatMap(({ commands }) => commands.map((one) => [one.id, one])))
  const answers = await Promise.all(
    [...asked].map(async ([stream, { event, step }]): Promise<readonly SagaWait[]> => {
      const types = answersOf(step.to)
      if (await isAnswered(stream, types, event.position)) return []
      const target = shown.get(step.id)?.target
      return [
        {
          kind: 'answer',
          type: step.type,
          commandId: step.id,
          to: step.to,
          ...(target !== undefined && { target }),
          since: event.at,
          events: types,
        },
      ]
    }),
  )
  return [...answers.flat(), ...timersOf(moves)]
}
