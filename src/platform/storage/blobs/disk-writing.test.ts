import { expect, test } from 'vitest'
import { writingBehind } from './disk-writing.ts'

const kibibyte = 1_024

/** A file whose writes take at most so many bytes, and fail from the nth on. */
const fileOf = ({ most = Infinity, failsAt = Infinity } = {}) => {
  const calls: string[] = []
  const bytes: Buffer[] = []
  return {
    calls,
    content: () => Buffer.concat(bytes),
    writev: async <T extends readonly NodeJS.ArrayBufferView[]>(buffers: T) => {
      if (calls.push('write') > failsAt) throw new Error('disk full')
      const all = Buffer.concat(
        buffers.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)),
      )
      const taken = all.subarray(0, most)
      bytes.push(Buffer.from(taken))
      return { bytesWritten: taken.length, buffers }
    },
    sync: async () => void calls.push('sync'),
  }
}

const chunksOf = (size: number, count: number) =>
  Array.from({ length: count }, (_, nth) => Buffer.alloc(size, nth))

test('many chunks are few writes, in their order, and durable at the end', async () => {
  const file = fileOf()
  const { add, end } = writingBehind(file)
  const chunks = chunksOf(64 * kibibyte, 10)
  for (const chunk of chunks) await add(chunk)
  await add(Buffer.alloc(0))
  await end()
  expect(file.content().equals(Buffer.concat(chunks))).toBe(true)
  expect(file.calls).toEqual(['write', 'write', 'write', 'sync'])
})

test('short writes are continued within a chunk and at its end', async () => {
  for (const most of [7, 10, 25]) {
    const file = fileOf({ most })
    const { add, end } = writingBehind(file)
    const chunks = chunksOf(10, 5)
    for (const chunk of chunks) await add(chunk)
    await end()
    expect(file.content().equals(Buffer.concat(chunks))).toBe(true)
  }
})

test('a failed write ends the source with the next batch, and is no unhandled rejection', async () => {
  const { add, end, rest } = writingBehind(fileOf({ failsAt: 1 }))
  const megabytes = chunksOf(1_024 * kibibyte, 3)
  await add(megabytes[0]!)
  await add(megabytes[1]!)
  await expect(add(megabytes[2]!)).rejects.toThrow('disk full')
  await rest()
  await expect(end()).rejects.toThrow('disk full')
})

test('nothing is durable before it is written', async () => {
  const file = fileOf({ failsAt: 0 })
  const { add, end } = writingBehind(file)
  await add(Buffer.alloc(1))
  await expect(end()).rejects.toThrow('disk full')
  expect(file.calls).not.toContain('sync')
})
