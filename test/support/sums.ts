import { Type } from 'typebox'
import { decider, Fields, projection } from '#kernel'

/** A decider whose only event adds to a number. */
const counter = decider({
  name: 'counter',
  id: Type.String(),
  commands: {},
  events: { Added: Fields({ by: Type.Integer() }) },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { Added: () => null } })

/** A read model of the sums of counters. @param unlucky number at which its rule fails; default none */
export const sumsOf = ({ unlucky }: { readonly unlucky?: number } = {}) =>
  projection({
    name: 'sums',
    store: 'postgres',
    within: 60_000,
    document: Fields({ id: Type.String(), sum: Type.Integer() }),
    from: [counter],
    key: ({ id }) => id,
  }).rules({
    Added: (document, { data: { by } }, id) => {
      if (by === unlucky) throw new Error('unlucky')
      return { id, sum: (document?.sum ?? 0) + by }
    },
  })
