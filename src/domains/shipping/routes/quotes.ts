import { Type } from 'typebox'
import { Fields, refuse } from '#kernel'
import { order } from '../../ordering/language.ts'
import { priced } from '../../ordering/services/price-list.ts'
import { Address, Money, ProductId, Quantity } from '../../shared/index.ts'
import { lookAtPresent } from '../../../runtime/resting-on.ts'
import { refusalProblem } from '../../../serving/refusals.ts'
import { route } from '../../../serving/route.ts'
import { QuoteId, quotesFor } from '../services/quotes.ts'

const { country, postalCode } = Address.properties

/** Route of the costs of deliveries. */
export const quoteRoutes = [
  route({
    method: 'POST',
    url: '/shipping/quotes',
    access: 'user',
    operationId: 'quoteShipping',
    summary: 'What the delivery of items costs, by each method',
    description:
      'Name the `id` of a quote as `shipping.quoteId` in `POST /orders`, with the same items and address; its cost becomes a part of the total.',
    body: Fields({
      items: Type.Array(
        Fields({
          kind: Type.Optional(Type.Enum(['product'])),
          refId: ProductId,
          quantity: Quantity,
        }),
        { minItems: 1, maxItems: 100 },
      ),
      destination: Fields({ country, postalCode }),
    }),
    example: {
      items: [{ refId: '0198c2d4-6f0e-7c3a-9a51-0f6c7f1f3a11', quantity: 2 }],
      destination: { country: 'GB', postalCode: 'N1 9GU' },
    },
    data: Type.Object({
      quotes: Type.Array(
        Type.Object({
          id: QuoteId,
          carrier: Type.String(),
          method: Type.String(),
          cost: Money,
          days: Type.Integer({ description: 'Usual time of delivery' }),
          expiresAt: Type.String({ format: 'date-time' }),
        }),
      ),
    }),
    problems: [404],
    handle: async ({ body: { items, destination } }, ports) => {
      const look = lookAtPresent(ports.executor)
      const lines = await priced(
        look,
        items.map(({ refId, quantity }) => ({ kind: 'product' as const, refId, quantity })),
      )
      const [currency = 'EUR', ...others] = new Set(lines.map(({ price }) => price.currency))
      if (others.length > 0) throw refusalProblem(order, refuse('MixedCurrencies'))
      return { data: { quotes: await quotesFor(ports, look, lines, destination, currency) } }
    },
  }),
]
