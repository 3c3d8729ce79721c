import { expect, test } from 'vitest'
import { lingering } from './lingering.ts'

/** Longer than any test, in ms. */
const long = 600_000

const setUp = () => {
  const sent: string[] = []
  const { add, flush } = lingering(async (item: string) => {
    if (item === 'bad') throw new Error('bad')
    sent.push(item)
    return item.toUpperCase()
  })
  return { sent, add, flush }
}

test('waiting items are sent in the same turn as the next item that does not wait, and before it', async () => {
  const { sent, add } = setUp()
  const waiting = [add('a', long), add('b', long)]
  expect(sent).toEqual([])
  const now = add('c', 0)
  expect(sent).toEqual(['a', 'b', 'c'])
  expect(await Promise.all([...waiting, now])).toEqual(['A', 'B', 'C'])
})

test('an item is sent after its time at the latest, together with those that may wait longer', async () => {
  const { sent, add } = setUp()
  const later = add('later', long)
  await add('soon', 5)
  expect(await later).toBe('LATER')
  expect(sent).toEqual(['later', 'soon'])
})

test('each item gets its own error', async () => {
  const { add, flush } = setUp()
  const answers = Promise.allSettled([add('bad', long), add('good', long)])
  flush()
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})
