import assert from 'node:assert/strict'
import { test } from 'vitest'
import { coalesce } from './coalesce.ts'

/** Doubles numbers, a batch at a time, when it is let. */
const doubling = (options: Parameters<typeof coalesce>[1] = {}) => {
  const batches: number[][] = []
  const gates: (() => void)[] = []
  const double = coalesce<number, number>(async (numbers) => {
    batches.push([...numbers])
    await new Promise<void>((resolve) => gates.push(resolve))
    if (numbers.includes(13)) throw new Error('unlucky')
    return numbers.map((n) => n * 2)
  }, options)
  return { double, batches, open: () => gates.splice(0).forEach((gate) => gate()) }
}
const turn = () => new Promise(setImmediate)

test('those who ask in the same turn, or while a batch is under way, share a round trip', async () => {
  const { double, batches, open } = doubling()
  const first = [double(1), double(2)]
  await turn()
  const next = [double(3), double(4), double(5)]
  open()
  await turn()
  open()
  assert.deepEqual(await Promise.all([...first, ...next]), [2, 4, 6, 8, 10])
  assert.deepEqual(batches, [
    [1, 2],
    [3, 4, 5],
  ])
})

test('a batch sets off when it is let, with all who have asked by then', async () => {
  const { double, batches, open } = doubling({ begin: setImmediate })
  const first = double(1)
  await Promise.resolve()
  const second = double(2)
  await turn()
  open()
  assert.deepEqual(await Promise.all([first, second]), [2, 4])
  assert.deepEqual(batches, [[1, 2]])
})

test('a batch is not larger than it may be, nor are there more at once', async () => {
  const { double, batches, open } = doubling({ most: 2, lanes: 2 })
  const answers = [1, 2, 3, 4, 5].map(double)
  await turn()
  const atOnce = batches.length
  while (batches.flat().length < 5) {
    open()
    await turn()
  }
  open()
  assert.deepEqual(await Promise.all(answers), [2, 4, 6, 8, 10])
  assert.ok(atOnce <= 2)
  assert.ok(batches.every(({ length }) => length <= 2))
})

test('when a batch fails, all of it fails, and the next goes on', async () => {
  const { double, open } = doubling()
  const answers = Promise.allSettled([double(13), double(1)])
  await turn()
  const next = double(2)
  open()
  await turn()
  open()
  assert.deepEqual(
    (await answers).map(({ status }) => status),
    ['rejected', 'rejected'],
  )
  assert.equal(await next, 4)
})
