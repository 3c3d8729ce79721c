import { defaultPartitioner } from '@platformatic/kafka'
import { expect, test } from 'vitest'
import { partitionOf } from './kafka-partition.ts'

test('a key of any length and content has the partition that the client gives it', () => {
  const keys = Array.from({ length: 300 }, (_, nth) =>
    Buffer.from(`${'order-ä✓'.repeat(nth % 7)}${nth * 7_919}`.slice(0, nth % 61)),
  )
  for (const key of keys)
    expect(partitionOf(key)).toBe(defaultPartitioner({ topic: '', value: key }, key))
})
