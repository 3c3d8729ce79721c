import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Blobs, ListedBlob } from './port.ts'

const sourceOf = async function* (...chunks: readonly (string | Buffer)[]) {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

/**
 * Conformance suite of the stores of blobs.
 * @param make returns an empty store
 * @param options.isSkipped whether the suite is only reported, as its server is not there
 * @param options.storesEmpty whether the store takes a blob without bytes
 */
export const blobsConformance = (
  name: string,
  make: () => Promise<AsyncDisposable & { readonly blobs: Blobs }>,
  {
    isSkipped = false,
    storesEmpty = true,
  }: { readonly isSkipped?: boolean; readonly storesEmpty?: boolean } = {},
) =>
  describe.skipIf(isSkipped)(`blobs in ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    let blobs: Blobs
    beforeAll(async () => {
      made = await make()
      blobs = made.blobs
    })
    afterAll(() => made[Symbol.asyncDispose]())

    const keys = async () => {
      const found: ListedBlob[] = []
      for await (const blob of blobs.list()) found.push(blob)
      return found
    }
    const store = async (key: string, ...chunks: readonly (string | Buffer)[]) => {
      await using staged = await blobs.stage(sourceOf(...chunks))
      await staged.commit(key)
    }
    const contentOf = async (key: string, range?: { start: number; end: number }) => {
      const stream = await blobs.read(key, range)
      return stream && buffer(stream)
    }

    test('returns the same bytes, with their size and hash', async () => {
      const large = randomBytes(3_000_000)
      for (const chunks of [
        ...(storesEmpty ? [[]] : []),
        ['a'],
        ['ä\u0000', '漢'],
        [large, 'end', large],
      ]) {
        const all = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk)))
        const key = randomUUID()
        await using staged = await blobs.stage(sourceOf(...chunks))
        expect(staged.size).toBe(all.length)
        expect(staged.sha256).toBe(createHash('sha256').update(all).digest('hex'))
        expect((await staged.read(0, all.length + 9)).equals(all)).toBe(true)
        expect(await blobs.sizeOf(key)).toBeUndefined()
        await staged.commit(key)
        expect(await blobs.sizeOf(key)).toBe(all.length)
        expect((await contentOf(key))?.equals(all)).toBe(true)
      }
    })

    test('returns parts of staged and of stored bytes', async () => {
      const key = randomUUID()
      await using staged = await blobs.stage(sourceOf('01234', '56789'))
      expect(String(await staged.read(3, 4))).toBe('3456')
      expect(String(await staged.read(8, 4))).toBe('89')
      expect(String(await staged.read(12, 4))).toBe('')
      await staged.commit(key)
      expect(String(await contentOf(key, { start: 2, end: 7 }))).toBe('23456')
      expect(String(await contentOf(key, { start: 9, end: 10 }))).toBe('9')
      expect(String(await contentOf(key, { start: 4, end: 4 }))).toBe('')
    })

    test('keeps nothing that is not committed, nor anything of a source that fails', async () => {
      const before = (await keys()).length
      {
        await using staged = await blobs.stage(sourceOf('not wanted'))
        expect(staged.size).toBe(10)
      }
      const failing = async function* () {
        yield Buffer.alloc(100_000)
        throw new Error('The connection was cut')
      }
      await expect(blobs.stage(failing())).rejects.toThrow('The connection was cut')
      expect((await keys()).length).toBe(before)
    })

    test('a commit replaces all bytes of a key; a reader who has begun gets the earlier ones', async () => {
      const key = randomUUID()
      await store(key, 'the earlier bytes')
      const reading = await blobs.read(key)
      await store(key, 'later')
      expect(String(await buffer(reading!))).toBe('the earlier bytes')
      expect(String(await contentOf(key))).toBe('later')
    })

    test('a removed blob is gone, a missing one is nothing', async () => {
      const key = randomUUID()
      await store(key, 'gone soon')
      expect(await blobs.remove(key)).toBe(true)
      expect(await blobs.remove(key)).toBe(false)
      expect(await blobs.read(key)).toBeUndefined()
      expect(await blobs.read(key, { start: 1, end: 1 })).toBeUndefined()
      expect(await blobs.sizeOf(key)).toBeUndefined()
      expect((await keys()).filter((blob) => blob.key === key)).toEqual([])
    })

    test('lists all keys with sizes and times', async () => {
      const all = [`${randomUUID()}.${randomUUID()}`, randomUUID()]
      for (const key of all) await store(key, 'abc')
      const listed = (await keys()).filter(({ key }) => all.includes(key))
      expect(listed.map(({ key }) => key).toSorted()).toEqual(all.toSorted())
      for (const { size, storedAt, listedAt } of listed) {
        expect(size).toBe(3)
        expect(listedAt.getTime()).toBeGreaterThanOrEqual(storedAt.getTime())
      }
    })

    test.each(['', '../etc/passwd', 'a/b', '.hidden', 'A', 'a\u0000b', 'ä', 'x'.repeat(300)])(
      'refuses %j as a key',
      async (key) => {
        await using staged = await blobs.stage(sourceOf('x'))
        await expect(staged.commit(key)).rejects.toThrow('no key of a blob')
        await expect(blobs.read(key)).rejects.toThrow('no key of a blob')
        await expect(blobs.sizeOf(key)).rejects.toThrow('no key of a blob')
        await expect(blobs.remove(key)).rejects.toThrow('no key of a blob')
      },
    )
  })
