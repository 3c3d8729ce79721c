import { expect, test } from 'vitest'
import { lingering } from './lingering.ts'

/** For ever, as far as a test is concerned. */
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

test('an item waits for the next one that does not, and goes in the same turn, first', async () => {
  const { sent, add } = setUp()
  const waiting = [add('a', long), add('b', long)]
  expect(sent).toEqual([])
  const now = add('c', 0)
  expect(sent).toEqual(['a', 'b', 'c'])
  expect(await Promise.all([...waiting, now])).toEqual(['A', 'B', 'C'])
})

test('an item that nothing comes after is sent in the end, and those that may wait longer with it', async () => {
  const { sent, add } = setUp()
  const patient = add('patient', long)
  await add('soon', 5)
  expect(await patient).toBe('PATIENT')
  expect(sent).toEqual(['patient', 'soon'])
})

test('each is given its own error', async () => {
  const { add, flush } = setUp()
  const answers = Promise.allSettled([add('bad', long), add('good', long)])
  flush()
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})
