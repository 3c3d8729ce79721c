import { Compile } from 'typebox/compile'
import { firstUse, SagaMoved, type AnyDecider, type RecordedEvent } from '#kernel'

/** How the events of a stream make a state, one after the other. */
export type Folding = {
  readonly initialState: unknown
  readonly evolve: (state: unknown, event: RecordedEvent) => unknown
}

const moved = firstUse(() => Compile(SagaMoved))

/** A run of a saga: where it stands, what made it move last, and what it asked for then. Its own state is secret. */
const sagaFolding: Folding = {
  initialState: { ended: false, moves: 0 },
  evolve: (before, { data }) => {
    if (!moved().Check(data)) throw new TypeError('This is no move of a saga')
    const { input, state, steps, ended } = data
    const { ended: was, moves } = before as { readonly ended: boolean; readonly moves: number }
    return { ended: ended || was, moves: moves + 1, state, input, steps }
  },
}

/**
 * How the streams of a category are folded by the code that writes them.
 * @param deciders whose streams are known
 * @param first an event of the stream
 * @returns undefined when nobody is known who writes such streams
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
        throw new TypeError(`${category} knows no event ${event.type}`)
      return decider.evolve(state as never, event as never)
    },
  }
}
