import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Claim, Keeping, KeyedRequest, Receipts } from './port.ts'

const someRequest = (payloadHash = 'a'): KeyedRequest => ({
  scope: 'user-1',
  key: randomUUID(),
  payloadHash,
})

/** Bytes that are no text, and headers, to see that they come back as they went in. */
const receipt = {
  status: 201,
  headers: { location: '/orders/1', etag: '"3"' },
  body: Buffer.from([123, 0, 255, 10, 34]),
}

const holderOf = (claim: Claim): string => {
  assert.equal(claim.state, 'new')
  return claim.state === 'new' ? claim.holder : ''
}

/**
 * The promises of `Receipts`, for every adapter.
 * @param make an adapter over a store that this test has to itself
 */
export const receiptsConformance = (
  name: string,
  make: (keeping?: Keeping) => Promise<{ receipts: Receipts } & AsyncDisposable>,
): void => {
  describe(`receipts: ${name}`, () => {
    test('a request is new once, then running, then done with the same answer byte for byte', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const holder = holderOf(await receipts.claim(request))
      assert.deepEqual(await receipts.claim(request), { state: 'running' })
      await receipts.finish(request, holder, receipt)
      assert.deepEqual(await receipts.claim(request), { state: 'done', ...receipt })
      assert.deepEqual(await receipts.claim(request), { state: 'done', ...receipt })
    })

    test('the same key with another payload is a mismatch, while it runs and when it is done', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const holder = holderOf(await receipts.claim(request))
      const other = { ...request, payloadHash: 'b' }
      assert.deepEqual(await receipts.claim(other), { state: 'mismatch' })
      await receipts.finish(request, holder, receipt)
      assert.deepEqual(await receipts.claim(other), { state: 'mismatch' })
    })

    test('two users may pick the same key', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      holderOf(await receipts.claim(request))
      const other = { ...request, scope: 'user-2', payloadHash: 'b' }
      assert.equal((await receipts.claim(other)).state, 'new')
    })

    test('of many that come at once, exactly one is new', async () => {
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
        assert.equal(each.filter((state) => state === 'new').length, 1)
        assert.equal(each.filter((state) => state === 'running').length, 9)
      }
    })

    test('of two payloads under one key at once, one is new and the other a mismatch', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const claims = await Promise.all([
        receipts.claim(request),
        receipts.claim({ ...request, payloadHash: 'b' }),
      ])
      assert.deepEqual(claims.map(({ state }) => state).toSorted(), ['mismatch', 'new'])
    })

    test('a claim that was given back is new again', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      await receipts.forget(request, holderOf(await receipts.claim(request)))
      assert.equal((await receipts.claim(request)).state, 'new')
    })

    test('when its holder died, a request passes on to whoever asks next, and the dead change nothing', async () => {
      await using made = await make({ running: 20 })
      const { receipts } = made
      const request = someRequest()
      const dead = holderOf(await receipts.claim(request))
      let claim: Claim = { state: 'running' }
      await expect.poll(async () => (claim = await receipts.claim(request)).state).toBe('new')
      await receipts.finish(request, dead, { ...receipt, status: 500 })
      await receipts.forget(request, dead)
      // It may have passed on once more by now, but never been answered.
      let holder = holderOf(claim)
      claim = await receipts.claim(request)
      assert.notEqual(claim.state, 'done')
      if (claim.state === 'new') holder = claim.holder
      await receipts.finish(request, holder, receipt)
      assert.deepEqual(await receipts.claim(request), { state: 'done', ...receipt })
    })

    test('another payload does not take over from the dead', async () => {
      await using made = await make({ running: 0 })
      const { receipts } = made
      const request = someRequest()
      holderOf(await receipts.claim(request))
      assert.deepEqual(await receipts.claim({ ...request, payloadHash: 'b' }), {
        state: 'mismatch',
      })
    })

    test('an answer is forgotten after a while, and its key may be used for something else', async () => {
      await using made = await make({ running: 0, done: 0 })
      const { receipts } = made
      const request = someRequest()
      await receipts.finish(request, holderOf(await receipts.claim(request)), receipt)
      assert.equal((await receipts.claim({ ...request, payloadHash: 'b' })).state, 'new')
    })

    test('what is too old is dropped, the rest is kept', async () => {
      await using made = await make({ running: 0, done: 0 })
      const { receipts } = made
      const request = someRequest()
      await receipts.finish(request, holderOf(await receipts.claim(request)), receipt)
      await expect.poll(() => receipts.purge()).toBe(1)
      await using lasting = await make()
      const kept = someRequest()
      await lasting.receipts.finish(kept, holderOf(await lasting.receipts.claim(kept)), receipt)
      assert.equal(await lasting.receipts.purge(), 0)
      assert.equal((await lasting.receipts.claim(kept)).state, 'done')
    })
  })
}
