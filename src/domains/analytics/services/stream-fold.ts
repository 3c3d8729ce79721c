import { Compile } from 'typebox/compile'
import { firstUse, SagaMoved, type AnyDecider, type RecordedEvent } from '#kernel'

/** Initial state and fold of a stream. */
export type Folding = {
  readonly initialState: unknown
  readonly evolve: (state: unknown, event: RecordedEvent) => unknown
}

const moved = firstUse(() => Compile(SagaMoved))

/** Fold of a saga's run: its last input and steps. Its own state is secret. */
const sagaFolding: Folding = {
  initialState: { ended: false, moves: 0 },
  evolve: (before, { data }) => {
    if (!moved().Check(data)) throw new TypeError('The event is not a move of a saga')
    const { input, state, steps, ended } = data
    const { ended: was, moves } = before as { readonly ended: boolean; readonly moves: number }
    return { ended: ended || was, moves: moves + 1, state, input, steps }
  },
}

/**
 * Returns the fold of the streams of a category, that of their decider or saga.
 * @param deciders all deciders
 * @param first event of the stream
 * @returns undefined when no decider or saga writes such streams
 */
export const foldingOf = (
  deciders: readonly AnyDecider[],
  category: string,
  first: RecordedEvent,
): Folding | undefined => {
  const decider = deciders.find(({ name }) => name === category)
  if (!decider) return moved().Check(first.data) ? sagaFolding : undefined
  const { initialState, events } = decider
  return {
    initialState,
    evolve: (state, event) => {
      if (!Object.hasOwn(events, event.type))
        throw new TypeError(`${category} does not declare the event ${event.type}`)
      return decider.evolve(state as never, event as never)
    },
  }
}
