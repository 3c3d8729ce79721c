import { expect, test } from 'vitest'
import type { GroupSummary } from '../../../platform/messaging/consumer-groups/port.ts'
import { endedRuns, figuresOf } from './group-figures.ts'

const group = (source: string, name: string, checkpoint: bigint): GroupSummary => ({
  source,
  name,
  view: 'full',
  strategy: 'RoundRobin',
  checkpoint,
  parked: 0,
  replaying: 0,
})

test('the end of each source is read once, and a group whose source cannot be read has no lag', async () => {
  const reads: string[] = []
  const figures = await figuresOf(
    [
      group('order-1', 'a', -1n),
      group('order-1', 'b', 2n),
      group('order-2', 'c', 5n),
      // Behind it, as the log is another one by now.
      group('order-1', 'd', 9n),
    ],
    {
      idOf: ({ name }) => name,
      runOf: () => undefined,
      ended: endedRuns(),
      lastOf: async ({ source }) => {
        reads.push(source)
        if (source === 'order-2') throw new Error('The log is away')
        return 4n
      },
    },
  )
  expect(reads).toEqual(['order-1', 'order-2'])
  expect(figures.map(({ name, lag }) => [name, lag])).toEqual([
    ['a', 5],
    ['b', 2],
    ['c', undefined],
    ['d', 0],
  ])
})
