import { expect, test } from 'vitest'
import { coalesce } from './coalesce.ts'

/** Doubles numbers in batches; each batch waits until `open` is called. */
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

test('calls in the same turn, or while a batch runs, share a batch', async () => {
  const { double, batches, open } = doubling()
  const first = [double(1), double(2)]
  await turn()
  const next = [double(3), double(4), double(5)]
  open()
  await turn()
  open()
  expect(await Promise.all([...first, ...next])).toStrictEqual([2, 4, 6, 8, 10])
  expect(batches).toStrictEqual([
    [1, 2],
    [3, 4, 5],
  ])
})

test('a batch begins when `begin` calls back, with all calls until then', async () => {
  const { double, batches, open } = doubling({ begin: setImmediate })
  const first = double(1)
  await Promise.resolve()
  const second = double(2)
  await turn()
  open()
  expect(await Promise.all([first, second])).toStrictEqual([2, 4])
  expect(batches).toStrictEqual([[1, 2]])
})

test('the size of a batch and the number of concurrent batches are limited', async () => {
  const { double, batches, open } = doubling({ most: 2, lanes: 2 })
  const answers = [1, 2, 3, 4, 5].map(double)
  await turn()
  const atOnce = batches.length
  while (batches.flat().length < 5) {
    open()
    await turn()
  }
  open()
  expect(await Promise.all(answers)).toStrictEqual([2, 4, 6, 8, 10])
  expect.assert(atOnce <= 2)
  expect.assert(batches.every(({ length }) => length <= 2))
})

test('a failing batch rejects all its calls, and the next batch runs', async () => {
  const { double, open } = doubling()
  const answers = Promise.allSettled([double(13), double(1)])
  await turn()
  const next = double(2)
  open()
  await turn()
  open()
  expect((await answers).map(({ status }) => status)).toStrictEqual(['rejected', 'rejected'])
  expect(await next).toBe(4)
})
