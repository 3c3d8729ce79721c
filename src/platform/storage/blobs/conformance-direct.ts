import { randomUUID } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ChangedMeanwhile, type Blobs, type DirectOffer, type DirectUploads } from './port.ts'

/** Sends bytes to a store. @returns the status */
export type SendDirectly = (offer: DirectOffer, body: string | Buffer) => Promise<number>

/** Sends bytes by HTTP, as an offer says. */
const sendDirectly: SendDirectly = async ({ url, headers }, body) =>
  (await fetch(url, { method: 'PUT', headers, body: Buffer.from(body) })).status

/**
 * Conformance suite of the stores of blobs that take bytes from clients.
 * @param make returns an empty store, and how bytes are sent to it; default: by HTTP
 */
export const directConformance = (
  name: string,
  make: () => Promise<AsyncDisposable & { readonly blobs: Blobs; readonly send?: SendDirectly }>,
  { isSkipped = false }: { readonly isSkipped?: boolean } = {},
) =>
  describe.skipIf(isSkipped)(`uploads past Agora into ${name}`, () => {
    let made: Awaited<ReturnType<typeof make>>
    let blobs: Blobs
    let direct: DirectUploads
    let send: SendDirectly
    beforeAll(async () => {
      made = await make()
      blobs = made.blobs
      direct = blobs.direct!
      send = made.send ?? sendDirectly
    })
    afterAll(() => made[Symbol.asyncDispose]())

    const offer = async (id: string, size: number, lifetime = 60_000) =>
      (await direct.offer({ id, size, type: 'text/plain', lifetime }))!
    const as = (offered: DirectOffer, changed: Partial<DirectOffer>) => ({ ...offered, ...changed })
    const keys = async () => (await Array.fromAsync(blobs.list())).map(({ key }) => key)

    test('bytes arrive, are read and staged, and moved to a key', async () => {
      const [id, key] = [randomUUID(), randomUUID()]
      expect(await direct.arrived(id)).toBeUndefined()
      expect(await send(await offer(id, 5), 'bytes')).toBe(200)
      const arrived = await direct.arrived(id)
      expect(arrived?.size).toBe(5)
      expect(await keys()).toEqual([])
      await using staged = await arrived!.stage(await arrived!.open())
      expect(staged).toMatchObject({
        size: 5,
        sha256: '277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9',
      })
      expect(String(await staged.read(1, 3))).toBe('yte')
      await staged.commit(key)
      expect(String(await buffer((await blobs.read(key))!))).toBe('bytes')
      expect(await Array.fromAsync(direct.list())).toMatchObject([{ key: id, size: 5 }])
      await direct.remove(id)
      await direct.remove(id)
      expect(await direct.arrived(id)).toBeUndefined()
      expect(await Array.fromAsync(direct.list())).toEqual([])
      expect(await keys()).toEqual([key])
      await blobs.remove(key)
    })

    test('another size or type than the one that was offered is refused', async () => {
      const id = randomUUID()
      const offered = await offer(id, 5)
      for (const body of ['byte', 'bytes!']) expect(await send(offered, body)).toBe(403)
      expect(await send(as(offered, { headers: { 'content-type': 'text/html' } }), 'bytes')).toBe(
        403,
      )
      const forged = as(offered, { url: offered.url.replace(id, randomUUID()) })
      expect(await send(forged, 'bytes')).toBe(403)
      expect(await direct.arrived(id)).toBeUndefined()
    })

    test('an offer ends', async () => {
      const id = randomUUID()
      const offered = await offer(id, 5, 1_000)
      await expect.poll(() => send(offered, 'bytes'), { timeout: 30_000, interval: 300 }).toBe(403)
    })

    test('bytes that are replaced before they are opened are refused', async () => {
      const id = randomUUID()
      const offered = await offer(id, 5)
      await send(offered, 'first')
      const arrived = await direct.arrived(id)
      await send(offered, 'other')
      await expect(arrived!.open()).rejects.toThrow(ChangedMeanwhile)
      const present = await direct.arrived(id)
      await direct.remove(id)
      await expect(present!.open()).rejects.toThrow(ChangedMeanwhile)
      expect(await keys()).toEqual([])
    })

    test('the bytes that were opened are committed, whatever arrives while they are checked', async () => {
      const [id, key] = [randomUUID(), randomUUID()]
      const offered = await offer(id, 5)
      await send(offered, 'first')
      const arrived = await direct.arrived(id)
      const opened = await arrived!.open()
      await send(offered, 'other')
      {
        await using staged = await arrived!.stage(opened)
        expect(String(await staged.read(0, 5))).toBe('first')
        await direct.remove(id)
        await staged.commit(key)
      }
      expect(String(await buffer((await blobs.read(key))!))).toBe('first')
      await blobs.remove(key)
    })
  })
