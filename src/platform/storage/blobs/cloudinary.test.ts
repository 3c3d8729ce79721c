import { createHash, randomBytes } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openBetween } from '../../../../test/support/between.ts'
import { cloudinaryStandIn } from '../../../../test/support/cloudinary.ts'
import { Unavailable } from '../../unavailable.ts'
import { cloudinaryApi, signatureOf } from './cloudinary-api.ts'
import { cloudinaryBlobs } from './cloudinary.ts'
import { blobsConformance } from './conformance.ts'
import type { Blobs } from './port.ts'

type StandIn = Awaited<ReturnType<typeof cloudinaryStandIn>>

blobsConformance(
  'Cloudinary, a stand-in',
  async () => {
    const standIn = await cloudinaryStandIn()
    return Object.assign(standIn, { blobs: cloudinaryBlobs(cloudinaryApi(standIn.settings)) })
  },
  { storesEmpty: false },
)

let standIn: StandIn
let blobs: Blobs
beforeAll(async () => {
  standIn = await cloudinaryStandIn()
  blobs = cloudinaryBlobs(cloudinaryApi(standIn.settings))
})
afterAll(() => standIn[Symbol.asyncDispose]())

const piecesOf = async function* (bytes: Buffer) {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000)
}
const store = async (to: Blobs, key: string) => {
  await using staged = await to.stage(piecesOf(Buffer.from(key)))
  await staged.commit(key)
}

test('calls are signed as the documentation of Cloudinary shows', () => {
  const parameters = {
    timestamp: '1315060510',
    public_id: 'sample_image',
    eager: 'w_400,h_300,c_pad|w_260,h_200,c_crop',
  }
  expect(signatureOf(parameters, 'abcd')).toBe('bfd09f95f331f558cbd1320e67aa8d488770583e')
})

// Exactly two parts, and a little more.
test.each([16 * 1_024 ** 2, 17_000_000])('%i bytes come back as they were', async (size) => {
  const bytes = randomBytes(size)
  {
    await using staged = await blobs.stage(piecesOf(bytes))
    expect(staged.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
    expect((await staged.read(size - 10, 20)).equals(bytes.subarray(-10))).toBe(true)
    await staged.commit('large')
  }
  expect((await buffer((await blobs.read('large'))!)).equals(bytes)).toBe(true)
  expect(standIn.names()).toEqual(['agora/stored/large'])
  await blobs.remove('large')
})

test('a passing failure is tried again, a lasting one is an outage', async () => {
  standIn.failNext(500, 429)
  await store(blobs, 'again')
  standIn.failNext(500, 500, 500)
  await expect(blobs.sizeOf('again')).rejects.toThrow(Unavailable)
  standIn.failNext()
  await expect.poll(() => blobs.sizeOf('again').catch(() => 0), { timeout: 20_000 }).toBe(5)
  await blobs.remove('again')
})

test.each([404, 416])('an upload that is answered by %i is an outage', async (status) => {
  standIn.failNext(status)
  await expect(store(blobs, 'unstored')).rejects.toThrow(Unavailable)
  standIn.failNext(status)
  await expect(blobs.stage(piecesOf(Buffer.alloc(2 * 1_024 ** 2)))).rejects.toThrow(Unavailable)
  expect(standIn.names()).toEqual([])
})

test('another secret is an outage', async () => {
  const wrong = cloudinaryBlobs(cloudinaryApi({ ...standIn.settings, apiSecret: 'wrong' }))
  await expect(store(wrong, 'wrong')).rejects.toThrow(Unavailable)
  expect(standIn.names()).toEqual([])
})

test('a server that hangs is an outage', async () => {
  await using between = await openBetween(standIn.url)
  between.hang()
  const settings = { ...standIn.settings, api: between.url, delivery: between.url }
  const hanging = cloudinaryBlobs(cloudinaryApi(settings, { answerMs: 50 }))
  await expect(hanging.read('any')).rejects.toThrow(Unavailable)
})
