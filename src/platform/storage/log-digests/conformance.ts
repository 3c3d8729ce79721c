import { describe, expect, test } from 'vitest'
import type { ChainEntry, LogDigests } from './port.ts'

const entry = (position: bigint, fill: string): ChainEntry => ({
  position,
  events: position,
  digest: fill.repeat(32),
  fingerprints: Buffer.from([0, 1, 2, 255]),
  signature: 'a.b.c',
})

/**
 * Conformance suite of the chain of digests.
 * @param make creates a chain for each test
 */
export const logDigestsConformance = (
  name: string,
  make: () => Promise<{ readonly digests: LogDigests } & AsyncDisposable>,
): void => {
  describe(`${name} chain of digests`, () => {
    test('has its entries in order, each added after the one that was last', async () => {
      await using fixture = await make()
      const { digests } = fixture
      expect([await digests.last(), await digests.after(undefined, 9)]).toEqual([undefined, []])
      const far = 9_007_199_254_740_993n
      const [first, second] = [entry(5n, 'ab'), entry(far, '0c')]
      expect(await digests.add(1n, first)).toBe(false)
      expect(await digests.add(undefined, first)).toBe(true)
      expect(await digests.add(undefined, second)).toBe(false)
      expect(await digests.add(5n, second)).toBe(true)
      expect(await digests.last()).toEqual(second)
      expect(await digests.after(undefined, 1)).toEqual([first])
      expect(await digests.after(5n, 9)).toEqual([second])
    })

    test('takes one of two entries that are added at once', async () => {
      await using fixture = await make()
      const { digests } = fixture
      const added = await Promise.all([
        digests.add(undefined, { ...entry(5n, 'ab'), events: 1n }),
        digests.add(undefined, { ...entry(6n, 'cd'), events: 1n }),
      ])
      expect(added.toSorted()).toEqual([false, true])
      expect(await digests.after(undefined, 9)).toHaveLength(1)
    })
  })
}
