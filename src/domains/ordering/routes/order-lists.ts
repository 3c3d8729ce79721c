import { Type, type Static } from 'typebox'
import { Fields } from '#kernel'
import { orders } from '../../../projections/index.ts'
import { DocumentFrom } from '../../../serving/document-from.ts'
import { allows, mustOwn } from '../../../serving/caller.ts'
import { listed, ListOf, ListQuery } from '../../../serving/lists.ts'
import { during, period } from '../../../serving/moments.ts'
import type { Ports } from '../../../serving/ports.ts'
import { route } from '../../../serving/route.ts'
import { UserId } from '../../shared/index.ts'
import { AnyOrderStatus } from '../language.ts'

/** Query of a list of orders. @param as description of the side of the orders */
const listQuery = (as: string) =>
  ListQuery(['createdAt', 'updatedAt'], {
    status: Type.Optional(AnyOrderStatus),
    as: Type.Optional(Type.Enum(['buyer', 'seller'], { description: as })),
    ...period,
  })

const Mine = listQuery('`seller`: the orders of my gigs. Default: those that I have placed')
const Theirs = listQuery(
  '`seller`: the orders of the user’s gigs. Default: those the user has placed',
)

const data = ListOf('orders', DocumentFrom(orders))

/** Lists orders. @param whose undefined: everybody’s */
const ordersListed = async (
  ports: Pick<Ports, 'readModels' | 'cursors'>,
  query: Static<typeof Mine>,
  whose: UserId | undefined,
) => {
  const { documents, info, position } = await listed(ports, orders, query, {
    ...(query.as === 'seller' ? { sellerId: whose } : { userId: whose }),
    status: query.status,
    createdAt: during(query),
  })
  return { data: { orders: documents, ...info }, position }
}

/** Routes of lists of orders. */
export const orderListRoutes = [
  route({
    method: 'GET',
    url: '/orders',
    access: 'user',
    operationId: 'listOrders',
    summary: 'My orders, or those of my gigs; everybody’s, for an admin',
    query: Mine,
    data,
    handle: ({ query, caller }, ports) =>
      ordersListed(
        ports,
        query,
        allows('admin', caller) && query.as === undefined ? undefined : caller.id,
      ),
  }),

  route({
    method: 'GET',
    url: '/users/:id/orders',
    access: 'user',
    operationId: 'listOrdersOfUser',
    summary: 'Orders of a user, or of the user’s gigs; for the user and admins',
    params: Fields({ id: UserId }),
    query: Theirs,
    data,
    handle: async ({ params: { id }, query, caller }, ports) => {
      mustOwn(caller, id)
      return ordersListed(ports, query, id)
    },
  }),
]
