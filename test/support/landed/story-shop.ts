import { randomUUID } from 'node:crypto'
import { successOf, type Shop } from '../shop.ts'
import { until } from '../until.ts'
import type { Cast, StoryPart } from './cast.ts'

const address = {
  name: 'Ada Lovelace',
  line1: 'Crescent 77',
  city: 'Umbrellaford',
  postalCode: 'WQ7 7XZ',
  country: 'GB',
}

/** Has ada order products, one order for each state that they end in, and a user leave. */
export const tellShop = async (shop: Shop, { root, ada, ben }: Cast): Promise<StoryPart> => {
  const eve = await shop.register('eve')
  successOf(await eve.call('POST', `/users/${ben.id}/follow`), 200)
  const lamp = await shop.sell(40, 1999, 'Lamp')
  const chair = await shop.sell(1, 5000, 'Chair')

  const settled = async (card: string, pieces = { [lamp]: 1 }) => {
    const id = await ada.buy(pieces, card)
    return { id, order: await ada.settled(id) }
  }
  const quoted = {
    items: [{ refId: lamp, quantity: 2 }],
    destination: { country: address.country, postalCode: address.postalCode },
  }
  const { quotes } = successOf(await ada.call('POST', '/shipping/quotes', quoted), 200).body.data
  const basket = {
    items: [{ kind: 'product', refId: lamp, quantity: 2 }],
    paymentMethod: { token: 'tok_ok' },
    shippingAddress: address,
    shipping: { quoteId: quotes[0].id },
  }
  const keyed = { 'idempotency-key': randomUUID() }
  const confirmed = successOf(await ada.call('POST', '/orders', basket, keyed), 202).body.data.id
  await ada.settled(confirmed)
  const declined = await settled('tok_declined')
  const soldOut = await settled('tok_ok', { [chair]: 2 })
  const cancelled = await ada.buy({ [lamp]: 1 }, 'tok_slow')
  successOf(await ada.call('POST', `/orders/${cancelled}/cancel`, { reason: 'too dear' }), 200)
  await ada.settled(cancelled)
  const refunded = await settled('tok_ok', { [lamp]: 3 })
  const refund = { items: [{ refId: lamp, quantity: 1 }], reason: 'scratched' }
  successOf(await root.call('POST', `/orders/${refunded.id}/refund`, refund), 202)
  const shipped = await settled('tok_ok')
  const shipmentOf = async (id: string) => {
    const { shipments } = await until(
      async () => (await ada.call('GET', `/shipping/order/${id}`)).body.data,
      (data) => data.shipments.length === 1,
    )
    return shipments[0].id
  }
  const parcel = await shipmentOf(shipped.id)
  for (const report of [
    { status: 'DISPATCHED', tracking: 'POST-1' },
    { status: 'IN_TRANSIT' },
    { status: 'FAILED', note: 'rang at the mill' },
  ])
    successOf(await root.call('PUT', `/shipping/shipments/${parcel}/status`, report), 200)
  const returned = await settled('tok_ok')
  successOf(await root.call('PUT', `/orders/${returned.id}`, { status: 'SHIPPED' }), 200)
  const asked = await ada.call('POST', `/orders/${returned.id}/returns`, { reason: 'too bright' })
  const path = `/orders/${returned.id}/returns/${successOf(asked, 201).body.data.id}`
  successOf(await root.call('POST', `${path}/accept`), 200)
  successOf(await root.call('POST', `${path}/receive`, { restock: true }), 200)
  const statusOf = async (id: string) => (await ada.call('GET', `/orders/${id}`)).body.data.status
  for (const [id, end] of [
    [refunded.id, 'PARTLY_REFUNDED'],
    [shipped.id, 'SHIPPED'],
    [returned.id, 'RETURNED'],
  ] as const)
    await until(
      () => statusOf(id),
      (status) => status === end,
    )
  const review = { subjectType: 'product', subjectId: lamp, rating: 4, comment: 'Bright' }
  const { id: reviewId } = successOf(
    await ada.call('POST', '/reviews', { ...review, orderId: confirmed }),
    201,
  ).body.data
  successOf(await ada.call('PUT', `/reviews/${reviewId}`, { rating: 5 }), 200)

  await eve.settled(await eve.buy({ [lamp]: 1 }))
  for (const suspended of [true, false]) {
    const change = { suspended, ...(suspended && { reason: 'spam' }) }
    successOf(await root.call('PATCH', `/admin/users/${eve.id}`, change), 200)
  }
  successOf(await root.call('POST', `/admin/users/${eve.id}/forget`), 202)
  await until(
    () => root.call('GET', `/admin/users/${eve.id}/forget`),
    ({ body }) => body.data?.status === 'forgotten',
  )

  const all = [confirmed, declined.id, soldOut.id, cancelled, refunded.id, shipped.id, returned.id]
  return {
    readings: [
      ...all.map((id) => ['ada', `/orders/${id}`] as const),
      ['ada', `/orders/${confirmed}/history`],
      ['ada', `/shipping/order/${confirmed}`],
      ['ada', `/shipping/shipments/${parcel}`],
      ['ada', `/payments/order/${confirmed}`],
      ['ada', `/payments/order/${refunded.id}`],
      ['root', `/admin/users/${eve.id}/forget`],
      ['root', `/users/${eve.id}`],
      [undefined, `/products/${lamp}`],
      [undefined, `/inventory/${lamp}`],
      [undefined, `/inventory/${chair}`],
      [undefined, `/reviews/product/${lamp}`],
      [undefined, `/reviews/${reviewId}`],
      [undefined, '/search/products?q=lamp'],
    ],
    next: [
      {
        by: 'root',
        method: 'PUT',
        path: `/shipping/shipments/${parcel}/status`,
        body: { status: 'DELIVERED' },
        status: 200,
        leadsTo: {
          by: 'ada',
          path: `/orders/${shipped.id}`,
          data: { status: 'DELIVERED', shipment: { status: 'DELIVERED' } },
        },
      },
    ],
  }
}
