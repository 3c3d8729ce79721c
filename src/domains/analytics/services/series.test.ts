import { expect, test } from 'vitest'
import { derivedUuid } from '#kernel'
import { memoryDocuments } from '../../../platform/storage/documents/memory.ts'
import { orderFacts } from '../../../projections/index.ts'
import { zoneOf } from '../language.ts'
import type { Reads } from './all-documents.ts'
import { seriesOf } from './series.ts'

const day = 24 * 60 * 60_000
const to = Date.parse('2030-06-01T00:00:00Z')

/** Orders of one product each: of the product n, n + 1 pieces. */
const readsOf = async (products: number): Promise<Reads> => {
  const documents = memoryDocuments()
  const generation = await documents.begin(orderFacts)
  await documents.publish(generation)
  const upserts = new Map(
    Array.from({ length: products }, (_, n) => {
      const at = new Date(to - day).toISOString()
      const id = derivedUuid('order', String(n))
      const money = { currency: 'EUR', amount: n + 1 }
      const items = [{ refId: `p${n}`, quantity: n + 1, amount: n + 1 }]
      const steps = [{ status: 'PAID', at }]
      const order = { kind: 'product', userId: id, status: 'PAID', placedAt: at, paidAt: at }
      return [id, { id, ...order, ...money, items, steps }] as const
    }),
  )
  await documents.write(generation, { from: 0n, to: 1n, upserts, deletes: [] })
  return {
    readModels: {
      find: async (model, query) => ({ ...(await documents.find(model, query)), position: 1n }),
    },
    onPosition: () => undefined,
  }
}

test.each([
  ['day', 30, 100],
  ['hour', 366, 5],
] as const)(
  'a series by %s of %i days shows its %i largest groups, and the sum of all others',
  async (bucket, days, shown) => {
    const range = { from: to - days * day, to, timeZone: 'UTC', zone: zoneOf('UTC')! }
    const found = await seriesOf(await readsOf(150), {
      metric: 'products_sold',
      groupBy: 'productId',
      bucket,
      range,
    })
    const groups = Array.from({ length: shown }, (_, n) => `p${149 - n}`)
    expect(new Set(found.map(({ group }) => group))).toEqual(new Set(['other', ...groups]))
    const others = ((150 - shown) * (151 - shown)) / 2
    expect(found.find(({ group }) => group === 'other')?.count).toBe(others)
  },
)
