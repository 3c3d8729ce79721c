import { buffer } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { Unavailable } from '../../unavailable.ts'
import { blobsConformance } from './conformance.ts'
import { memoryBlobs } from './memory.ts'
import { movingBlobs } from './moving.ts'
import type { Blobs } from './port.ts'

const onEmpty = async () => undefined

blobsConformance('a store with an earlier one', async () => ({
  blobs: movingBlobs(memoryBlobs(), memoryBlobs(), { onEmpty }),
  [Symbol.asyncDispose]: async () => undefined,
}))

const store = async (blobs: Blobs, key: string, text: string) => {
  const bytes = async function* () {
    yield Buffer.from(text)
  }
  await using staged = await blobs.stage(bytes())
  await staged.commit(key)
}
const textOf = async (blobs: Blobs, key: string) => {
  const stream = await blobs.read(key)
  return stream && String(await buffer(stream))
}
const keysIn = async (blobs: Blobs) =>
  (await Array.fromAsync(blobs.list())).map(({ key }) => key).toSorted()

test('blobs of the earlier store are found, removed, and moved until nothing is left', async () => {
  const [current, earlier] = [memoryBlobs(), memoryBlobs()]
  let emptied = 0
  const blobs = movingBlobs(current, earlier, { onEmpty: async () => void (emptied += 1) })
  await store(earlier, 'old', 'old bytes')
  await store(earlier, 'unwanted', 'x')
  await store(blobs, 'new', 'new bytes')
  expect(await textOf(blobs, 'old')).toBe('old bytes')
  expect(await blobs.sizeOf('old')).toBe(9)
  expect(await blobs.remove('unwanted')).toBe(true)
  expect(await keysIn(blobs)).toEqual(['new', 'old'])
  // A crash between the two steps of a move leaves a blob in both.
  await store(earlier, 'both', 'same')
  await store(current, 'both', 'same')

  expect(await blobs.moveFromEarlier?.()).toBe(2)
  expect(emptied).toBe(0)
  expect(await keysIn(earlier)).toEqual([])
  expect(await keysIn(current)).toEqual(['both', 'new', 'old'])
  expect(await textOf(blobs, 'old')).toBe('old bytes')
  expect(await blobs.moveFromEarlier?.()).toBe(0)
  expect(emptied).toBe(1)
})

test('a blob that moves while it is sought is found', async () => {
  const [current, earlier] = [memoryBlobs(), memoryBlobs()]
  const read: Blobs['read'] = async (key) => {
    await store(current, key, 'moved')
    return undefined
  }
  const blobs = movingBlobs(current, { ...earlier, read }, { onEmpty })
  expect(await textOf(blobs, 'any')).toBe('moved')
})

test('what cannot be stored in the present store stays in the earlier one', async () => {
  const [current, earlier] = [memoryBlobs(), memoryBlobs()]
  await store(earlier, 'old', 'old bytes')
  const stage: Blobs['stage'] = async () => {
    throw new Unavailable('away')
  }
  const blobs = movingBlobs({ ...current, stage }, earlier, { onEmpty })
  await expect(blobs.moveFromEarlier?.()).rejects.toThrow(Unavailable)
  expect(await textOf(blobs, 'old')).toBe('old bytes')
})
