import { beforeEach, describe, expect, test } from 'vitest'
import type { PaymentFixture } from './conformance-fixture.ts'
import {
  cancelled,
  IdempotencyMismatch,
  notAuthorised,
  RefundRefused,
  type Charge,
} from './port.ts'

/** The part of the suite about authorisations. @param given the fixture and charge of the test that runs */
export const authorisationConformance = (
  given: () => { readonly fixture: PaymentFixture; readonly charge: Charge },
): void => {
  describe('authorisations', () => {
    let fixture: PaymentFixture
    let charge: Charge
    beforeEach(() => {
      ;({ fixture, charge } = given())
    })

    const held = async (of: Charge = charge): Promise<string> => {
      const answer = await fixture.provider.authorise(of)
      if (!answer.authorised) throw new Error(answer.reason)
      return answer.providerRef
    }

    test('an authorisation takes no money, and its capture takes the money once', async () => {
      const other = await fixture.another()
      const providerRef = await held()
      expect(await other.authorise(charge)).toEqual({ authorised: true, providerRef })
      expect(await fixture.balance()).toBe(0)
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          (index % 2 === 0 ? fixture.provider : other).capture(charge.idempotencyKey),
        ),
      )
      for (const answer of answers) expect(answer).toEqual({ paid: true, providerRef })
      expect(await fixture.balance()).toBe(1_999)
      expect(await other.outcomeOf(charge.idempotencyKey)).toEqual({ paid: true, providerRef })
    })

    test('the outcome of an authorisation is told without changing it', async () => {
      const other = await fixture.another()
      expect(await other.authorisationOf(charge.idempotencyKey)).toBeUndefined()
      const providerRef = await held()
      const yes = { authorised: true, providerRef }
      expect(await other.authorisationOf(charge.idempotencyKey)).toEqual(yes)
      const declined = { ...charge, token: fixture.tokens.declined, idempotencyKey: 'declined' }
      const no = await fixture.provider.authorise(declined)
      expect(await other.authorisationOf('declined')).toEqual(no)
      await fixture.provider.capture(charge.idempotencyKey)
      expect(await other.authorisationOf(charge.idempotencyKey)).toEqual(yes)
      await fixture.provider.release('never')
      const gone = { authorised: false, reason: cancelled }
      expect(await other.authorisationOf('never')).toEqual(gone)
      expect(await fixture.balance()).toBe(1_999)
    })

    test('a captured authorisation is refunded as a charge', async () => {
      const { provider } = fixture
      const refund = { idempotencyKey: 'r', providerRef: await held(), amount: charge.amount }
      await expect(provider.refund(refund)).rejects.toThrow(RefundRefused)
      await provider.capture(charge.idempotencyKey)
      await provider.refund(refund)
      expect(await fixture.balance()).toBe(0)
    })

    test('an invalid card is not authorised, and what is not authorised is not captured', async () => {
      const { provider } = fixture
      const declined = { ...charge, token: fixture.tokens.declined, idempotencyKey: 'declined' }
      const no = await provider.authorise(declined)
      expect(no).toEqual({ authorised: false, reason: expect.stringMatching(/^[a-z_]+$/) })
      expect(await (await fixture.another()).authorise(declined)).toEqual(no)
      for (const key of ['declined', 'unknown'])
        expect(await provider.capture(key)).toEqual({ paid: false, reason: notAuthorised })
      expect(await fixture.balance()).toBe(0)
    })

    test('the key of an authorisation is refused for another authorisation', async () => {
      await held()
      for (const other of [
        { ...charge, amount: { amount: 2_000, currency: 'EUR' } },
        { ...charge, amount: { amount: 1_999, currency: 'USD' } },
        { ...charge, token: fixture.tokens.declined },
      ])
        await expect(fixture.provider.authorise(other)).rejects.toThrow(IdempotencyMismatch)
    })

    test('a released authorisation is not captured, nor authorised again', async () => {
      const other = await fixture.another()
      await held()
      expect(await other.release(charge.idempotencyKey)).toEqual({ captured: false })
      expect(await fixture.provider.release(charge.idempotencyKey)).toEqual({ captured: false })
      const gone = { paid: false, reason: cancelled }
      expect(await fixture.provider.capture(charge.idempotencyKey)).toEqual(gone)
      const never = { authorised: false, reason: cancelled }
      expect(await other.authorise(charge)).toEqual(never)
      expect(await fixture.balance()).toBe(0)
    })

    test('an authorisation that was released before it arrived is declined for good', async () => {
      const other = await fixture.another()
      expect(await other.release(charge.idempotencyKey)).toEqual({ captured: false })
      const never = { authorised: false, reason: cancelled }
      expect(await fixture.provider.authorise(charge)).toEqual(never)
      expect(await other.authorise(charge)).toEqual(never)
    })

    test('of a concurrent capture and release, one wins', async () => {
      const other = await fixture.another()
      let taken = 0
      // Several times, so that some of the requests run concurrently.
      for (let n = 0; n < 20; n += 1) {
        const key = `race-${n}`
        const providerRef = await held({ ...charge, idempotencyKey: key })
        const [first, second] = n % 2 === 0 ? [fixture.provider, other] : [other, fixture.provider]
        const [capture, release] = await Promise.all([first.capture(key), second.release(key)])
        expect(release).toEqual(
          capture.paid ? { captured: true, providerRef } : { captured: false },
        )
        if (capture.paid) taken += 1_999
        expect(await fixture.balance()).toBe(taken)
      }
    })

    test('the ledger lists authorisations, their captures and releases', async () => {
      const { provider } = fixture
      const [first, second] = [
        await held({ ...charge, idempotencyKey: 'a' }),
        await held({ ...charge, idempotencyKey: 'b' }),
      ]
      await provider.authorise({
        ...charge,
        token: fixture.tokens.declined,
        idempotencyKey: 'no',
      })
      await provider.release('never')
      for (const _ of [1, 2]) {
        await provider.capture('a')
        await provider.release('b')
        await provider.capture('b')
      }
      const { entries } = await provider.ledger({ since: '2000-01-01T00:00:00.000Z' })
      const { amount } = charge
      const at = expect.any(String)
      expect(entries).toEqual([
        { kind: 'authorisation', key: 'a', providerRef: first, amount, at },
        { kind: 'authorisation', key: 'b', providerRef: second, amount, at },
        { kind: 'charge', key: 'a', providerRef: first, amount, at },
        { kind: 'release', key: 'b', providerRef: second, amount, at },
      ])
    })
  })
}
