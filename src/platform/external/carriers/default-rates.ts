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

/** Price of parcels up to a weight, in grams, in minor units of each currency. */
const upTo = (weight: number, EUR: number, USD: number, GBP: number, CHF: number) => ({
  weight,
  price: { EUR, USD, GBP, CHF },
})

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
            upTo(2_000, 490, 540, 420, 470),
            upTo(10_000, 790, 870, 680, 760),
            upTo(31_500, 1_690, 1_860, 1_450, 1_620),
          ],
        },
        islands: {
          days: 5,
          upTo: [
            upTo(2_000, 890, 980, 760, 850),
            upTo(10_000, 1_290, 1_420, 1_110, 1_240),
            upTo(31_500, 2_290, 2_520, 1_970, 2_200),
          ],
        },
        europe: {
          days: 6,
          upTo: [
            upTo(2_000, 1_390, 1_530, 1_190, 1_330),
            upTo(10_000, 2_190, 2_410, 1_880, 2_100),
            upTo(31_500, 3_990, 4_390, 3_430, 3_830),
          ],
        },
        world: {
          days: 14,
          upTo: [
            upTo(2_000, 2_490, 2_740, 2_140, 2_390),
            upTo(10_000, 5_990, 6_590, 5_150, 5_750),
            upTo(31_500, 11_990, 13_190, 10_310, 11_510),
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
          upTo: [upTo(5_000, 1_490, 1_640, 1_280, 1_430), upTo(25_000, 2_990, 3_290, 2_570, 2_870)],
        },
        europe: {
          days: 2,
          upTo: [upTo(5_000, 3_990, 4_390, 3_430, 3_830), upTo(25_000, 7_990, 8_790, 6_870, 7_670)],
        },
        world: {
          days: 5,
          upTo: [
            upTo(5_000, 6_990, 7_690, 6_010, 6_710),
            upTo(25_000, 17_990, 19_790, 15_470, 17_270),
          ],
        },
      },
    },
  ],
}
