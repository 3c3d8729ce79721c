import { gigOrderOf, gigOrderWith, offerGig, orderGig } from '../marketplace.ts'
import { successOf } from '../shop.ts'
import { until } from '../until.ts'
import type { Cast, NextStep, StoryPart } from './cast.ts'

/** Has ben offer a gig, which ada orders: to the end, until one is cancelled, and one that is under way. */
export const tellMarketplace = async ({ root, ada, ben }: Cast): Promise<StoryPart> => {
  const gigId = await offerGig(ben)
  successOf(await ben.call('PATCH', `/gigs/${gigId}`, { tags: ['vector'] }), 200)
  successOf(await ben.call('POST', `/gigs/${await offerGig(ben)}/pause`), 200)
  successOf(await ben.call('DELETE', `/gigs/${await offerGig(ben)}`), 200)
  const deliver = (id: string, message: string) =>
    ben.call('POST', `/orders/${id}/deliver`, { message })
  const complete = async (id: string) => {
    successOf(await ada.call('POST', `/orders/${id}/complete`), 202)
    await gigOrderWith(ada, id, 'COMPLETED', 'COMPLETED')
  }
  const review = (subjectType: string, subjectId: string, orderId: string) => ({
    subjectType,
    subjectId,
    orderId,
    rating: 5,
    comment: 'Splendid',
  })

  const revised = await orderGig(ada, gigId)
  successOf(await deliver(revised, 'Here it is'), 200)
  const wish = { message: 'A little bluer' }
  successOf(await ada.call('POST', `/orders/${revised}/revision`, wish), 200)
  successOf(await deliver(revised, 'Bluer now'), 200)
  await complete(revised)
  const ofGig = successOf(await ada.call('POST', '/reviews', review('gig', gigId, revised)), 201)
    .body.data.id
  successOf(await ben.call('POST', `/reviews/${ofGig}/answer`, { text: 'Thank you' }), 201)
  successOf(await ada.call('POST', '/reviews', review('user', ben.id, revised)), 201)
  successOf(await ben.call('POST', '/reviews', review('user', ada.id, revised)), 201)
  await until(
    async () => (await ada.call('GET', `/reviews/order/${revised}`)).body.data.reviews,
    (found) => found.length === 3 && found.every((one: { sealed: boolean }) => !one.sealed),
  )
  const { payment } = await gigOrderOf(ada, revised)
  const amount = { amount: 1_000, currency: 'EUR' }
  successOf(await root.call('POST', `/payments/${payment?.id}/refund`, { amount }), 202)
  await gigOrderWith(ada, revised, 'PARTLY_REFUNDED', 'PARTLY_REFUNDED')

  // Its reviews stay sealed until both sides have written.
  const sealed = await orderGig(ada, gigId)
  successOf(await deliver(sealed, 'As before'), 200)
  await complete(sealed)
  successOf(await ada.call('POST', '/reviews', review('user', ben.id, sealed)), 201)

  const cancelled = await orderGig(ada, gigId)
  successOf(await ben.call('POST', `/orders/${cancelled}/cancel`, { reason: 'I am ill' }), 200)
  successOf(await ada.call('POST', `/orders/${cancelled}/cancel`, {}), 200)
  await gigOrderWith(ada, cancelled, 'CANCELLED', 'VOIDED')

  const open = await orderGig(ada, gigId, 'Plus')
  const delivered = await orderGig(ada, gigId)
  successOf(await deliver(delivered, 'The third one'), 200)
  await gigOrderWith(ada, delivered, 'DELIVERED')

  const accepted = (id: string): NextStep => ({
    by: 'ada',
    method: 'POST',
    path: `/orders/${id}/complete`,
    status: 202,
    leadsTo: {
      by: 'ben',
      path: `/orders/${id}`,
      data: { status: 'COMPLETED', payment: { status: 'COMPLETED' } },
    },
  })
  return {
    readings: [
      ...[revised, sealed, cancelled, open, delivered].flatMap((id) => [
        ['ada', `/orders/${id}`] as const,
        ['ben', `/orders/${id}`] as const,
      ]),
      ['ben', `/orders/${revised}/history`],
      ['ben', '/orders?as=seller&limit=100'],
      ['ben', '/users/me/earnings'],
      ['ada', `/payments/order/${revised}`],
      ['ada', `/reviews/order/${revised}`],
      ['ada', `/reviews/order/${sealed}`],
      ['ben', `/reviews/order/${sealed}`],
      [undefined, `/reviews/gig/${gigId}`],
      [undefined, `/gigs/${gigId}`],
      [undefined, '/gigs'],
      [undefined, '/search/gigs?q=logo'],
      [undefined, `/users/${ben.id}/gigs`],
      [undefined, `/users/${ben.id}/reviews`],
    ],
    next: [
      {
        by: 'ben',
        method: 'POST',
        path: `/orders/${open}/deliver`,
        body: { message: 'After the upgrade' },
        status: 200,
        leadsTo: {
          by: 'ada',
          path: `/orders/${open}`,
          data: { status: 'DELIVERED', work: { deliveries: [{ message: 'After the upgrade' }] } },
        },
      },
      accepted(open),
      accepted(delivered),
      {
        by: 'ben',
        method: 'POST',
        path: '/reviews',
        body: review('user', ada.id, sealed),
        status: 201,
        leadsTo: {
          by: 'ben',
          path: `/reviews/order/${sealed}`,
          data: { reviews: [{ sealed: false }, { sealed: false }] },
        },
      },
    ],
  }
}
