import { Type } from 'typebox'
import { earnings as all } from '../../../projections/index.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { route } from '../../../serving/route.ts'
import { Money } from '../../shared/index.ts'

/** Route of the earnings of a seller. */
export const earningsRoutes = [
  route({
    method: 'GET',
    url: '/users/me/earnings',
    access: 'seller',
    operationId: 'listMyEarnings',
    summary: 'What my gigs have earned, by month and currency, the latest first',
    description:
      'Months are in UTC. `held` is held at present, in the month in which the work began; `captured` was taken, and `refunded` given back, in that month.',
    query: ListQuery(['month'], {}),
    data: ListOf(
      'earnings',
      Type.Object({
        month: Type.String({ description: '`2030-01`' }),
        currency: Type.String(),
        held: Money,
        captured: Money,
        refunded: Money,
      }),
    ),
    handle: async ({ query, caller }, ports) => {
      const { documents, info, position } = await listed(ports, all, query, {
        sellerId: caller.id,
      })
      const earnings = documents.map(({ month, currency, held, captured, refunded }) => ({
        month,
        currency,
        held,
        captured,
        refunded,
      }))
      return { data: { earnings, ...info }, position }
    },
  }),
]
