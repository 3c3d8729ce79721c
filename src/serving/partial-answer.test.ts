import { expect, test } from 'vitest'
import { NotCaughtUp } from '../runtime/reading.ts'
import { Unavailable } from '../platform/unavailable.ts'
import { partialAnswer } from './partial-answer.ts'

test('parts are read in parallel and combined', async () => {
  const first = Promise.withResolvers<number>()
  const asked = partialAnswer({
    one: () => first.promise,
    two: async () => {
      first.resolve(1)
      return 'b'
    },
  })
  expect(await asked).toStrictEqual({ found: { one: 1, two: 'b' }, partial: undefined })
})

test('parts that are unavailable, behind or too slow are omitted and named', async () => {
  const { found, partial } = await partialAnswer(
    {
      here: async () => 1,
      away: async (): Promise<number> => {
        throw new Unavailable('away')
      },
      behind: async (): Promise<number> => {
        throw new NotCaughtUp('behind')
      },
      slow: () => new Promise<number>(() => undefined),
    },
    { patience: 20 },
  )
  expect(found).toStrictEqual({ here: 1 })
  expect(partial).toStrictEqual(['away', 'behind', 'slow'])
})

test('other errors are thrown', async () => {
  const broken = async () => {
    throw new TypeError('broken')
  }
  await expect(partialAnswer({ broken })).rejects.toThrow(TypeError)
})
