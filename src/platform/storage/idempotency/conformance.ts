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
 * @param make an adapter over a store that this test has to itself. `another` opens the same store for another process;
 *   disposing of that is its death. It is left out where a store is one process's alone
 */
export const receiptsConformance = (
  name: string,
  make: (keeping?: Keeping) => Promise<
    {
      readonly receipts: Receipts
      readonly another?: () => { readonly receipts: Receipts } & AsyncDisposable
    } & AsyncDisposable
  >,
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

    test('a claim that was given back is new again for its payload, and a mismatch for another', async () => {
      await using made = await make()
      const { receipts } = made
      const request = someRequest()
      const other = { ...request, payloadHash: 'b' }
      const first = holderOf(await receipts.claim(request))
      await receipts.release(request, first)
      assert.deepEqual(await receipts.claim(other), { state: 'mismatch' })
      const second = holderOf(await receipts.claim(request))
      assert.deepEqual(await receipts.claim(request), { state: 'running' })
      // Whoever gave it back has no say any more.
      await receipts.finish(request, first, { ...receipt, status: 500 })
      await receipts.release(request, first)
      assert.deepEqual(await receipts.claim(request), { state: 'running' })
      await receipts.finish(request, second, receipt)
      assert.deepEqual(await receipts.claim(request), { state: 'done', ...receipt })
      assert.deepEqual(await receipts.claim(other), { state: 'mismatch' })
    })

    test('a key is bound to its payload for as long as an answer would be kept, whether there is one or not', async () => {
      await using made = await make({ running: 0 })
      const { receipts } = made
      const [released, lapsed] = [someRequest(), someRequest()]
      await receipts.release(released, holderOf(await receipts.claim(released)))
      holderOf(await receipts.claim(lapsed))
      assert.equal(await receipts.purge(), 0)
      for (const request of [released, lapsed])
        assert.deepEqual(await receipts.claim({ ...request, payloadHash: 'b' }), {
          state: 'mismatch',
        })
    })

    test('a key that was given back is free for another payload after a while', async () => {
      await using made = await make({ running: 0, done: 0 })
      const { receipts } = made
      const request = someRequest()
      await receipts.release(request, holderOf(await receipts.claim(request)))
      assert.equal((await receipts.claim({ ...request, payloadHash: 'b' })).state, 'new')
    })

    test('when its holder is silent for too long, a request passes on to whoever asks next, and the dead change nothing', async () => {
      await using made = await make({ running: 20 })
      const { receipts } = made
      const request = someRequest()
      const dead = holderOf(await receipts.claim(request))
      let claim: Claim = { state: 'running' }
      await expect.poll(async () => (claim = await receipts.claim(request)).state).toBe('new')
      await receipts.finish(request, dead, { ...receipt, status: 500 })
      await receipts.release(request, dead)
      // It may have passed on once more by now, but never been answered.
      let holder = holderOf(claim)
      claim = await receipts.claim(request)
      assert.notEqual(claim.state, 'done')
      if (claim.state === 'new') holder = claim.holder
      await receipts.finish(request, holder, receipt)
      assert.deepEqual(await receipts.claim(request), { state: 'done', ...receipt })
    })

    test('the claim of a process that died is free at once, that of one that lives is not', async () => {
      await using made = await make()
      const { receipts, another } = made
      if (!another) return
      const [ofTheDead, ofTheLiving] = [someRequest(), someRequest()]
      await using living = another()
      holderOf(await living.receipts.claim(ofTheLiving))
      const dead = another()
      const holder = holderOf(await dead.receipts.claim(ofTheDead))
      assert.deepEqual(await receipts.claim(ofTheDead), { state: 'running' })
      await dead[Symbol.asyncDispose]()
      // It lapses in 10 s, long after this.
      await expect
        .poll(async () => (await receipts.claim(ofTheDead)).state, {
          timeout: 120_000,
          interval: 5,
        })
        .toBe('new')
      assert.deepEqual(await receipts.claim({ ...ofTheDead, payloadHash: 'b' }), {
        state: 'mismatch',
      })
      await receipts.finish(ofTheDead, holder, receipt)
      assert.deepEqual(await receipts.claim(ofTheDead), { state: 'running' })
      assert.deepEqual(await receipts.claim(ofTheLiving), { state: 'running' })
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
