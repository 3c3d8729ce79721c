import { createPublicKey, sign, verify } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { KeyPolicy, SigningKeys } from './port.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** A store of signing keys, opened by several processes. */
export type KeyStore = AsyncDisposable & {
  /** Opens the keys of one more process. */
  readonly open: (options: KeyPolicy & { readonly secret: string }) => Promise<SigningKeys>
}

/** Conformance suite of the signing keys. */
export const keysConformance = (name: string, make: () => Promise<KeyStore>) =>
  describe(`keys in ${name}`, () => {
    let store: KeyStore
    let now: number
    beforeEach(async () => {
      store = await make()
      now = Date.parse('2030-01-01T12:00:00.000Z')
    })
    afterEach(() => store[Symbol.asyncDispose]())

    const secret = 'a secret of more than 32 characters'
    const open = (policy: KeyPolicy = {}) => store.open({ secret, clock: () => now, ...policy })
    /** The keys of two processes. */
    const two = async (policy?: KeyPolicy) => [await open(policy), await open(policy)] as const
    const close = (processes: readonly SigningKeys[]) =>
      Promise.all(processes.map((each) => each.close()))
    const kidsOf = ({ jwks }: SigningKeys) => jwks().keys.map(({ kid }) => kid)

    test('begin with one key that signs at once, the same in all processes that start together', async () => {
      const processes = await Promise.all(Array.from({ length: 4 }, () => open()))
      const [first] = processes
      const { kid } = first!.signing()
      for (const each of processes) {
        expect(each.signing()).toEqual(first!.signing())
        expect(kidsOf(each)).toEqual([kid])
      }
      await close(processes)
    })

    test('publish the public keys that verify their signatures, and nothing else', async () => {
      const keys = await open()
      const { privateKey, kid } = keys.signing()
      const [jwk] = keys.jwks().keys
      const signature = sign(null, Buffer.from('lamp'), privateKey)
      const published = createPublicKey({ key: { ...jwk }, format: 'jwk' })
      expect.assert(verify(null, Buffer.from('lamp'), published, signature))
      const key = keys.verifying(kid)?.publicKey ?? ''
      expect.assert(verify(null, Buffer.from('lamp'), key, signature))
      expect(jwk?.kid).toBe(kid)
      expect(Object.keys(jwk ?? {}).toSorted()).toStrictEqual([
        'alg',
        'crv',
        'kid',
        'kty',
        'use',
        'x',
      ])
      expect(keys.verifying('another')).toBeUndefined()
      await keys.close()
    })

    test('are published at once after a rotation, and sign after a pause', async () => {
      const processes = await two({ pause: minute })
      const [here, there] = processes
      const before = here.signing().kid
      const after = await here.rotate()
      for (const each of processes) {
        await expect.poll(() => kidsOf(each)).toEqual([before, after])
        expect(each.verifying(after)?.kid).toBe(after)
        expect(each.signing().kid).toBe(before)
      }
      now += minute
      for (const each of processes) {
        expect(each.signing().kid).toBe(after)
        expect(kidsOf(each)).toEqual([after, before])
      }
      expect(there.times()[1]?.verifiesUntil).toBeGreaterThan(now)
      await close(processes)
    })

    test('verify until the last token that they signed has expired, and are removed then', async () => {
      const keys = await open({ pause: minute, tokenTtl: 10 * minute })
      const before = keys.signing().kid
      await keys.rotate()
      now += 11 * minute
      expect(keys.verifying(before)?.kid).toBe(before)
      now += 5 * minute
      expect(keys.verifying(before)).toBe(undefined)
      expect(kidsOf(keys)).toEqual([keys.signing().kid])
      await keys.close()
    })

    test('each verify until their last token expires, after two rotations in a row', async () => {
      const keys = await open({ pause: 2 * minute, tokenTtl: 10 * minute })
      const first = keys.signing().kid
      const second = await keys.rotate()
      now += minute
      const third = await keys.rotate()
      expect(kidsOf(keys).toSorted()).toEqual([first, second, third].toSorted())
      now += minute
      expect(keys.signing().kid).toBe(second)
      now += minute
      expect(keys.signing().kid).toBe(third)
      now += 14 * minute
      expect(keys.verifying(first)).toBe(undefined)
      expect(keys.verifying(second)?.kid).toBe(second)
      await keys.close()
    })

    test('verify no longer in any process once they are revoked', async () => {
      const processes = await two()
      const [here] = processes
      const before = here.signing().kid
      let revocations = 0
      const [end] = processes.map((each) => each.onRevoked(() => (revocations += 1)))
      const waiting = await here.rotate()
      expect(revocations).toBe(0)
      const after = await here.rotate({ revoke: true })
      for (const each of processes) {
        await expect.poll(() => kidsOf(each)).toEqual([after])
        expect(each.signing().kid).toBe(after)
        expect(each.verifying(before)).toBe(undefined)
        expect(each.verifying(waiting)).toBe(undefined)
      }
      expect(revocations).toBe(2)
      end?.()
      await here.rotate({ revoke: true })
      await expect.poll(() => revocations).toBe(3)
      await close(processes)
    })

    test('are rotated automatically when they are too old, once over all processes', async () => {
      const processes = await two({ longest: 90 * day, every: 20 })
      const [here] = processes
      const before = here.signing().kid
      now += 90 * day
      for (const each of processes) await expect.poll(() => kidsOf(each).length).toBe(2)
      now += 3 * minute
      expect(here.signing().kid).not.toBe(before)
      const later = await open({ longest: 90 * day })
      for (const each of [...processes, later]) expect(kidsOf(each).length).toBe(2)
      await close([...processes, later])
    })

    test('derive the same secrets in every process, a different one for each purpose', async () => {
      const processes = await two()
      const [here, there] = processes
      expect(here.secretFor('receipts')).toEqual(there.secretFor('receipts'))
      expect(here.secretFor('receipts')).not.toEqual(here.secretFor('sessions'))
      expect(here.secretFor('receipts').length).toBe(32)
      await here.rotate({ revoke: true })
      expect(here.secretFor('receipts')).toEqual(there.secretFor('receipts'))
      await close(processes)
    })
  })
