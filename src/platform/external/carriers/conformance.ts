import { describe, expect, test } from 'vitest'
import type { CarrierRates, Parcel } from './port.ts'

/** Rates in a test mode. */
export type CarrierFixture = {
  readonly rates: CarrierRates
  /** A small parcel that several methods deliver. */
  readonly parcel: Parcel
  /** A currency without prices. */
  readonly foreignCurrency: string
}

/** Conformance suite of the carriers' rates. */
export const carrierConformance = (name: string, make: () => CarrierFixture): void => {
  describe(`${name} rates`, () => {
    const { rates, parcel, foreignCurrency } = make()

    test('a parcel has several offers, the cheapest first, one for each method', async () => {
      const offers = await rates.ratesFor(parcel)
      expect(offers.length).toBeGreaterThan(1)
      const costs = offers.map(({ cost }) => cost.amount)
      expect(costs).toEqual(costs.toSorted((a, b) => a - b))
      const methods = offers.map(({ carrier, method }) => `${carrier} ${method}`)
      expect(new Set(methods).size).toBe(offers.length)
      for (const { carrier, method, cost, days } of offers) {
        expect(carrier).toMatch(/^[a-z][a-z0-9-]{0,49}$/)
        expect(method).toMatch(/^[a-z][a-z0-9-]{0,49}$/)
        expect(cost).toEqual({ amount: expect.any(Number), currency: parcel.currency })
        expect(Number.isSafeInteger(cost.amount) && cost.amount >= 0).toBe(true)
        expect(Number.isSafeInteger(days) && days > 0).toBe(true)
      }
    })

    test('the same parcel has the same offers, however its pieces are grouped', async () => {
      const single = parcel.pieces.flatMap(({ weight, quantity }) =>
        Array.from({ length: quantity }, () => ({ weight, quantity: 1 })),
      )
      expect(await rates.ratesFor({ ...parcel, pieces: single.toReversed() })).toEqual(
        await rates.ratesFor(parcel),
      )
    })

    test('more goods are never cheaper', async () => {
      const [first] = await rates.ratesFor(parcel)
      let before = first!.cost.amount
      for (const times of [2, 10, 100, 1_000]) {
        const pieces = parcel.pieces.map((one) => ({ ...one, quantity: one.quantity * times }))
        const offers = await rates.ratesFor({ ...parcel, pieces })
        const same = offers.find(({ method }) => method === first!.method)
        expect(same!.cost.amount).toBeGreaterThanOrEqual(before)
        before = same!.cost.amount
      }
    })

    test('a currency without prices has no offers', async () =>
      expect(await rates.ratesFor({ ...parcel, currency: foreignCurrency })).toEqual([]))

    test('every offered method has its carrier, and an unknown one has none', async () => {
      for (const { carrier, method } of await rates.ratesFor(parcel))
        expect(await rates.carrierOf(method)).toBe(carrier)
      expect(await rates.carrierOf('by-balloon')).toBeUndefined()
    })
  })
}
