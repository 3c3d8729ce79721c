import type { RateTable } from './rate-table.ts'

/** Countries of the zone `europe`. */
const europe =
  `AD AL AT BA BE BG CH CY CZ DK EE ES FI FR GB GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT NL NO PL PT RO RS SE SI
  SK SM UA VA`.split(/\s+/)

/** Postal codes of German islands, which ferries supply. */
const islands = ['18565', '25849', '25859', '25863', '25869', '25938', '25946', '25980', '25992']
const moreIslands = [
  '25996',
  '25997',
  '25999',
  '26465',
  '26474',
  '26486',
  '26548',
  '26571',
  '26579',
]

/** The rates of a shop in Germany with a parcel service and a courier. */
export const defaultRates: RateTable = {
  unknownWeight: 500,
  zones: [
    {
      name: 'islands',
      countries: ['DE'],
      postalCodes: [...islands, ...moreIslands, '26757', '27498'],
    },
    { name: 'home', countries: ['DE'] },
    { name: 'europe', countries: europe },
    { name: 'world' },
  ],
  methods: [
    {
      carrier: 'post',
      method: 'standard',
      zones: {
        home: {
          days: 3,
          upTo: [
            { weight: 2_000, price: { EUR: 490, USD: 540, GBP: 420, CHF: 470 } },
            { weight: 10_000, price: { EUR: 790, USD: 870, GBP: 680, CHF: 760 } },
            { weight: 31_500, price: { EUR: 1_690, USD: 1_860, GBP: 1_450, CHF: 1_620 } },
          ],
        },
        islands: {
          days: 5,
          upTo: [
            { weight: 2_000, price: { EUR: 890, USD: 980, GBP: 760, CHF: 850 } },
            { weight: 10_000, price: { EUR: 1_290, USD: 1_420, GBP: 1_110, CHF: 1_240 } },
            { weight: 31_500, price: { EUR: 2_290, USD: 2_520, GBP: 1_970, CHF: 2_200 } },
          ],
        },
        europe: {
          days: 6,
          upTo: [
            { weight: 2_000, price: { EUR: 1_390, USD: 1_530, GBP: 1_190, CHF: 1_330 } },
            { weight: 10_000, price: { EUR: 2_190, USD: 2_410, GBP: 1_880, CHF: 2_100 } },
            { weight: 31_500, price: { EUR: 3_990, USD: 4_390, GBP: 3_430, CHF: 3_830 } },
          ],
        },
        world: {
          days: 14,
          upTo: [
            { weight: 2_000, price: { EUR: 2_490, USD: 2_740, GBP: 2_140, CHF: 2_390 } },
            { weight: 10_000, price: { EUR: 5_990, USD: 6_590, GBP: 5_150, CHF: 5_750 } },
            { weight: 31_500, price: { EUR: 11_990, USD: 13_190, GBP: 10_310, CHF: 11_510 } },
          ],
        },
      },
    },
    {
      carrier: 'courier',
      method: 'express',
      zones: {
        home: {
          days: 1,
          upTo: [
            { weight: 5_000, price: { EUR: 1_490, USD: 1_640, GBP: 1_280, CHF: 1_430 } },
            { weight: 25_000, price: { EUR: 2_990, USD: 3_290, GBP: 2_570, CHF: 2_870 } },
          ],
        },
        europe: {
          days: 2,
          upTo: [
            { weight: 5_000, price: { EUR: 3_990, USD: 4_390, GBP: 3_430, CHF: 3_830 } },
            { weight: 25_000, price: { EUR: 7_990, USD: 8_790, GBP: 6_870, CHF: 7_670 } },
          ],
        },
        world: {
          days: 5,
          upTo: [
            { weight: 5_000, price: { EUR: 6_990, USD: 7_690, GBP: 6_010, CHF: 6_710 } },
            { weight: 25_000, price: { EUR: 17_990, USD: 19_790, GBP: 15_470, CHF: 17_270 } },
          ],
        },
      },
    },
  ],
}
