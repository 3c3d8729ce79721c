import {
  derivedUuid,
  sagaEventTypes,
  type AnySaga,
  type Catalogue,
  type Move,
  type SagaMoved,
  type Step,
} from '#kernel'
import { typeOf, type Input } from './saga-input.ts'
import type { Stand } from './saga-runs.ts'

/** A move that a saga's rules make: the type of its event, and the event's data. */
export type DecidedMove = { readonly type: string; readonly moved: SagaMoved }

/**
 * Decides the moves of a saga's runs by its rules alone: nothing is read or written, so that a preview decides exactly what
 * the run would.
 */
export const sagaMoves = (saga: AnySaga, { personal }: Pick<Catalogue, 'personal'>) => {
  const types = sagaEventTypes(saga)

  const react = ({ state }: Stand, input: Input): Move<unknown> => {
    if (input.kind === 'event') return saga.react(state as never, input.event)
    const { to, target: id, type, data } = input.step
    if (input.kind === 'refusal')
      return saga.compensate(state as never, type, { id, reason: input.reason, data })
    const step: Step = { to, id, command: { type, data }, wait: 0 }
    return { state, steps: [step], ended: false }
  }

  /** Returns the person that a run is about: the one of its first event. */
  const personOf = ({ person }: Stand, input: Input): { readonly person?: string } => {
    const subject =
      person ??
      (input.kind === 'event'
        ? personal(input.event.type, input.event.id, input.event.data)?.person
        : undefined)
    return subject === undefined ? {} : { person: subject }
  }

  const eventTypeOf = (
    { revision }: Stand,
    input: Input,
    { ended, resting }: Move<unknown>,
  ): string => {
    if (revision < 0) return types.started
    if (ended || resting) return types.completed
    return input.kind === 'refusal' ? types.compensated : types.stepCompleted
  }

  const movedBy = (
    stand: Stand,
    input: Input,
    { state, steps, ended, resting }: Move<unknown>,
  ): SagaMoved => ({
    input: {
      kind: input.kind,
      type: typeOf(input),
      id: input.id,
      ...(input.kind === 'refusal' && { reason: input.reason }),
    },
    state,
    steps: steps.map(({ to, id, command: { type, data }, wait }, index) => ({
      id: derivedUuid(stand.stream, String(stand.revision + 1), String(index)),
      to,
      target: id,
      type,
      data,
      wait,
    })),
    ended: ended || stand.ended,
    ...(resting && { resting }),
    ...personOf(stand, input),
  })

  return {
    /** Returns the move of an input; undefined when the input changes nothing. */
    moveOf: (stand: Stand, input: Input): DecidedMove | undefined => {
      const isIgnored =
        (stand.ended && input.kind !== 'refusal') || (stand.resting && input.kind === 'timer')
      const reaction = isIgnored ? undefined : react(stand, input)
      const isUnchanged =
        !reaction ||
        (reaction.state === stand.state &&
          reaction.steps.length === 0 &&
          !reaction.ended &&
          (!reaction.resting || stand.resting))
      if (isUnchanged) return undefined
      return { type: eventTypeOf(stand, input, reaction), moved: movedBy(stand, input, reaction) }
    },
  }
}
