import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
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

test('a blob that is removed while it moves is nowhere afterwards', async () => {
  const [current, earlier] = [memoryBlobs(), memoryBlobs()]
  await store(earlier, 'old', 'old bytes')
  const stage: Blobs['stage'] = async (source) => {
    const staged = await current.stage(source)
    await blobs.remove('old')
    return staged
  }
  const blobs = movingBlobs({ ...current, stage }, earlier, { onEmpty })
  await blobs.moveFromEarlier?.()
  expect(await textOf(blobs, 'old')).toBeUndefined()
})

describe('uploads past Agora into the earlier store', () => {
  const upload = { size: 5, type: 'text/plain', lifetime: 60_000 }
  const begin = async () => {
    const [current, earlier] = [memoryBlobs(), memoryBlobs()]
    for (const [id, of] of Object.entries({ new: current, old: earlier, unwanted: earlier }))
      expect(await of.send((await of.direct!.offer({ ...upload, id }))!, 'bytes')).toBe(200)
    return { current, earlier }
  }
  const keysOf = async (direct: Blobs['direct']) =>
    (await Array.fromAsync(direct!.list())).map(({ key }) => key).toSorted()

  test('are found, completed and removed', async () => {
    const { current, earlier } = await begin()
    const blobs = movingBlobs(current, earlier, { onEmpty })
    expect(await keysOf(blobs.direct)).toEqual(['new', 'old', 'unwanted'])
    await blobs.direct!.remove('unwanted')
    await blobs.direct!.remove('new')
    expect(await keysOf(blobs.direct)).toEqual(['old'])
    const arrived = await blobs.direct!.arrived('old')
    await using staged = await arrived!.stage(await arrived!.open())
    await staged.commit('whole')
    expect(await textOf(blobs, 'whole')).toBe('bytes')
  })

  test('are removed by a store that takes none itself', async () => {
    const { current, earlier } = await begin()
    const { direct: _, ...without } = current
    const blobs = movingBlobs(without, earlier, { onEmpty })
    expect(await blobs.direct!.offer({ ...upload, id: 'other' })).toBeUndefined()
    await blobs.direct!.remove('unwanted')
    expect(await keysOf(blobs.direct)).toEqual(['old'])
  })

  test('are none where neither store takes any', async () => {
    const { direct: _, ...without } = memoryBlobs()
    expect(movingBlobs(without, without, { onEmpty }).direct).toBeUndefined()
  })
})
