import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { ListMultipartUploadsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openBetween, type Between } from '../../../../test/support/between.ts'
import { freshS3, hasS3, needsS3, s3Settings } from '../../../../test/support/s3.ts'
import { until } from '../../../../test/support/until.ts'
import { openS3, type S3Connection } from '../../engines/s3/connection.ts'
import { Unavailable } from '../../unavailable.ts'
import { blobsConformance } from './conformance.ts'
import { directConformance } from './conformance-direct.ts'
import type { Blobs } from './port.ts'
import { s3Blobs } from './s3.ts'

blobsConformance(`S3${needsS3}`, async () => freshS3(), { isSkipped: !hasS3 })
directConformance(`S3${needsS3}`, async () => freshS3(), { isSkipped: !hasS3 })

const mib = 1_024 ** 2
const piecesOf = async function* (bytes: Buffer, failAt = Infinity) {
  for (let at = 0; at < bytes.length; at += 100_000) {
    if (at >= failAt) throw new Error('The connection was cut')
    yield bytes.subarray(at, at + 100_000)
  }
}

describe.skipIf(!hasS3)(`S3${needsS3}`, () => {
  let made: ReturnType<typeof freshS3>
  beforeAll(() => {
    made = freshS3()
  })
  afterAll(() => made[Symbol.asyncDispose]())

  /** Everything in the bucket of this test, parts of objects as well. */
  const everything = async (): Promise<readonly (string | undefined)[]> => {
    const { connection, prefix } = made
    const asked = { Bucket: connection.bucket, Prefix: prefix }
    const [{ Contents = [] }, { Uploads = [] }] = await connection.run((client) =>
      Promise.all([
        client.send(new ListObjectsV2Command(asked)),
        client.send(new ListMultipartUploadsCommand(asked)),
      ]),
    )
    return [...Contents, ...Uploads].map(({ Key }) => Key?.slice(prefix.length))
  }

  test('a blob of many parts comes back as it was, and only it remains', async () => {
    const bytes = randomBytes(19 * mib)
    const key = randomUUID()
    {
      await using staged = await made.blobs.stage(piecesOf(bytes))
      expect(staged.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
      expect(
        (await staged.read(17 * mib, 1_000)).equals(bytes.subarray(17 * mib).subarray(0, 1_000)),
      ).toBe(true)
      await staged.commit(key)
    }
    expect((await buffer((await made.blobs.read(key))!)).equals(bytes)).toBe(true)
    expect(await everything()).toEqual([`stored/${key}`])
    await made.blobs.remove(key)
    expect(await everything()).toEqual([])
  })

  test('nothing remains of a source that fails after its first part', async () => {
    const failing = piecesOf(Buffer.alloc(12 * mib), 11 * mib)
    await expect(made.blobs.stage(failing)).rejects.toThrow('The connection was cut')
    expect(await everything()).toEqual([])
  })

  test('what is being received is no leftover', async () => {
    await using staged = await made.blobs.stage(piecesOf(Buffer.alloc(2 * mib)))
    await made.blobs.removeLeftovers()
    await staged.commit('received')
    expect(await made.blobs.sizeOf('received')).toBe(2 * mib)
    await made.blobs.remove('received')
  })

  test('received bytes that are gone are an outage for callers', async () => {
    const staged = await made.blobs.stage(piecesOf(Buffer.alloc(2 * mib)))
    await staged[Symbol.asyncDispose]()
    await expect(staged.commit('gone')).rejects.toThrow(Unavailable)
  })

  test('nothing remains of bytes of a client, but what is committed', async () => {
    const direct = made.blobs.direct!
    const [id, key] = [randomUUID(), randomUUID()]
    const upload = { id, size: 5, type: 'text/plain', lifetime: 60_000 }
    const { url, headers } = (await direct.offer(upload))!
    await fetch(url, { method: 'PUT', headers, body: 'bytes' })
    const arrived = await direct.arrived(id)
    await arrived!.open()
    await expect(arrived!.stage(piecesOf(Buffer.alloc(5), 0))).rejects.toThrow('was cut')
    expect(await everything()).toEqual([`direct/${id}`])
    {
      await using staged = await arrived!.stage(await arrived!.open())
      await staged.commit(key)
    }
    expect(await everything()).toEqual([`direct/${id}`, `stored/${key}`])
    await direct.remove(id)
    await made.blobs.remove(key)
  })

  test.each([
    ['another secret', { credentials: { accessKeyId: 'agora', secretAccessKey: 'wrong' } }],
    ['a bucket that is not there', { bucket: 'nothing' }],
  ])('%s is an outage for callers', async (_, wrong) => {
    const connection = openS3({ ...s3Settings(), ...wrong })
    const blobs = s3Blobs(connection)
    await expect(connection.ping()).rejects.toThrow(Unavailable)
    const staged = await blobs.stage(piecesOf(Buffer.alloc(10)))
    await expect(staged.commit('any')).rejects.toThrow(Unavailable)
    connection.close()
  })

  describe('that fails', () => {
    let between: Between
    let connection: S3Connection
    let blobs: Blobs
    const changes: boolean[] = []
    beforeAll(async () => {
      between = await openBetween(s3Settings().endpoint ?? '')
      connection = openS3(s3Settings(between.url), {
        answerMs: 1_000,
        onChange: (isUp) => changes.push(isUp),
      })
      blobs = s3Blobs(connection, { prefix: made.prefix })
    })
    afterAll(async () => {
      connection.close()
      await between[Symbol.asyncDispose]()
    })
    beforeEach(async () => {
      between.mend()
      await until(connection.ping, () => true)
      changes.length = 0
    })
    const store = async (key: string, size: number) => {
      await using staged = await blobs.stage(piecesOf(Buffer.alloc(size, key)))
      await staged.commit(key)
    }

    test.each(['cut', 'hang'] as const)(
      'by %s is Unavailable, and used again later',
      async (how) => {
        await store('before', 100)
        between[how]()
        await expect(store('during', 100)).rejects.toThrow(Unavailable)
        await expect(store('large', 3 * mib)).rejects.toThrow(Unavailable)
        for (const call of [
          () => blobs.read('before'),
          () => blobs.sizeOf('before'),
          () => blobs.remove('before'),
          () => blobs.list()[Symbol.asyncIterator]().next(),
          () => blobs.removeLeftovers(),
          () => connection.ping(),
        ])
          await expect(call()).rejects.toThrow(Unavailable)
        expect(changes).toEqual([false])
        between.mend()
        await until(connection.ping, () => true)
        expect(changes).toEqual([false, true])
        expect(await blobs.sizeOf('before')).toBe(100)
      },
    )

    test('in the middle of a blob ends the stream with an error', async () => {
      await store('cut', 5 * mib)
      between.cutAfter(mib)
      const stream = await blobs.read('cut')
      await expect(buffer(stream!)).rejects.toThrow(Unavailable)
    })
  })
})
