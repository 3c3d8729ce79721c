import v8 from 'node:v8'
import { describe, expect, test } from 'vitest'
import { standing } from './standing.ts'

describe('a linked queue', () => {
  /** Removes all entries from the front. */
  const order = (line: ReturnType<typeof standing<string>>, leave: Record<string, () => void>) => {
    const found: string[] = []
    for (let one = line.first(); one !== undefined; one = line.first()) {
      found.push(one)
      leave[one]!()
    }
    return found
  }
  const lineOf = (...names: readonly string[]) => {
    const line = standing<string>()
    return { line, leave: Object.fromEntries(names.map((name) => [name, line.add(name)])) }
  }

  test('returns entries in insertion order', () => {
    const { line, leave } = lineOf('a', 'b', 'c')
    expect(order(line, leave)).toEqual(['a', 'b', 'c'])
    expect(line.first()).toBeUndefined()
  })

  test.each([
    ['a', ['b', 'c']],
    ['b', ['a', 'c']],
    ['c', ['a', 'b']],
  ])('removes entries at any place: %s', (one, others) => {
    const { line, leave } = lineOf('a', 'b', 'c')
    leave[one]!()
    // A second removal has no effect.
    leave[one]!()
    leave.d = line.add('d')
    expect(order(line, leave)).toEqual([...others, 'd'])
  })

  test('accepts entries again after their removal', () => {
    const { line, leave } = lineOf('a', 'b')
    leave.a!()
    leave.a = line.add('a')
    expect(order(line, leave)).toEqual(['b', 'a'])
  })
})

test('a removed entry is not kept alive by the queue', () => {
  /** Bytes in the old generation, to which V8 moves objects that survive two minor collections. */
  const old = () =>
    v8.getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space')!
      .space_used_size
  const line = standing<unknown>()
  const leave: (() => void)[] = []
  const some = () => Array.from({ length: 120 }, () => 1)
  for (let count = 0; count < 32; count++) leave.push(line.add(some()))
  // Without load: the entries of the queue become old.
  for (let count = 0; count < 60_000; count++) some()
  const before = old()
  // 32 at a time; 50 MB in all.
  for (let count = 0; count < 50_000; count++) {
    leave.push(line.add(some()))
    leave.shift()!()
  }
  expect(old() - before).toBeLessThan(10_000_000)
})
