import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { decider, Fields, Nothing, projection } from '#kernel'
import { readOne, type ReadModels } from './reading.ts'

const lamp = decider({
  name: 'lamp',
  id: Type.String(),
  commands: {},
  events: { LampLit: Nothing },
  refusals: {},
}).rules<null>({ initialState: null, decide: {}, evolve: { LampLit: () => null } })

const lamps = projection({
  name: 'lamps',
  store: 'postgres',
  within: 60_000,
  document: Fields({ id: Type.String() }),
  from: [lamp],
  key: ({ id }) => id,
}).rules({ LampLit: (_, { id }) => ({ id }) })

/** Reads one lamp of a read model that has it from a position on. @returns the reads as well */
const reading = async (from: bigint, minPosition?: bigint) => {
  const reads: (bigint | undefined)[] = []
  const models: Pick<ReadModels, 'get' | 'reach'> = {
    get: async <D>(_: unknown, __: string, position?: bigint) => {
      reads.push(position)
      const at = position ?? 1n
      return { document: (at >= from ? { id: 'a' } : undefined) as D | undefined, position: at }
    },
    reach: async () => 5n,
  }
  const found = await readOne(models as ReadModels, lamps, 'a', minPosition)
  return { document: found.document, reads }
}

test('a document that is there is read once, and one that is not once more at the head of the log', async () => {
  expect(await reading(0n)).toEqual({ document: { id: 'a' }, reads: [undefined] })
  expect(await reading(3n, 3n)).toEqual({ document: { id: 'a' }, reads: [3n] })
  expect(await reading(5n, 3n)).toEqual({ document: { id: 'a' }, reads: [3n, 5n] })
  expect(await reading(9n)).toEqual({ document: undefined, reads: [undefined, 5n] })
})
