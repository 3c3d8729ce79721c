import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { authorisationConformance } from './conformance-authorisations.ts'
import type { PaymentFixture } from './conformance-fixture.ts'
import {
  cancelled,
  IdempotencyMismatch,
  RefundRefused,
  type Charge,
  type LedgerEntry,
} from './port.ts'

/** Conformance suite of the payment providers. */
export const paymentConformance = (name: string, make: () => Promise<PaymentFixture>): void => {
  describe(`${name} payments`, () => {
    let fixture: PaymentFixture
    let charge: Charge
    beforeEach(async () => {
      fixture = await make()
      charge = {
        idempotencyKey: 'order-1',
        token: fixture.tokens.ok,
        amount: { amount: 1_999, currency: 'EUR' },
      }
    })
    afterEach(() => fixture[Symbol.asyncDispose]())

    const paid = async (of: Charge = charge): Promise<string> => {
      const answer = await fixture.provider.charge(of)
      if (!answer.paid) throw new Error(answer.reason)
      return answer.providerRef
    }

    test('a valid card is charged once', async () => {
      const answer = await fixture.provider.charge(charge)
      expect(answer).toEqual({ paid: true, providerRef: expect.stringMatching(/./) })
      expect(await fixture.provider.charge(charge)).toEqual(answer)
      expect(await (await fixture.another()).charge(charge)).toEqual(answer)
      expect(await fixture.balance()).toBe(1_999)
    })

    test('one charge that several processes request many times at once is taken once', async () => {
      const other = await fixture.another()
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          (index % 2 === 0 ? fixture.provider : other).charge(charge),
        ),
      )
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(await fixture.balance()).toBe(1_999)
    })

    test('an invalid card is declined with a reason, however often it is retried', async () => {
      for (const token of [fixture.tokens.declined, fixture.tokens.poor]) {
        const declined = { ...charge, token, idempotencyKey: token }
        const answer = await fixture.provider.charge(declined)
        expect(answer).toEqual({ paid: false, reason: expect.stringMatching(/^[a-z_]+$/) })
        expect(await (await fixture.another()).charge(declined)).toEqual(answer)
      }
      expect(await fixture.balance()).toBe(0)
    })

    test('different keys are different charges', async () => {
      const refs = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          paid({ ...charge, idempotencyKey: `order-${index}` }),
        ),
      )
      expect(new Set(refs).size).toBe(20)
      expect(await fixture.balance()).toBe(20 * 1_999)
    })

    test('the key of a charge is refused for another charge', async () => {
      await paid()
      const others: Charge[] = [
        { ...charge, amount: { amount: 2_000, currency: 'EUR' } },
        { ...charge, amount: { amount: 1_999, currency: 'USD' } },
        { ...charge, token: fixture.tokens.declined },
      ]
      const answers = await Promise.allSettled([
        ...others.map((other) => fixture.provider.charge(other)),
        fixture.provider.charge(charge),
      ])
      expect(answers.map(({ status }) => status)).toEqual([
        'rejected',
        'rejected',
        'rejected',
        'fulfilled',
      ])
      for (const answer of answers.slice(0, 3))
        expect(answer).toMatchObject({ reason: expect.any(IdempotencyMismatch) })
      expect(await fixture.balance()).toBe(1_999)
    })

    test('of two concurrent charges under one key, one is taken and the other refused', async () => {
      const other = { ...charge, amount: { amount: 5, currency: 'EUR' } }
      const answers = await Promise.allSettled([
        fixture.provider.charge(charge),
        fixture.provider.charge(other),
      ])
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
        reason: expect.any(IdempotencyMismatch),
      })
      expect([5, 1_999]).toContain(await fixture.balance())
    })

    test('a charge is refunded once, however often that is requested', async () => {
      const other = await fixture.another()
      // Several times, so that some of the requests run concurrently.
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        const providerRef = await paid({ ...charge, idempotencyKey: key })
        const refund = { idempotencyKey: `refund-${key}`, providerRef, amount: charge.amount }
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, index) =>
            (index % 2 === 0 ? fixture.provider : other).refund(refund),
          ),
        )
        expect(new Set(answers.map(({ refundRef }) => refundRef)).size).toBe(1)
      }
      expect(await fixture.balance()).toBe(0)
    })

    test('refunds do not exceed the charge', async () => {
      const { provider } = fixture
      const providerRef = await paid()
      const part = (key: string, amount: number, currency = 'EUR') =>
        provider.refund({ idempotencyKey: key, providerRef, amount: { amount, currency } })
      await part('a', 1_000)
      await expect(part('b', 1_000)).rejects.toThrow(RefundRefused)
      await expect(part('c', 999, 'USD')).rejects.toThrow(RefundRefused)
      await expect(part('d', 0)).rejects.toThrow(RefundRefused)
      await part('e', 999)
      expect(await fixture.balance()).toBe(0)
    })

    test('concurrent partial refunds do not exceed the charge', async () => {
      // Several times, so that some of the requests run concurrently.
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        const providerRef = await paid({ ...charge, idempotencyKey: key })
        const answers = await Promise.allSettled(
          Array.from({ length: 6 }, (_, index) =>
            fixture.provider.refund({
              idempotencyKey: `refund-${key}-${index}`,
              providerRef,
              amount: { amount: 999, currency: 'EUR' },
            }),
          ),
        )
        expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
      }
      expect(await fixture.balance()).toBe(5)
    })

    test('a refund of an unknown charge is refused', async () => {
      await fixture.provider.charge({ ...charge, token: fixture.tokens.declined })
      const refund = { idempotencyKey: 'r', providerRef: 'nothing', amount: charge.amount }
      await expect(fixture.provider.refund(refund)).rejects.toThrow(RefundRefused)
    })

    test('the key of a refund is refused for another refund', async () => {
      const providerRef = await paid()
      const refund = { idempotencyKey: 'r', providerRef, amount: { amount: 100, currency: 'EUR' } }
      await fixture.provider.refund(refund)
      await expect(
        fixture.provider.refund({ ...refund, amount: { amount: 101, currency: 'EUR' } }),
      ).rejects.toThrow(IdempotencyMismatch)
      expect(await fixture.balance()).toBe(1_899)
    })

    test('the outcome of an attempt can be queried by its key', async () => {
      const other = await fixture.another()
      expect(await other.outcomeOf(charge.idempotencyKey)).toBeUndefined()
      const answer = await fixture.provider.charge(charge)
      expect(await other.outcomeOf(charge.idempotencyKey)).toEqual(answer)
      const declined = { ...charge, token: fixture.tokens.declined, idempotencyKey: 'declined' }
      const no = await fixture.provider.charge(declined)
      expect(await other.outcomeOf('declined')).toEqual(no)
    })

    test('a charge that was cancelled before it arrived is refused for good', async () => {
      const other = await fixture.another()
      const refused = { paid: false, reason: cancelled }
      expect(await other.cancel(charge.idempotencyKey)).toEqual(refused)
      expect(await fixture.provider.charge(charge)).toEqual(refused)
      expect(await other.charge(charge)).toEqual(refused)
      expect(await other.cancel(charge.idempotencyKey)).toEqual(refused)
      expect(await other.outcomeOf(charge.idempotencyKey)).toEqual(refused)
      expect(await fixture.balance()).toBe(0)
      // An attempt under another key is not affected.
      expect(await other.charge({ ...charge, idempotencyKey: 'order-2' })).toMatchObject({
        paid: true,
      })
    })

    test('cancelling an attempt that has an outcome returns the outcome unchanged', async () => {
      const other = await fixture.another()
      const paidAnswer = await fixture.provider.charge(charge)
      expect(await other.cancel(charge.idempotencyKey)).toEqual(paidAnswer)
      expect(await other.charge(charge)).toEqual(paidAnswer)
      const declined = { ...charge, token: fixture.tokens.declined, idempotencyKey: 'declined' }
      const no = await fixture.provider.charge(declined)
      expect(await other.cancel('declined')).toEqual(no)
      expect(await fixture.balance()).toBe(1_999)
    })

    test('a charge and its concurrent cancellation return the same outcome', async () => {
      const other = await fixture.another()
      let taken = 0
      // Several times, so that some of the requests run concurrently.
      for (let n = 0; n < 40; n += 1) {
        const one = { ...charge, idempotencyKey: `race-${n}` }
        const requests = [
          () => fixture.provider.charge(one),
          () => other.cancel(one.idempotencyKey),
          () => other.charge(one),
        ]
        const answers = await Promise.all(
          (n % 2 === 0 ? requests : requests.toReversed()).map((request) => request()),
        )
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
        if (answers[0]?.paid) taken += 1_999
        expect(await fixture.balance()).toBe(taken)
      }
    })

    authorisationConformance(() => ({ fixture, charge }))

    test('the ledger lists charges and refunds since a time, in pages', async () => {
      const { provider } = fixture
      const since = '2000-01-01T00:00:00.000Z'
      expect(await provider.ledger({ since })).toEqual({ entries: [] })
      await provider.charge({ ...charge, token: fixture.tokens.declined, idempotencyKey: 'no' })
      await provider.cancel('never')
      const refs = new Map<string, string>()
      for (const key of ['a', 'b', 'c', 'd', 'e'])
        refs.set(key, await paid({ ...charge, idempotencyKey: key }))
      const providerRef = refs.get('b')!
      const part = { amount: 99, currency: 'EUR' }
      const { refundRef } = await provider.refund({
        idempotencyKey: 'b-back',
        providerRef,
        amount: part,
      })

      const all = async (range: { since: string; limit?: number }) => {
        const entries: LedgerEntry[] = []
        const sizes: number[] = []
        for (let after: string | undefined; ;) {
          const page = await provider.ledger({ ...range, after })
          entries.push(...page.entries)
          sizes.push(page.entries.length)
          if (page.next === undefined) return { entries, sizes }
          after = page.next
        }
      }
      const { entries } = await all({ since })
      const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$/)
      expect(entries).toEqual([
        ...[...refs].map(([key, ref]) => ({
          kind: 'charge',
          key,
          providerRef: ref,
          amount: charge.amount,
          at,
        })),
        { kind: 'refund', key: 'b-back', providerRef, refundRef, amount: part, at },
      ])
      const paged = await all({ since, limit: 2 })
      expect(paged.entries).toEqual(entries)
      expect(Math.max(...paged.sizes)).toBe(2)
      const later = await all({ since: entries[3]!.at })
      expect(later.entries.map(({ key }) => key).slice(-3)).toEqual(['d', 'e', 'b-back'])
      expect((await all({ since: '2999-01-01T00:00:00.000Z' })).entries).toEqual([])
    })
  })
}
