import { Fields } from '#kernel'
import { gigOrder } from '../language.ts'
import { OrderId } from '../../shared/index.ts'
import { route } from '../../../serving/route.ts'
import { commandOf } from '../services/gig-orders.ts'
import { Order } from '../services/order-answer.ts'

const params = Fields({ id: OrderId })

/** Routes of the work on orders of gigs. */
export const gigOrderRoutes = [
  route({
    method: 'POST',
    url: '/orders/:id/deliver',
    access: 'user',
    operationId: 'deliverOrder',
    summary: 'Deliver an order of my gig',
    description:
      'The buyer accepts it or asks for a revision; after three days without an answer, it is accepted.',
    params,
    body: gigOrder.commands.DeliverGigOrder,
    example: { message: 'Your logo, as SVG and PNG.' },
    data: Order,
    problems: [403, 404],
    guarded: true,
    handle: (asked, { executor }) =>
      commandOf(executor, asked, 'seller', { type: 'DeliverGigOrder', data: asked.body }),
  }),

  route({
    method: 'POST',
    url: '/orders/:id/revision',
    access: 'user',
    operationId: 'requestRevision',
    summary: 'Ask for a revision of the delivered work, while any are left',
    description: 'The seller has the delivery days of the package again.',
    params,
    body: gigOrder.commands.RequestRevision,
    example: { message: 'A little bluer, please.' },
    data: Order,
    problems: [403, 404],
    guarded: true,
    handle: (asked, { executor }) =>
      commandOf(executor, asked, 'buyer', { type: 'RequestRevision', data: asked.body }),
  }),

  route({
    method: 'POST',
    url: '/orders/:id/complete',
    access: 'user',
    operationId: 'completeOrder',
    summary: 'Accept the delivered work',
    description: 'The money is taken then; once it is, the order is COMPLETED.',
    params,
    data: Order,
    status: 202,
    problems: [403, 404, 409],
    guarded: true,
    handle: (asked, { executor }) =>
      commandOf(executor, asked, 'buyer', { type: 'CompleteGigOrder', data: {} }),
  }),
]
