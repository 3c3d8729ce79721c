import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Claim, KeyedRequest, Receipts, Retention } from './port.ts'

const someRequest = (payloadHash = 'a'): KeyedRequest => ({
  scope: 'user-1',
  key: randomUUID(),
  payloadHash,
})

/** A receipt with headers, and bytes that are not valid text. */
const receipt = {
  status: 201,
  headers: { location: '/orders/1', etag: '"3"' },
  body: Buffer.from([123, 0, 255, 10, 34]),
}

const holderOf = (claim: Claim): string => {
  expect(claim.state).toBe('new')
  return claim.state === 'new' ? claim.holder : ''
}

/**
 * Conformance suite of the receipts.
 * @param make creates a store for each test. `another` opens the same store for another process, and disposing of it ends that
 *   process; it is undefined for a store that is local to one process
 */
export const receiptsConformance = (
  name: string,
  make: (retention?: Retention) => Promise<
    {
      readonly receipts: Receipts
      readonly another?: () => { readonly receipts: Receipts } & AsyncDisposable
    } & AsyncDisposable
  >,
): void => {
  describe(`receipts: ${name}`, () => {
    test('a request is new once, then running, then done with its answer, byte for byte', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const holder = holderOf(await receipts.claim(request))
      expect(await receipts.claim(request)).toStrictEqual({ state: 'running' })
      await receipts.finish(request, holder, receipt)
      expect(await receipts.claim(request)).toStrictEqual({ state: 'done', ...receipt })
      expect(await receipts.claim(request)).toStrictEqual({ state: 'done', ...receipt })
    })

    test('the same key with another payload is a mismatch, while it runs and when it is done', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const holder = holderOf(await receipts.claim(request))
      const other = { ...request, payloadHash: 'b' }
      expect(await receipts.claim(other)).toStrictEqual({ state: 'mismatch' })
      await receipts.finish(request, holder, receipt)
      expect(await receipts.claim(other)).toStrictEqual({ state: 'mismatch' })
    })

    test('the same key in two scopes is two requests', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      holderOf(await receipts.claim(request))
      const other = { ...request, scope: 'user-2', payloadHash: 'b' }
      expect((await receipts.claim(other)).state).toBe('new')
    })

    test('of many concurrent claims, exactly one is new', async () => {
      await using made = await make()
      const { receipts } = made
      const requests = Array.from({ length: 20 }, () => someRequest())
      const claims = await Promise.all(
        Array.from({ length: 200 }, (_, index) => receipts.claim(requests[index % 20]!)),
      )
      const states = requests.map((_, request) =>
        claims.filter((__, index) => index % 20 === request).map(({ state }) => state),
      )
      for (const each of states) {
        expect(each.filter((state) => state === 'new').length).toBe(1)
        expect(each.filter((state) => state === 'running').length).toBe(9)
      }
    })

    test('of two concurrent payloads under one key, one is new and the other a mismatch', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const claims = await Promise.all([
        receipts.claim(request),
        receipts.claim({ ...request, payloadHash: 'b' }),
      ])
      expect(claims.map(({ state }) => state).toSorted()).toStrictEqual(['mismatch', 'new'])
    })

    test('a released claim is new again for its payload, and a mismatch for another', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const other = { ...request, payloadHash: 'b' }
      const first = holderOf(await receipts.claim(request))
      await receipts.release(request, first)
      expect(await receipts.claim(other)).toStrictEqual({ state: 'mismatch' })
      const second = holderOf(await receipts.claim(request))
      expect(await receipts.claim(request)).toStrictEqual({ state: 'running' })
      // The former holder can neither finish nor release it.
      await receipts.finish(request, first, { ...receipt, status: 500 })
      await receipts.release(request, first)
      expect(await receipts.claim(request)).toStrictEqual({ state: 'running' })
      await receipts.finish(request, second, receipt)
      expect(await receipts.claim(request)).toStrictEqual({ state: 'done', ...receipt })
      expect(await receipts.claim(other)).toStrictEqual({ state: 'mismatch' })
    })

    test('a key is bound to its payload for the retention of an answer, also without an answer', async () => {
      await using made = await make({ running: 0 })
      const { receipts } = made
      const [released, lapsed] = [someRequest(), someRequest()]
      await receipts.release(released, holderOf(await receipts.claim(released)))
      holderOf(await receipts.claim(lapsed))
      expect(await receipts.purge()).toBe(0)
      for (const request of [released, lapsed])
        expect(await receipts.claim({ ...request, payloadHash: 'b' })).toStrictEqual({
          state: 'mismatch',
        })
    })

    test('a released key is free for another payload after its retention', async () => {
      await using made = await make({ running: 0, done: 0 })
      const { receipts } = made
      const request = someRequest()
      await receipts.release(request, holderOf(await receipts.claim(request)))
      expect((await receipts.claim({ ...request, payloadHash: 'b' })).state).toBe('new')
    })

    test('a claim whose holder does not finish in time is new for the next caller, and the former holder cannot change it', async () => {
      await using made = await make({ running: 20 })
      const { receipts } = made
      const request = someRequest()
      const dead = holderOf(await receipts.claim(request))
      let claim: Claim = { state: 'running' }
      await expect.poll(async () => (claim = await receipts.claim(request)).state).toBe('new')
      await receipts.finish(request, dead, { ...receipt, status: 500 })
      await receipts.release(request, dead)
      // The claim may have expired once more by now, but it has no answer.
      let holder = holderOf(claim)
      claim = await receipts.claim(request)
      expect(claim.state).not.toBe('done')
      if (claim.state === 'new') holder = claim.holder
      await receipts.finish(request, holder, receipt)
      expect(await receipts.claim(request)).toStrictEqual({ state: 'done', ...receipt })
    })

    test('the claim of a dead process is free at once, that of a live one is not', async () => {
      await using made = await make()
      const { receipts, another } = made
      if (!another) return
      const [ofTheDead, ofTheLiving] = [someRequest(), someRequest()]
      await using living = another()
      holderOf(await living.receipts.claim(ofTheLiving))
      const dead = another()
      const holder = holderOf(await dead.receipts.claim(ofTheDead))
      expect(await receipts.claim(ofTheDead)).toStrictEqual({ state: 'running' })
      await dead[Symbol.asyncDispose]()
      // The claim itself would expire after 10 s, long after this.
      await expect
        .poll(async () => (await receipts.claim(ofTheDead)).state, {
          timeout: 120_000,
          interval: 5,
        })
        .toBe('new')
      expect(await receipts.claim({ ...ofTheDead, payloadHash: 'b' })).toStrictEqual({
        state: 'mismatch',
      })
      await receipts.finish(ofTheDead, holder, receipt)
      expect(await receipts.claim(ofTheDead)).toStrictEqual({ state: 'running' })
      expect(await receipts.claim(ofTheLiving)).toStrictEqual({ state: 'running' })
    })

    test('another payload cannot take over an expired claim', async () => {
      await using made = await make({ running: 0 })
      const { receipts } = made
      const request = someRequest()
      holderOf(await receipts.claim(request))
      expect(await receipts.claim({ ...request, payloadHash: 'b' })).toStrictEqual({
        state: 'mismatch',
      })
    })

    test('an answer expires, and its key may be used for another payload then', async () => {
      await using made = await make({ running: 0, done: 0 })
      const { receipts } = made
      const request = someRequest()
      await receipts.finish(request, holderOf(await receipts.claim(request)), receipt)
      expect((await receipts.claim({ ...request, payloadHash: 'b' })).state).toBe('new')
    })

    test('expired receipts are purged, others are not', async () => {
      await using made = await make({ running: 0, done: 0 })
      const { receipts } = made
      const request = someRequest()
      await receipts.finish(request, holderOf(await receipts.claim(request)), receipt)
      await expect.poll(() => receipts.purge()).toBe(1)
      await using lasting = await make()
      const recent = someRequest()
      await lasting.receipts.finish(recent, holderOf(await lasting.receipts.claim(recent)), receipt)
      expect(await lasting.receipts.purge()).toBe(0)
      expect((await lasting.receipts.claim(recent)).state).toBe('done')
    })
  })
}
