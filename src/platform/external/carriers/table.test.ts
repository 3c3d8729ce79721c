import { describe, expect, test } from 'vitest'
import { countries } from '../../../domains/shared/countries.ts'
import { carrierConformance } from './conformance.ts'
import { defaultRates } from './default-rates.ts'
import type { Parcel } from './port.ts'
import { tableRates } from './table.ts'

const rates = tableRates(defaultRates)
const parcel: Parcel = {
  pieces: [
    { weight: 700, quantity: 2 },
    { weight: undefined, quantity: 1 },
  ],
  destination: { country: 'DE', postalCode: '10115' },
  currency: 'EUR',
}

carrierConformance('table', () => ({ rates, parcel, foreignCurrency: 'XAF' }))

const standard = async (changes: Partial<Parcel>): Promise<number | undefined> => {
  const offers = await rates.ratesFor({ ...parcel, ...changes })
  return offers.find(({ method }) => method === 'standard')?.cost.amount
}
const weighing = (weight: number | undefined, quantity = 1) => ({ pieces: [{ weight, quantity }] })

describe('the table of rates', () => {
  test('prices by weight: the bracket that holds it', async () => {
    expect(await standard(weighing(2_000))).toBe(490)
    expect(await standard(weighing(2_001))).toBe(790)
    expect(await standard(weighing(31_500))).toBe(1_690)
  })

  test('sends what is too heavy for one parcel in several', async () => {
    expect(await standard(weighing(31_501))).toBe(1_690 + 490)
    expect(await standard(weighing(31_500, 3))).toBe(3 * 1_690)
  })

  test('counts a piece of unknown weight with 500 g', async () => {
    expect(await standard(weighing(undefined, 4))).toBe(490)
    expect(await standard(weighing(undefined, 5))).toBe(790)
  })

  test('prices by zone: country, and beginning of the postal code', async () => {
    const to = (country: string, postalCode: string) =>
      standard({ destination: { country, postalCode } })
    expect(await to('DE', '27498')).toBe(890)
    expect(await to('DE', ' 27 498 ')).toBe(890)
    expect(await to('FR', '27498')).toBe(1_390)
    expect(await to('NZ', '1010')).toBe(2_490)
  })

  test('has no express to the islands', async () => {
    const offers = await rates.ratesFor({
      ...parcel,
      destination: { country: 'DE', postalCode: '27498' },
    })
    expect(offers.map(({ method }) => method)).toEqual(['standard'])
  })

  test('offers nothing that costs more than can be charged', async () =>
    expect(await standard(weighing(1_000_000, 1_000_000_000))).toBeUndefined())

  test('names countries that there are, zones that it has, and brackets from light to heavy', () => {
    const names = defaultRates.zones.map(({ name }) => name)
    const named = defaultRates.zones.flatMap((zone) => zone.countries ?? [])
    expect(named.filter((country) => !countries.has(country))).toEqual([])
    for (const { zones } of defaultRates.methods)
      for (const [zone, { upTo }] of Object.entries(zones)) {
        expect(names).toContain(zone)
        const weights = upTo.map(({ weight }) => weight)
        expect(weights).toEqual([...new Set(weights)].toSorted((a, b) => a - b))
      }
  })
})
